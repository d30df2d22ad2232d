#pragma once
#include "base/time.h"
#include "egress/depacketizer.h"

namespace plenum::egress {

/// An encoded frame and when it was captured.
struct TimedFrame {
  EncodedFrame frame;
  TimePoint captured{};
};

}  // namespace plenum::egress
