#pragma once
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "egress/streams.h"

namespace plenum::egress {

/// One libavformat muxer. Whoever owns it gives it its output (context().pb or io_open) and closes
/// that afterwards. Answers are 0 or FFmpeg's error codes.
class Muxer {
 public:
  using Options = std::vector<std::pair<const char*, std::string>>;

  struct Stream {
    const StreamFormat& format;
    /// Of the packets that write() gets.
    AVRational time_base{};
  };

  /// Packets bear the index of their stream among these. Throws std::runtime_error when FFmpeg
  /// lacks the format.
  Muxer(const char* format, const std::string& url, std::span<const Stream> streams);
  /// kVideoStream and kAudioStream.
  Muxer(const char* format, const std::string& url, const Streams& streams);
  ~Muxer() { avformat_free_context(context_); }
  Muxer(const Muxer&) = delete;
  Muxer& operator=(const Muxer&) = delete;

  AVFormatContext& context() { return *context_; }
  int begin(const Options& options);
  /// Sorted among the streams by dts; a packet may wait for the next of the other stream.
  int write(Packet packet);
  /// Each stream in order of its own dts; nothing waits.
  int write_at_once(Packet packet);
  /// Writes what waits and closes the fragment that is open.
  int close_fragment();
  int finish();

 private:
  void add_stream(const StreamFormat& format, AVRational time_base);
  void rescale(AVPacket& packet) const;

  AVFormatContext* context_ = nullptr;
  std::vector<AVRational> time_bases_;
};

}  // namespace plenum::egress
