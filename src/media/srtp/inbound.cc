#include "media/srtp/inbound.h"

namespace plenum::srtp {
namespace {

constexpr std::size_t kRtcpHeaderSize = 8;
constexpr std::uint32_t kEncryptedFlag = 0x80000000;
constexpr std::uint64_t kSequenceHalf = 0x8000;
constexpr std::uint64_t kSequenceSpan = 0x10000;
/// The rollover counter has 32 bits: no index above this can be on the wire.
constexpr std::uint64_t kMaxIndex = (std::uint64_t{1} << 48) - 1;

}  // namespace

std::uint64_t estimate_index(std::uint64_t highest, std::uint16_t sequence) {
  const std::uint64_t same = (highest & ~(kSequenceSpan - 1)) | sequence;
  if (highest > same + kSequenceHalf && same + kSequenceSpan <= kMaxIndex)
    return same + kSequenceSpan;
  // Nothing lies before rollover counter 0: a number far ahead there is a jump, not the past.
  if (same > highest + kSequenceHalf && same >= kSequenceSpan) return same - kSequenceSpan;
  return same;
}

Inbound::Inbound(const MasterKey& key)
    : profile_(key.profile),
      rtp_(derive_rtp_keys(key), Direction::open),
      rtcp_(derive_rtcp_keys(key), Direction::open) {}

Result<std::size_t, OpenError> Inbound::open_rtp(MutableBytes packet,
                                                 const rtp::Header& protected_header,
                                                 ExtSeq* index_out) {
  const std::size_t header_size = protected_header.payload_offset;
  const std::size_t tag = tag_size(profile_);
  if (packet.size() < header_size + tag) return Err{OpenError::too_short};

  const Ssrc ssrc = protected_header.ssrc;
  std::uint64_t index = 0;
  if (ReplayWindow* window = rtp_sources_.find(ssrc)) {
    index = estimate_index(window->highest(), protected_header.sequence);
    if (window->is_replay(index)) return Err{OpenError::replayed};
    if (!rtp_.open_rtp(ssrc, index, packet, header_size)) return Err{OpenError::auth_failed};
    window->accept(index);
  } else {
    const auto first = authenticate_first(packet, protected_header);
    if (!first) return Err{OpenError::auth_failed};
    index = *first;
    rtp_sources_.add(ssrc).accept(index);
  }
  if (index_out) *index_out = ExtSeq(index);
  return packet.size() - tag;
}

/// A sender starts with rollover counter 0, but at any sequence number: if that was just below
/// 65536 and its first packets were lost, the first to arrive has a low number and counter 1.
std::optional<std::uint64_t> Inbound::authenticate_first(MutableBytes packet,
                                                         const rtp::Header& header) {
  const std::uint64_t index = header.sequence;
  if (rtp_.open_rtp(header.ssrc, index, packet, header.payload_offset)) return index;
  if (index >= kSequenceHalf) return std::nullopt;
  // The failed attempt left noise; counter mode is its own inverse, so a second one undoes it.
  if (is_aead(profile_)) rtp_.open_rtp(header.ssrc, index, packet, header.payload_offset);
  const std::uint64_t wrapped = index + kSequenceSpan;
  if (rtp_.open_rtp(header.ssrc, wrapped, packet, header.payload_offset)) return wrapped;
  return std::nullopt;
}

Result<std::size_t, OpenError> Inbound::open_rtcp(MutableBytes packet) {
  const std::size_t tag = tag_size(profile_);
  if (packet.size() < kRtcpHeaderSize + tag + kRtcpIndexSize) return Err{OpenError::too_short};

  const std::size_t word_at = packet.size() - kRtcpIndexSize - (is_aead(profile_) ? 0 : tag);
  const std::uint32_t word = be32(packet, word_at);
  if (!(word & kEncryptedFlag)) return Err{OpenError::not_encrypted};
  const std::uint32_t index = word & ~kEncryptedFlag;
  const Ssrc ssrc(be32(packet, 4));

  ReplayWindow* window = rtcp_sources_.find(ssrc);
  if (window && window->is_replay(index)) return Err{OpenError::replayed};
  if (!rtcp_.open_rtcp(ssrc, index, packet)) return Err{OpenError::auth_failed};
  if (!window) window = &rtcp_sources_.add(ssrc);
  window->accept(index);
  return packet.size() - tag - kRtcpIndexSize;
}

}  // namespace plenum::srtp
