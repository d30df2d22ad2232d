#include "egress/opus_timeline.h"

#include <array>

#include "media/codec/opus.h"

namespace plenum::egress {
namespace {

/// A frame whose silence flag is set (RFC 6716 section 4.3), CELT, full band, mono; by duration.
struct Silence {
  std::int64_t samples;
  std::array<std::byte, 3> packet;
};
constexpr std::byte kFirst{0xff}, kSecond{0xfe};
constexpr std::array<Silence, 4> kSilences{{{960, {std::byte{0xf8}, kFirst, kSecond}},
                                            {480, {std::byte{0xf0}, kFirst, kSecond}},
                                            {240, {std::byte{0xe8}, kFirst, kSecond}},
                                            {120, {std::byte{0xe0}, kFirst, kSecond}}}};

}  // namespace

std::vector<OpusTimeline::Placed> OpusTimeline::push(Bytes payload, RtpTime timestamp,
                                                     Duration captured) {
  const auto duration = codec::opus_duration(payload);
  if (!duration || codec::opus_is_dtx(payload)) {
    expected_.reset();
    return {};
  }
  const std::int64_t length = samples(*duration), at = samples(captured - kLookahead);
  const bool continues = expected_ == timestamp;
  expected_ = RtpTime(timestamp.value() + static_cast<std::uint32_t>(length));
  const std::int64_t off = at - end_, tolerance = samples(kTolerance);
  if (off <= -tolerance || (!continues && off < -kSilences.back().samples)) {
    expected_.reset();  // the next one is placed anew
    return {};
  }
  std::vector<Placed> placed;
  if (!continues || off >= tolerance) {
    const auto expected = expected_;
    placed = silence(at, 120);
    expected_ = expected;
  }
  placed.push_back({.payload = payload, .at = end_, .duration = length});
  end_ += length;
  return placed;
}

std::vector<OpusTimeline::Placed> OpusTimeline::silence(std::int64_t until, std::int64_t shortest) {
  std::vector<Placed> placed;
  for (const Silence& s : kSilences) {
    if (s.samples < shortest) break;
    while (end_ + s.samples <= until) {
      placed.push_back({.payload = s.packet, .at = end_, .duration = s.samples});
      end_ += s.samples;
    }
  }
  if (!placed.empty()) expected_.reset();
  return placed;
}

}  // namespace plenum::egress
