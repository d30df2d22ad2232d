#include "media/codec/opus.h"

#include <cstdint>

namespace plenum::codec {
namespace {

/// RFC 6716 section 3.1, table 2: frame size by configuration number.
constexpr Duration frame_duration(unsigned configuration) {
  constexpr Duration kSilk[] = {10ms, 20ms, 40ms, 60ms};
  constexpr Duration kHybrid[] = {10ms, 20ms};
  constexpr Duration kCelt[] = {2500us, 5ms, 10ms, 20ms};
  if (configuration < 12) return kSilk[configuration % 4];
  if (configuration < 16) return kHybrid[configuration % 2];
  return kCelt[configuration % 4];
}

}  // namespace

std::optional<Duration> opus_duration(Bytes payload) {
  if (payload.empty()) return std::nullopt;
  const std::uint8_t toc = be8(payload, 0);
  unsigned frames = 0;
  switch (toc & 0x03) {
    case 0:
      frames = 1;
      break;
    case 1:
    case 2:
      frames = 2;
      break;
    default:
      if (payload.size() < 2) return std::nullopt;
      frames = be8(payload, 1) & 0x3f;
  }
  const Duration d = frame_duration(toc >> 3) * frames;
  if (frames == 0 || d > 120ms) return std::nullopt;
  return d;
}

}  // namespace plenum::codec
