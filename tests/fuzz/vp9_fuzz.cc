// VP9 descriptors: a rewritten one has the same size and says the same but for the picture ids.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "media/codec/frame_info.h"
#include "media/codec/vp9.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plenum;
  const Bytes input = std::as_bytes(std::span(data, size));
  codec::inspect(codec::Codec::vp9, input, true, nullptr);
  const auto d = codec::parse_vp9(input);
  std::array<std::byte, codec::kMaxVp9RewriteSize> out;
  const std::size_t n = codec::rewrite_vp9_descriptor(input, 0x1235, 7, out);
  if ((n != 0) != d.ok()) std::abort();
  if (!d) return 0;
  std::vector<std::byte> payload(input.begin(), input.end());
  std::copy_n(out.begin(), n, payload.begin());
  const auto again = codec::parse_vp9(payload);
  if (!again || again->size != d->size || again->spatial_id != d->spatial_id ||
      again->reference_count != d->reference_count)
    std::abort();
  return 0;
}
