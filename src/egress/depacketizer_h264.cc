#include <array>
#include <map>

#include "egress/depacketizer.h"
#include "media/codec/h264.h"

namespace plenum::egress {
namespace {

// RFC 6184 section 5.2, table 1; ITU-T H.264 table 7-1.
enum NalType : std::uint8_t {
  first_slice_type = 1,
  idr_slice = 5,
  sps = 7,
  pps = 8,
  max_single = 23,
  stap_a = 24,
  fu_a = 28,
};
constexpr std::array kStartCode{std::byte{0}, std::byte{0}, std::byte{0}, std::byte{1}};
// Senders use one or two of each.
constexpr std::size_t kMaxParameterSets = 32;
constexpr std::size_t kMaxParameterSetBytes = 4096;

/// ue(v) at the beginning of `b`, ITU-T H.264 section 9.1; up to 255, which is the highest id.
std::optional<std::uint8_t> read_ue(Bytes b) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i) bits = bits << 8 | (i < b.size() ? be8(b, i) : 0u);
  unsigned zeros = 0;
  while (zeros < 9 && !(bits >> (31 - zeros) & 1)) ++zeros;
  if (zeros > 8 || 2 * zeros + 1 > 8 * b.size()) return std::nullopt;
  const std::uint32_t value = (bits >> (31 - 2 * zeros)) - 1;
  if (value > 255) return std::nullopt;
  return static_cast<std::uint8_t>(value);
}

/// The latest parameter sets by their id, for senders that do not repeat them with each IDR.
class ParameterSets {
 public:
  /// False: it has no sound id, or there are too many.
  bool keep(std::uint8_t type, Bytes nal) {
    // The id follows the NAL unit header; of an SPS also three bytes of profile and level.
    const std::size_t at = type == sps ? 4 : 1;
    if (nal.size() <= at || nal.size() > kMaxParameterSetBytes) return false;
    const auto id = read_ue(nal.subspan(at));
    auto& sets = type == sps ? sps_ : pps_;
    if (!id || (sets.size() == kMaxParameterSets && !sets.contains(*id))) return false;
    sets[*id].assign(nal.begin(), nal.end());
    return true;
  }
  bool complete() const { return !sps_.empty() && !pps_.empty(); }
  /// All of them in Annex B.
  std::vector<std::byte> annex_b() const {
    std::vector<std::byte> out;
    for (const auto* sets : {&sps_, &pps_})
      for (const auto& [id, nal] : *sets) {
        out.insert(out.end(), kStartCode.begin(), kStartCode.end());
        out.insert(out.end(), nal.begin(), nal.end());
      }
    return out;
  }

 private:
  std::map<std::uint8_t, std::vector<std::byte>> sps_, pps_;
};

/// RFC 6184 without the interleaved forms. Yields Annex B.
class H264Depacketizer final : public Depacketizer {
 public:
  bool begins_frame(Bytes payload) const override {
    const auto p = codec::parse_h264(payload);
    return p && p->sps;
  }

  bool add(Bytes payload) override {
    const auto p = codec::parse_h264(payload);
    if (!p || (bytes_.empty() && !p->start_of_frame)) return false;
    const std::uint8_t type = be8(payload, 0) & 0x1f;
    if (type == fu_a) return add_fragment(payload);
    if (fragmented_) return false;
    if (type != stap_a) return add_nal(payload);
    ByteReader r(payload.subspan(1));
    while (r.left() > 0)
      if (!add_nal(r.bytes(r.u16()))) return false;
    return true;
  }

 private:
  bool add_nal(Bytes nal) { return begin_nal() && append(nal) && end_nal(); }

  /// Section 5.8: indicator (F, NRI), header (S, E, R, type), the NAL unit's body.
  bool add_fragment(Bytes payload) {
    const std::uint8_t header = be8(payload, 1);
    const bool start = (header & 0x80) != 0, end = (header & 0x40) != 0;
    if (start == fragmented_ || (start && end)) return false;
    if (start) {
      const std::array first{static_cast<std::byte>((be8(payload, 0) & 0xe0) | (header & 0x1f))};
      if (!begin_nal() || !append(first)) return false;
    }
    fragmented_ = !end;
    return append(payload.subspan(2)) && (fragmented_ || end_nal());
  }

  bool begin_nal() {
    const bool fits = append(kStartCode);
    nal_at_ = bytes_.size();
    return fits;
  }

  bool end_nal() {
    const Bytes nal = Bytes(bytes_).subspan(nal_at_);
    const std::uint8_t type = nal.empty() ? std::uint8_t{0} : be8(nal, 0) & 0x1f;
    if (type < first_slice_type || type > max_single) return false;
    if (type <= idr_slice) has_slice_ = true;
    if (type == idr_slice) has_idr_ = true;
    if (type == sps && sets_.keep(type, nal)) has_sps_ = true;
    if (type == pps && sets_.keep(type, nal)) has_pps_ = true;
    return true;
  }

  std::optional<JoinedFrame> join() override {
    if (fragmented_ || bytes_.empty()) return std::nullopt;
    if (!has_slice_) return JoinedFrame{};
    if (has_idr_ && !(has_sps_ && has_pps_)) {
      if (!sets_.complete()) return std::nullopt;
      const std::vector<std::byte> sets = sets_.annex_b();
      if (sets.size() > kMaxFrameBytes - bytes_.size()) return std::nullopt;
      bytes_.insert(bytes_.begin(), sets.begin(), sets.end());
    }
    return JoinedFrame{std::move(bytes_), has_idr_, std::nullopt};
  }

  void forget() override { fragmented_ = has_slice_ = has_idr_ = has_sps_ = has_pps_ = false; }

  ParameterSets sets_;
  std::size_t nal_at_ = 0;   // where the latest NAL unit begins in bytes_
  bool fragmented_ = false;  // it goes on in the next packet
  bool has_slice_ = false, has_idr_ = false, has_sps_ = false, has_pps_ = false;
};

}  // namespace

std::unique_ptr<Depacketizer> make_h264_depacketizer() {
  return std::make_unique<H264Depacketizer>();
}

}  // namespace plenum::egress
