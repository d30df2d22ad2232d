#pragma once
#include <cstdint>
#include <string>

#include "egress/mp4_sink.h"

namespace plenum::egress {

/// An MP4 file that is final when the sink has ended: what Mp4Sink wrote, with the index first. If
/// that cannot be done the file stays as it was, fragmented but playable.
class FinalMp4Sink : public Sink {
 public:
  /// `audio_only`: the final file has no picture. `reserve`: bytes of the disk that stay free.
  FinalMp4Sink(std::string path, bool audio_only, std::uint64_t reserve = 0)
      : path_(std::move(path)), audio_only_(audio_only), reserve_(reserve), sink_(path_) {}

  SinkStart start() const override { return sink_.start(); }
  void run(PacketQueue& queue, const Streams& streams, const StatusReport& report) override;

 private:
  const std::string path_;
  const bool audio_only_;
  const std::uint64_t reserve_;
  Mp4Sink sink_;
};

}  // namespace plenum::egress
