#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "egress/picture.h"
#include "egress/test_streams.h"

namespace plenum::bench {

inline constexpr int kClipSeconds = 10;

/// What a webcam sees of one who talks: a still room, a head that moves, a mouth, some noise of the
/// sensor. VP8 as a browser sends it, one key frame, 30 fps. `seed` makes another room.
std::vector<egress::testing::TestFrame> webcam(egress::Size size, int kbps, int seed);
/// Opus packets of 20 ms that sound a little like speech, 32 kbit/s.
std::vector<egress::testing::TestFrame> speech(int seed);

// Clips are made in one process and measured in another, whose memory is then its own. Both throw
// std::runtime_error.
void save(const std::string& path, const std::vector<egress::testing::TestFrame>& clip);
std::vector<egress::testing::TestFrame> load(const std::string& path);

}  // namespace plenum::bench
