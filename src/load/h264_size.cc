#include "load/h264_size.h"

#include <array>
#include <cstddef>

namespace plenum::load {
namespace {

constexpr std::uint8_t kSps = 7, kStapA = 24;
/// Beyond this nobody sends; the number of macroblocks that level 6.2 allows in a row.
constexpr std::uint32_t kMaxMacroblocks = 1056;

/// Bits of a raw byte sequence, emulation prevention bytes already left out. Once it has run out it
/// gives zeros and says so.
class BitReader {
 public:
  explicit BitReader(Bytes b) : b_(b) {}
  bool ok() const { return ok_; }
  std::uint32_t bits(unsigned n) {
    std::uint32_t v = 0;
    for (unsigned i = 0; i < n; ++i) v = v << 1 | bit();
    return v;
  }
  /// ue(v), section 9.1.
  std::uint32_t ue() {
    unsigned zeros = 0;
    while (ok_ && bit() == 0 && zeros < 32) ++zeros;
    if (zeros >= 32) ok_ = false;
    return ok_ ? (1u << zeros) - 1 + bits(zeros) : 0;
  }

 private:
  std::uint32_t bit() {
    if (at_ / 8 >= b_.size()) {
      ok_ = false;
      return 0;
    }
    const std::uint32_t v = be8(b_, at_ / 8) >> (7 - at_ % 8) & 1u;
    ++at_;
    return v;
  }
  Bytes b_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

struct Unescaped {
  std::array<std::byte, 64> bytes;
  std::size_t size = 0;
};
/// The beginning of the unit without its header and emulation prevention bytes (section 7.4.1).
Unescaped unescape(Bytes nal) {
  Unescaped out;
  for (std::size_t i = 1; i < nal.size() && out.size < out.bytes.size(); ++i) {
    if (i >= 3 && be(nal, i - 2, 3) == 3) continue;
    out.bytes[out.size++] = nal[i];
  }
  return out;
}

bool skip_scaling_lists(BitReader& r) { return r.bits(1) == 0; }  // such streams are not read on

std::optional<PictureSize> read_sps(Bytes nal) {
  const Unescaped raw = unescape(nal);
  BitReader r(Bytes(raw.bytes).first(raw.size));
  const std::uint32_t profile = r.bits(8);
  r.bits(16);  // constraints, level
  r.ue();
  if (profile == 100 || profile == 110) {
    if (r.ue() == 3) return std::nullopt;  // 4:4:4
    r.ue();
    r.ue();
    r.bits(1);
    if (!skip_scaling_lists(r)) return std::nullopt;
  } else if (profile != 66 && profile != 77 && profile != 88) {
    return std::nullopt;
  }
  r.ue();
  if (const std::uint32_t order = r.ue(); order == 0)
    r.ue();
  else if (order != 2)
    return std::nullopt;
  r.ue();
  r.bits(1);
  const std::uint32_t columns = r.ue() + 1, rows = r.ue() + 1;
  const std::uint32_t frame_only = r.bits(1);
  if (!frame_only) r.bits(1);
  r.bits(1);
  std::array<std::uint32_t, 4> crop{};
  if (r.bits(1))
    for (std::uint32_t& c : crop) c = r.ue();
  if (!r.ok() || columns > kMaxMacroblocks || rows > kMaxMacroblocks) return std::nullopt;
  const std::uint32_t width = 16 * columns, height = 16 * rows * (2 - frame_only);
  for (const std::uint32_t c : crop)
    if (c > 16 * kMaxMacroblocks) return std::nullopt;
  const std::uint32_t cut_x = 2 * (crop[0] + crop[1]);
  const std::uint32_t cut_y = 2 * (2 - frame_only) * (crop[2] + crop[3]);
  if (cut_x >= width || cut_y >= height) return std::nullopt;
  return PictureSize{static_cast<std::uint16_t>(width - cut_x),
                     static_cast<std::uint16_t>(height - cut_y)};
}

}  // namespace

std::optional<PictureSize> h264_size(Bytes payload) {
  if (payload.empty()) return std::nullopt;
  if ((be8(payload, 0) & 0x1f) == kStapA) {
    if (payload.size() < 4) return std::nullopt;
    const std::size_t size = be16(payload, 1);
    if (size == 0 || size > payload.size() - 3) return std::nullopt;
    payload = payload.subspan(3, size);
  }
  if ((be8(payload, 0) & 0x1f) != kSps) return std::nullopt;
  return read_sps(payload);
}

}  // namespace plenum::load
