#pragma once
#include <cstdint>
#include <string>

#include "egress/file_sink.h"

namespace plenum::egress {

/// A file that is final when the sink has ended: what FileSink wrote, with duration and index. If
/// that cannot be done the file stays as it was, fragmented but playable.
class FinalFileSink : public Sink {
 public:
  /// `audio_only`: the final file has no picture. `reserve`: bytes of the disk that stay free.
  FinalFileSink(std::string path, Container container, bool audio_only, std::uint64_t reserve = 0)
      : path_(std::move(path)),
        audio_only_(audio_only),
        reserve_(reserve),
        sink_(path_, container) {}

  SinkStart start() const override { return sink_.start(); }
  void run(PacketQueue& queue, const Streams& streams, const StatusReport& report) override;

 private:
  const std::string path_;
  const bool audio_only_;
  const std::uint64_t reserve_;
  FileSink sink_;
};

}  // namespace plenum::egress
