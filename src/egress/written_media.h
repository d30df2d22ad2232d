#pragma once
#include <algorithm>

#include "egress/streams.h"

namespace plenum::egress {

/// How long the media is that went into one file or connection: to the end of its last picture.
class WrittenMedia {
 public:
  void add(const AVPacket& packet) {
    if (packet.stream_index != kVideoStream) return;
    end_ = std::max(end_, media_time(kVideoStream, packet.pts + packet.duration));
  }
  Duration duration() const { return end_; }

 private:
  Duration end_{};
};

}  // namespace plenum::egress
