#include "media/codec/h265.h"

namespace plenum::codec {
namespace {

// ITU-T H.265 table 7-1; RFC 7798 section 4.4.
enum NalType : std::uint8_t {
  last_slice = 31,
  first_irap = 16,
  last_irap = 23,
  vps = 32,
  sps = 33,
  pps = 34,
  access_unit_delimiter = 35,
  prefix_sei = 39,
  aggregation = 48,
  fragmentation = 49,
};
constexpr std::size_t kHeaderSize = 2;

constexpr std::uint8_t nal_type(std::uint8_t first) { return first >> 1 & 0x3f; }

/// `body` follows the NAL unit header; its first bit is first_slice_segment_in_pic_flag.
void note(std::uint8_t type, Bytes body, H265Packet& p) {
  if (type <= last_slice) {
    if (type >= first_irap && type <= last_irap) p.irap = true;
    if (!body.empty() && (be8(body, 0) & 0x80)) p.start_of_frame = true;
  } else if (type == vps || type == sps || type == pps) {
    p.parameter_sets = true;
    p.start_of_frame = true;
  } else if (type == access_unit_delimiter || type == prefix_sei) {
    p.start_of_frame = true;
  }
}

}  // namespace

Result<H265Packet, H265Error> parse_h265(Bytes payload) {
  if (payload.size() <= kHeaderSize) return Err{H265Error::truncated};
  ByteReader r(payload);
  H265Packet p;
  const std::uint8_t type = nal_type(r.u8());
  const std::uint8_t tid_plus_one = r.u8() & 0x07;
  p.temporal_id = tid_plus_one ? static_cast<std::uint8_t>(tid_plus_one - 1) : 0;
  if (type < aggregation) {
    note(type, r.rest(), p);
  } else if (type == aggregation) {
    while (r.left() > 0) {
      const Bytes nal = r.bytes(r.u16());
      if (!r.ok() || nal.size() < kHeaderSize) return Err{H265Error::truncated};
      note(nal_type(be8(nal, 0)), nal.subspan(kHeaderSize), p);
    }
  } else if (type == fragmentation) {
    const std::uint8_t fu = r.u8();
    if (r.left() == 0) return Err{H265Error::truncated};
    if (fu & 0x80) note(fu & 0x3f, r.rest(), p);
  } else {
    return Err{H265Error::unsupported};
  }
  return p;
}

}  // namespace plenum::codec
