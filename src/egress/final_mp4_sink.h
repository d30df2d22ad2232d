#pragma once
#include <string>

#include "egress/mp4_sink.h"

namespace plenum::egress {

/// An MP4 file that is final when the sink has ended: what Mp4Sink wrote, with the index first. If
/// that cannot be done the file stays as it was, fragmented but playable.
class FinalMp4Sink : public Sink {
 public:
  /// `audio_only`: the final file has no picture.
  FinalMp4Sink(std::string path, bool audio_only)
      : path_(std::move(path)), audio_only_(audio_only), sink_(path_) {}

  SinkStart start() const override { return sink_.start(); }
  void run(PacketQueue& queue, const Streams& streams, const StatusReport& report) override;

 private:
  const std::string path_;
  const bool audio_only_;
  Mp4Sink sink_;
};

}  // namespace plenum::egress
