#include "media/srtp/outbound.h"

#include <cassert>

#include "media/rtp/header.h"

namespace plenum::srtp {
namespace {

/// RFC 3711 section 9.2: a master key may protect at most 2^31 SRTCP packets.
constexpr std::uint32_t kIndexLimit = 0x80000000;
constexpr std::size_t kRtcpHeaderSize = 8;

}  // namespace

Outbound::Outbound(const MasterKey& key)
    : profile_(key.profile),
      rtp_(derive_rtp_keys(key), Direction::seal),
      rtcp_(derive_rtcp_keys(key), Direction::seal) {}

std::size_t Outbound::seal_rtp(ExtSeq index, MutableBytes out, std::size_t header_size,
                               Bytes payload) {
  const std::size_t size = header_size + payload.size() + rtp_overhead();
  if (header_size < rtp::kFixedHeaderSize || out.size() < size) return 0;
  assert(be16(out, 2) == static_cast<std::uint16_t>(index.value()));
  rtp_.seal_rtp(Ssrc(be32(out, 8)), index.value(), out, header_size, payload);
  return size;
}

std::size_t Outbound::seal_rtcp(MutableBytes storage, std::size_t size) {
  const std::size_t sealed = size + rtcp_overhead();
  if (size < kRtcpHeaderSize || storage.size() < sealed || rtcp_index_ == kIndexLimit) return 0;
  rtcp_.seal_rtcp(Ssrc(be32(storage, 4)), rtcp_index_++, storage, size);
  return sealed;
}

}  // namespace plenum::srtp
