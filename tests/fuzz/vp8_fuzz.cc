// VP8 descriptors: a rewritten one has the same size and says the same but for the picture ids.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "media/codec/frame_info.h"
#include "media/codec/vp8.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plenum;
  const Bytes input = std::as_bytes(std::span(data, size));
  codec::inspect(codec::Codec::vp8, input, true, nullptr);
  const auto d = codec::parse_vp8(input);
  std::array<std::byte, codec::kMaxVp8DescriptorSize> out;
  const std::size_t n = codec::rewrite_vp8_descriptor(input, 0x1235, 7, out);
  if ((n != 0) != d.ok()) std::abort();
  if (!d) return 0;
  std::vector<std::byte> payload(input.begin(), input.end());
  std::copy_n(out.begin(), n, payload.begin());
  const auto again = codec::parse_vp8(payload);
  if (!again || again->size != n || again->temporal_id != d->temporal_id ||
      again->keyframe != d->keyframe || again->long_picture_id != d->long_picture_id)
    std::abort();
  return 0;
}
