#include "media/rtp/red.h"

#include <cstring>

namespace plenum::rtp {
namespace {

constexpr std::size_t kBlockHeader = 4;
constexpr std::size_t kPrimaryHeader = 1;

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
      at += kPrimaryHeader;
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

std::size_t RedBuilder::usable(ExtSeq seq, RtpTime timestamp, std::size_t room) const {
  std::size_t n = 0;
  while (n < used_) {
    const Previous& p = back(n + 1);
    if (p.seq.value() + n + 1 != seq.value()) break;
    if (timestamp.value() - p.timestamp.value() > kMaxRedTimestampOffset) break;
    if (p.size == 0 || room < kBlockHeader + p.size) break;
    room -= kBlockHeader + p.size;
    ++n;
  }
  return n;
}

std::size_t RedBuilder::build(ExtSeq seq, RtpTime timestamp, std::uint8_t payload_type,
                              Bytes payload, MutableBytes out) {
  if (out.size() < kPrimaryHeader + payload.size()) return 0;
  const std::size_t n = usable(seq, timestamp, out.size() - kPrimaryHeader - payload.size());
  ByteWriter w(out);
  for (std::size_t i = n; i > 0; --i) {
    const Previous& p = back(i);
    w.u32(0x80000000u | static_cast<std::uint32_t>(p.payload_type & 0x7f) << 24 |
          (timestamp.value() - p.timestamp.value()) << 10 | p.size);
  }
  w.u8(payload_type & 0x7fu);
  for (std::size_t i = n; i > 0; --i) w.bytes(Bytes(back(i).data).first(back(i).size));
  w.bytes(payload);
  remember(seq, timestamp, payload_type, payload);
  return w.ok() ? w.size() : 0;
}

void RedBuilder::remember(ExtSeq seq, RtpTime timestamp, std::uint8_t payload_type, Bytes payload) {
  if (used_ > 0 && seq <= back(1).seq) return;
  Previous& p = previous_[next_];
  p.seq = seq;
  p.timestamp = timestamp;
  p.payload_type = payload_type;
  // One that is too long is remembered as empty, so that it ends the run of usable ones.
  p.size = payload.size() <= kMaxRedBlockSize ? static_cast<std::uint16_t>(payload.size()) : 0;
  if (p.size) std::memcpy(p.data.data(), payload.data(), p.size);
  next_ = (next_ + 1) % kRedundancy;
  if (used_ < kRedundancy) ++used_;
}

}  // namespace plenum::rtp
