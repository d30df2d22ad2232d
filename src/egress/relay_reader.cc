#include "egress/relay_reader.h"

#include <cstring>

#include "media/rtp/header.h"
#include "sfu/relay_format.h"

namespace plenum::egress {
namespace {

std::optional<MediaPacket> read_packet(const sfu::RelayHeader& header, Bytes bytes,
                                       TimePoint arrival) {
  const auto rtp = rtp::parse_header(bytes);
  if (!rtp || rtp->payload_offset + std::size_t{rtp->padding} > bytes.size()) return std::nullopt;
  const Bytes payload =
      bytes.subspan(rtp->payload_offset, bytes.size() - rtp->payload_offset - rtp->padding);
  return MediaPacket{.seq = ExtSeq(header.seq),
                     .timestamp = rtp->timestamp,
                     .marker = rtp->marker,
                     .payload = {payload.begin(), payload.end()},
                     .arrival = arrival};
}

}  // namespace

std::optional<RelayRecord> read_relay_record(Bytes datagram, TimePoint arrival) {
  sfu::RelayHeader header;
  if (datagram.size() < sizeof header) return std::nullopt;
  std::memcpy(static_cast<void*>(&header), datagram.data(), sizeof header);
  RelayRecord record{.track = header.track, .layer = header.layer};
  record.red = be8(datagram, offsetof(sfu::RelayHeader, red)) != 0;
  switch (header.kind) {
    case sfu::RelayHeader::Kind::rtp: {
      auto packet = read_packet(header, datagram.subspan(sizeof header), arrival);
      if (!packet) return std::nullopt;
      record.what = std::move(*packet);
      return record;
    }
    case sfu::RelayHeader::Kind::sender_report:
      record.what = SenderReport{.ntp = NtpTime{header.ntp}, .timestamp = RtpTime(header.rtp_time)};
      return record;
    case sfu::RelayHeader::Kind::muted:
    case sfu::RelayHeader::Kind::keyframe_request:
      break;
  }
  return std::nullopt;
}

}  // namespace plenum::egress
