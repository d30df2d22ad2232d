#pragma once
#include <cstdint>
#include <string>

#include "egress/container.h"
#include "egress/sink.h"

namespace plenum::egress {

/// A file that can be played while it grows and after a crash: fragments of MP4 (ISO/IEC 14496-12
/// section 8.8) or clusters of WebM of at most a second, the first one written as soon as a few
/// frames have come. finalise() makes an ordinary file of it. An error of the disk ends it with the
/// last whole fragment.
class FileSink : public Sink {
 public:
  FileSink(std::string path, Container container) : path_(std::move(path)), container_(container) {}

  SinkStart start() const override { return SinkStart::next_key_frame; }
  void run(PacketQueue& queue, const Streams& streams, const StatusReport& report) override;

 private:
  const std::string path_;
  const Container container_;
};

}  // namespace plenum::egress
