#include "media/codec/h264.h"

namespace plenum::codec {
namespace {

// RFC 6184 section 5.2, table 1; ITU-T H.264 table 7-1.
enum NalType : std::uint8_t {
  slice = 1,
  partition_a = 2,
  idr_slice = 5,
  sei = 6,
  sps = 7,
  pps = 8,
  access_unit_delimiter = 9,
  max_single = 23,
  stap_a = 24,
  fu_a = 28,
};

/// `body` follows the NAL unit header; ue(v) of first_mb_in_slice is 0 exactly when its first bit
/// is set.
void note(std::uint8_t type, std::uint8_t ref_idc, Bytes body, H264Packet& p) {
  if (ref_idc != 0) p.non_reference = false;
  switch (type) {
    case idr_slice:
      p.idr = true;
      [[fallthrough]];
    case slice:
    case partition_a:
      if (!body.empty() && (be8(body, 0) & 0x80)) p.start_of_frame = true;
      return;
    case sps:
      p.sps = true;
      break;
    case pps:
      p.pps = true;
      break;
    case sei:
    case access_unit_delimiter:
      break;
    default:
      return;
  }
  p.start_of_frame = true;
}

Status<H264Error> walk_stap_a(ByteReader& r, H264Packet& p) {
  if (r.left() == 0) return Err{H264Error::truncated};
  while (r.left() > 0) {
    const Bytes nal = r.bytes(r.u16());
    if (!r.ok() || nal.empty()) return Err{H264Error::truncated};
    const std::uint8_t header = be8(nal, 0);
    note(header & 0x1f, header >> 5 & 3, nal.subspan(1), p);
  }
  return Ok{};
}

}  // namespace

Result<H264Packet, H264Error> parse_h264(Bytes payload) {
  if (payload.empty()) return Err{H264Error::empty};
  ByteReader r(payload);
  H264Packet p;
  const std::uint8_t header = r.u8();
  const std::uint8_t type = header & 0x1f;
  const std::uint8_t ref_idc = header >> 5 & 3;
  if (type >= slice && type <= max_single) {
    note(type, ref_idc, r.rest(), p);
  } else if (type == stap_a) {
    if (const auto status = walk_stap_a(r, p); !status) return Err{status.error()};
  } else if (type == fu_a) {
    const std::uint8_t fu = r.u8();
    if (!r.ok() || r.left() == 0) return Err{H264Error::truncated};
    if (fu & 0x80)
      note(fu & 0x1f, ref_idc, r.rest(), p);
    else
      p.non_reference = ref_idc == 0;
  } else {
    return Err{H264Error::unsupported};
  }
  return p;
}

}  // namespace plenum::codec
