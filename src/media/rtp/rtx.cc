#include "media/rtp/rtx.h"

#include <cstring>

namespace plenum::rtp {

Result<RtxContent, RtxError> unwrap_rtx(MutableBytes packet, Header& header, Ssrc media_ssrc,
                                        std::uint8_t media_payload_type) {
  const std::size_t end = packet.size() - header.padding;
  const std::size_t payload = end - header.payload_offset;
  if (payload == 0) return RtxContent{.padding_only = true, .size = packet.size()};
  if (payload < kOsnSize) return Err{RtxError::truncated};
  const std::uint16_t osn = be16(packet, header.payload_offset);
  const std::size_t from = header.payload_offset + kOsnSize;
  std::memmove(packet.data() + header.payload_offset, packet.data() + from, packet.size() - from);

  header.sequence = osn;
  header.ssrc = media_ssrc;
  header.payload_type = media_payload_type;
  put_be(packet, 1, 1, (header.marker ? 0x80u : 0u) | (media_payload_type & 0x7fu));
  put_be(packet, 2, 2, osn);
  put_be(packet, 8, 4, media_ssrc.value());
  return RtxContent{.padding_only = false, .size = packet.size() - kOsnSize};
}

std::size_t write_osn(ExtSeq original, MutableBytes out) {
  if (out.size() < kOsnSize) return 0;
  put_be(out, 0, kOsnSize, original.value() & 0xffff);
  return kOsnSize;
}

}  // namespace plenum::rtp
