#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "egress/encoding.h"
#include "egress/streams.h"

namespace plenum::egress {

/// AAC-LC or Opus, 48 kHz, stereo, for one thread. Timestamps are the count of samples
/// (kAudioTimeBase): the first packet begins at -1024 or -312, which is the encoder's own run-in,
/// so that the first sample given stands at 0.
class AudioEncoder {
 public:
  struct Options {
    Encoding encoding = Encoding::h264_aac;
    int bitrate_bps = 128'000;
  };

  /// Throws std::runtime_error when the encoder refuses the options.
  explicit AudioEncoder(const Options& options);

  StreamFormat format() const { return StreamFormat(*context_); }
  /// Any number of samples, the same for both channels; -1…1. Throws std::runtime_error when the
  /// encoder fails, which only lack of memory or samples that are no numbers make it do.
  std::vector<Packet> encode(std::span<const float> left, std::span<const float> right);
  /// The last, shorter frame and what the encoder still holds. Nothing may be encoded afterwards.
  std::vector<Packet> flush();

 private:
  void fill(std::span<const float> left, std::span<const float> right);
  void send_frame(std::size_t samples, std::vector<Packet>& out);
  void receive(std::vector<Packet>& out);

  CodecContext context_;
  Frame frame_;
  /// Of frame_, not sent yet.
  std::size_t filled_ = 0;
  std::int64_t next_sample_ = 0;
};

}  // namespace plenum::egress
