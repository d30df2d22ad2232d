#include "media/rtp/red.h"

namespace plenum::rtp {
namespace {

constexpr std::size_t kBlockHeader = 4;

}  // namespace

Result<RedView, RedError> parse_red(Bytes payload) {
  if (payload.empty()) return Err{RedError::empty};
  RedView view;
  std::array<std::size_t, kMaxRedBlocks> sizes{};
  std::size_t at = 0;
  for (;;) {
    if (at == payload.size()) return Err{RedError::truncated};
    if (view.count == kMaxRedBlocks) return Err{RedError::too_many_blocks};
    const std::uint8_t first = be8(payload, at);
    RedBlock& block = view.blocks[view.count];
    block.payload_type = first & 0x7f;
    if (!(first & 0x80)) {
      ++view.count;
      ++at;
      break;
    }
    if (payload.size() - at < kBlockHeader) return Err{RedError::truncated};
    const std::uint32_t fields = be32(payload, at);
    block.timestamp_offset = static_cast<std::uint16_t>(fields >> 10 & kMaxRedTimestampOffset);
    sizes[view.count++] = fields & kMaxRedBlockSize;
    at += kBlockHeader;
  }
  for (std::size_t i = 0; i + 1 < view.count; ++i) {
    if (payload.size() - at < sizes[i]) return Err{RedError::truncated};
    view.blocks[i].data = payload.subspan(at, sizes[i]);
    at += sizes[i];
  }
  view.blocks[view.count - 1].data = payload.subspan(at);
  return view;
}

}  // namespace plenum::rtp
