#pragma once
#include <string>

#include "egress/sink.h"

namespace plenum::egress {

/// An MP4 file that can be played while it grows and after a crash: fragments of at most a second
/// (ISO/IEC 14496-12 section 8.8), the first one written as soon as a few frames have come.
/// finalise() makes an ordinary MP4 of it. An error of the disk ends it with the last whole
/// fragment.
class Mp4Sink : public Sink {
 public:
  explicit Mp4Sink(std::string path) : path_(std::move(path)) {}

  SinkStart start() const override { return SinkStart::next_key_frame; }
  void run(PacketQueue& queue, const Streams& streams, const StatusReport& report) override;

 private:
  const std::string path_;
};

}  // namespace plenum::egress
