#include <array>

#include "egress/depacketizer.h"
#include "media/codec/av1.h"

namespace plenum::egress {
namespace {

// AV1 bitstream section 6.2.2.
enum ObuType : std::uint8_t {
  sequence_header = 1,
  temporal_delimiter = 2,
  frame_header = 3,
  frame = 6,
  tile_list = 8,
  padding = 15,
};
constexpr std::byte kExtensionFlag{0x04}, kHasSize{0x02};

/// Calls f(element, is_last) with each OBU element of a payload that parse_av1() found sound; stops
/// when f says false.
template <class F>
bool for_each_element(Bytes payload, F&& f) {
  ByteReader r(payload);
  const unsigned count = r.u8() >> 4 & 0x03;  // W; 0 = each has a length
  for (unsigned n = 1; r.left() > 0; ++n) {
    std::size_t size = r.left();
    if (count == 0 || n < count) {
      const auto length = codec::read_leb128(r);
      if (!length) return false;
      size = *length;
    }
    const Bytes element = r.bytes(size);
    if (!r.ok() || !f(element, r.left() == 0)) return false;
  }
  return true;
}

std::uint8_t obu_type(Bytes obu) { return be8(obu, 0) >> 3 & 0x0f; }

/// AV1 RTP specification v1.0: OBU elements in packets, those at the edges in fragments. Yields the
/// low-overhead format, AV1 bitstream section 5.2: each OBU with its size.
class Av1Depacketizer final : public Depacketizer {
 public:
  bool begins_frame(Bytes payload) const override {
    const auto p = codec::parse_av1(payload);
    if (!p || p->continues_obu) return false;
    if (p->new_video_sequence) return true;
    bool begins = false;
    for_each_element(payload, [&](Bytes first, bool) {
      begins = !first.empty() &&
               (obu_type(first) == sequence_header || obu_type(first) == temporal_delimiter);
      return false;
    });
    return begins;
  }

  bool add(Bytes payload) override {
    const auto p = codec::parse_av1(payload);
    if (!p || p->continues_obu != fragmented_) return false;
    fragmented_ = p->continued_in_next;
    return for_each_element(payload, [&](Bytes element, bool is_last) {
      if (element.empty() || element.size() > kMaxFrameBytes - obu_.size()) return false;
      obu_.insert(obu_.end(), element.begin(), element.end());
      return (is_last && fragmented_) || end_obu();
    });
  }

 private:
  /// Writes the OBU with its size, section 5.3.
  bool end_obu() {
    ByteReader r(obu_);
    const std::byte header = r.bytes(1)[0];
    const bool extended = (header & kExtensionFlag) != std::byte{0};
    const Bytes extension = r.bytes(extended ? 1 : 0);
    Bytes body = r.rest();
    if (!r.ok() || (header & std::byte{0x80}) != std::byte{0}) return false;
    if ((header & kHasSize) != std::byte{0}) {
      ByteReader sized(body);
      const auto size = codec::read_leb128(sized);
      if (!size) return false;
      body = sized.bytes(*size);
      if (!sized.ok()) return false;
    }
    const std::uint8_t type = obu_type(obu_);
    const bool dropped = type == temporal_delimiter || type == tile_list || type == padding;
    const bool fits = dropped || write_obu(header | kHasSize, extension, body);
    if (fits && !dropped) note(type, body);
    obu_.clear();
    return fits;
  }

  bool write_obu(std::byte header, Bytes extension, Bytes body) {
    constexpr std::array kDelimiter{std::byte{temporal_delimiter << 3} | kHasSize, std::byte{0}};
    std::array<std::byte, 5> size{};
    std::size_t n = 0, left = body.size();
    do {
      size[n] = static_cast<std::byte>((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
      left >>= 7;
      ++n;
    } while (left != 0);
    return (!bytes_.empty() || append(kDelimiter)) && append(std::array{header}) &&
           append(extension) && append(Bytes(size).first(n)) && append(body);
  }

  /// Section 5.9.2: show_existing_frame, frame_type (two bits, 0 = key frame). One frame tells for
  /// the unit: those of higher layers only refer to it.
  void note(std::uint8_t type, Bytes body) {
    if (type == sequence_header) has_sequence_header_ = true;
    if ((type != frame_header && type != frame) || has_frame_) return;
    has_frame_ = true;
    first_is_key_ = !body.empty() && (be8(body, 0) & 0xe0) == 0;
  }

  std::optional<JoinedFrame> join() override {
    if (fragmented_) return std::nullopt;
    if (!has_frame_) return JoinedFrame{};
    return JoinedFrame{std::move(bytes_), has_sequence_header_ && first_is_key_, std::nullopt};
  }

  void forget() override {
    obu_.clear();
    fragmented_ = has_sequence_header_ = has_frame_ = first_is_key_ = false;
  }

  std::vector<std::byte> obu_;  // begun, without the size that it will have in bytes_
  bool fragmented_ = false;     // it goes on in the next packet
  bool has_sequence_header_ = false, has_frame_ = false, first_is_key_ = false;
};

}  // namespace

std::unique_ptr<Depacketizer> make_av1_depacketizer() {
  return std::make_unique<Av1Depacketizer>();
}

}  // namespace plenum::egress
