// SRTP: the input is a list of packets (length byte, bytes) for one receiver. Each is offered raw,
// and then sealed with the right key, which must open to the same bytes unless it is a replay.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "media/rtp/header.h"
#include "media/srtp/inbound.h"
#include "media/srtp/outbound.h"

namespace {

using namespace plenum;
using Packet = std::vector<std::byte>;

void offer(srtp::Inbound& inbound, Packet packet) {
  if (const auto header = rtp::parse_protected_header(packet))
    std::ignore = inbound.open_rtp(packet, *header, nullptr);
}

void round_trip_rtp(srtp::Outbound& outbound, srtp::Inbound& inbound, const Packet& plain) {
  const auto header = rtp::parse_protected_header(plain);
  if (!header) return;
  Packet sealed = plain;
  sealed.resize(plain.size() + outbound.rtp_overhead());
  const std::size_t offset = header->payload_offset;
  const auto size =
      outbound.seal_rtp(ExtSeq(header->sequence), sealed, offset, Bytes(plain).subspan(offset));
  if (size != sealed.size()) std::abort();
  const auto opened = inbound.open_rtp(sealed, *header, nullptr);
  if (!opened) {  // a replay, or a jump over half the space, which looks like a wrap
    if (opened.error() == srtp::OpenError::too_short) std::abort();
    return;
  }
  if (*opened != plain.size() || !std::equal(plain.begin(), plain.end(), sealed.begin()))
    std::abort();
}

void round_trip_rtcp(srtp::Outbound& outbound, srtp::Inbound& inbound, const Packet& plain) {
  Packet sealed = plain;
  sealed.resize(plain.size() + outbound.rtcp_overhead());
  const auto size = outbound.seal_rtcp(sealed, plain.size());
  if (size == 0) return;
  const auto opened = inbound.open_rtcp(MutableBytes(sealed).first(size));
  if (!opened || *opened != plain.size() || !std::equal(plain.begin(), plain.end(), sealed.begin()))
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  constexpr srtp::Profile kProfiles[] = {srtp::Profile::aes_cm_128_hmac_sha1_80,
                                         srtp::Profile::aead_aes_128_gcm,
                                         srtp::Profile::aead_aes_256_gcm};
  const srtp::MasterKey key{.profile = kProfiles[data[0] % 3]};
  srtp::Outbound outbound(key);
  srtp::Inbound inbound(key);

  ByteReader reader(std::as_bytes(std::span(data + 1, size - 1)));
  while (reader.left() > 0) {
    const Bytes bytes = reader.bytes(std::min<std::size_t>(reader.u8(), reader.left()));
    const Packet packet(bytes.begin(), bytes.end());
    offer(inbound, packet);
    Packet control = packet;
    std::ignore = inbound.open_rtcp(control);
    round_trip_rtp(outbound, inbound, packet);
    round_trip_rtcp(outbound, inbound, packet);
  }
  return 0;
}
