#pragma once
#include <initializer_list>
#include <string>
#include <utility>

#include "egress/streams.h"

namespace plenum::egress {

/// One libavformat muxer with a video and an audio stream. Whoever owns it gives it its output
/// (context().pb or io_open) and closes that afterwards. Answers are 0 or FFmpeg's error codes.
class Muxer {
 public:
  using Options = std::initializer_list<std::pair<const char*, std::string>>;

  /// Throws std::runtime_error when FFmpeg lacks the format.
  Muxer(const char* format, const std::string& url, const Streams& streams);
  ~Muxer() { avformat_free_context(context_); }
  Muxer(const Muxer&) = delete;
  Muxer& operator=(const Muxer&) = delete;

  AVFormatContext& context() { return *context_; }
  int begin(Options options);
  /// Sorted among the streams by dts; a packet may wait for the next of the other stream.
  int write(Packet packet);
  /// Writes what waits and closes the fragment that is open.
  int close_fragment();
  int finish();

 private:
  void add_stream(const StreamFormat& format, AVRational time_base);

  AVFormatContext* context_ = nullptr;
};

}  // namespace plenum::egress
