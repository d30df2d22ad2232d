// Dependency descriptors of one stream, one after the other: each with a length before it. A sound
// one is rewritten, and must then say the same but for its active decode targets.
#include <array>
#include <cstdlib>

#include "media/codec/frame_info.h"
#include "media/rtp/dependency_descriptor.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plenum;
  ByteReader in(std::as_bytes(std::span(data, size)));
  rtp::DependencyStructure structure;
  while (in.left() > 1) {
    const std::uint8_t length = in.u8();
    const Bytes value = in.bytes(length < in.left() ? length : in.left());
    const auto d = rtp::parse_dependency_descriptor(value, structure);
    std::array<std::byte, 300> out;
    if (const std::size_t moved = rtp::rewrite_frame_number(value, 7, out);
        moved && rtp::frame_number_of(Bytes(out).first(moved)) !=
                     static_cast<std::uint16_t>(rtp::frame_number_of(value) + 7))
      std::abort();
    const std::size_t n = rtp::rewrite_active_decode_targets(value, structure, 0x55555555, out);
    if (!d) continue;
    codec::inspect(codec::Codec::av1, value, false, &*d);
    rtp::DependencyStructure scratch = structure;
    const auto again = rtp::parse_dependency_descriptor(Bytes(out).first(n), scratch);
    if (!again) std::abort();
    if (again->active_decode_targets != (0x55555555u & structure.all_decode_targets()))
      std::abort();
    if (again->frame_number != d->frame_number || again->dtis != d->dtis ||
        again->frame_diffs.values != d->frame_diffs.values || again->chain_diffs != d->chain_diffs)
      std::abort();
  }
  return 0;
}
