// An hour of one participant whose clocks run wrong: sound and picture from their packets to where
// they come out, on one time line.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

#include "egress/clock_testing.h"
#include "egress/inputs.h"
#include "egress/test_packetizer.h"

namespace plenum::egress {
namespace {

using audio_testing::Jitter;
using audio_testing::ms;
using audio_testing::TestSender;
using audio_testing::TestStream;

constexpr TimePoint t0{1'000s};
constexpr Duration kDelay = 500ms;  // of the composition
constexpr Duration kWay = 40ms;     // of each packet, at least
constexpr Duration kPicture = 200ms;
constexpr std::uint64_t kCamera = 1, kMicrophone = 2;
constexpr std::uint8_t kSilence = 0xff, kHigh = 0x90, kLow = 0x10;  // µ-law

/// From where it is placed before the first report, sound moves by 500 ppm less its drift.
constexpr Duration kSettling = 2min;

struct Drift {
  Duration length{};
  double sound = 0, picture = 0, wall = 0;  // ppm
};

class ClockDrift : public ::testing::TestWithParam<Drift> {
 protected:
  ClockDrift() {
    pb::Room room;
    pb::Member& m = *room.add_members();
    m.set_identity("ann");
    const auto add = [&](std::uint64_t id, pb::Source source, const char* codec) {
      pb::Track& t = *m.add_tracks();
      t.set_id(id);
      t.set_source(source);
      t.set_codec(codec);
    };
    add(kCamera, pb::CAMERA, "vp8");
    add(kMicrophone, pb::MICROPHONE, "pcmu");
    inputs_.set_room(room, t0);
    inputs_.set_wanted({.video = {{kCamera, 0}}, .audio = {kMicrophone}});
  }

  void send(TimePoint sent, std::uint64_t track, MediaPacket packet) {
    const TimePoint arrival = sent + kWay + jitter_.next();
    packet.arrival = arrival;
    road_.emplace(arrival, RelayRecord{.track = track, .what = std::move(packet)});
  }
  /// Picture `n` is captured n * kPicture after t0; each is the same key frame.
  void film(TimePoint until) {
    for (; t0 + pictures_ * kPicture <= until; ++pictures_) {
      const TimePoint t = t0 + pictures_ * kPicture;
      send(t, kCamera,
           {.seq = ExtSeq(1000 + static_cast<std::uint64_t>(pictures_)),
            .timestamp = camera_.timestamp(t),
            .marker = true,
            .payload = picture_});
    }
  }
  /// When the sound card takes its sample `i`.
  TimePoint instant(std::int64_t i) const {
    return t0 + Duration(std::llround(double(i) / 8000 * 1e6 / (1 + microphone_.ppm / 1e6)));
  }
  /// A beep of 50 ms at each whole second.
  void hear(TimePoint until) {
    for (; instant(samples_ + 160) <= until; samples_ += 160) {
      MediaPacket packet{.seq = ExtSeq(1000 + static_cast<std::uint64_t>(samples_ / 160)),
                         .timestamp = RtpTime(microphone_.timestamp(t0).value() +
                                              static_cast<std::uint32_t>(samples_)),
                         .marker = false,
                         .payload = std::vector<std::byte>(160)};
      for (std::int64_t i = 0; i < 160; ++i) {
        const bool beep = (instant(samples_ + i) - t0) % 1s < 50ms;
        const std::uint8_t level = !beep ? kSilence : i / 4 % 2 ? kHigh : kLow;
        packet.payload[static_cast<std::size_t>(i)] = static_cast<std::byte>(level);
      }
      send(instant(samples_ + 160), kMicrophone, std::move(packet));
    }
  }
  void report(TimePoint t) {
    for (const auto& [track, stream] : {std::pair{kCamera, &camera_}, {kMicrophone, &microphone_}})
      road_.emplace(t + kWay, RelayRecord{.track = track,
                                          .what = SenderReport{.ntp = sender_.wall(t),
                                                               .timestamp = stream->timestamp(t)}});
  }
  void look(TimePoint at) {
    const TimedPicture* p = inputs_.picture(kCamera, at);
    if (!p || p->version == seen_) return;
    seen_ = p->version;
    const TimePoint captured = t0 + (static_cast<std::int64_t>(seen_) - 1) * kPicture;
    picture_error_ = ms(p->captured - captured - kWay);
  }
  void listen(TimePoint at) {
    AudioBlock block;
    const bool any = inputs_.sources().at(0)->render(at, block);
    for (std::size_t i = 0; any && i < kBlockSamples; ++i) {
      if (std::abs(block.left[i]) < 0.1f) continue;
      const TimePoint t = at + samples_to_duration(static_cast<std::int64_t>(i));
      if (t - last_sound_ > 500ms) beep(t);
      last_sound_ = t;
    }
  }
  void beep(TimePoint t) {
    if (t < t0 + 4500ms) return;
    const Duration into = (t - t0 - kWay + 500ms) % 1s - 500ms;
    ++beeps_;
    first_apart_ = std::max(first_apart_, std::abs(ms(into) - picture_error_));
    if (t < t0 + kSettling) return;
    worst_sound_ = std::max(worst_sound_, std::abs(ms(into)));
    worst_apart_ = std::max(worst_apart_, std::abs(ms(into) - picture_error_));
    worst_picture_ = std::max(worst_picture_, std::abs(picture_error_));
  }
  void run() {
    for (TimePoint now = t0; now < t0 + GetParam().length; now += kBlockDuration) {
      film(now);
      hear(now);
      if ((now - t0) % 5s == 1s) report(now);
      for (; !road_.empty() && road_.begin()->first <= now; road_.erase(road_.begin()))
        inputs_.handle_media(std::move(road_.begin()->second), road_.begin()->first);
      if (inputs_.next_timeout() <= now) inputs_.handle_timeout(now);
      look(now - kDelay);
      listen(now - kDelay);
    }
  }

  TestSender sender_{.wall_ppm = GetParam().wall};
  TestStream camera_{
      .sender = sender_, .rate = 90'000, .first_timestamp = 99, .ppm = GetParam().picture};
  TestStream microphone_{
      .sender = sender_, .rate = 8'000, .first_timestamp = 7, .ppm = GetParam().sound};
  Jitter jitter_{30ms};
  Inputs inputs_;
  std::vector<std::byte> picture_ =
      testing::vp8_payloads(testing::encode_stream({.size = {32, 32}, .frames = 1}).at(0).bytes,
                            1200)
          .at(0);
  std::multimap<TimePoint, RelayRecord> road_;
  std::int64_t pictures_ = 0, samples_ = 0;
  std::uint64_t seen_ = 0;
  TimePoint last_sound_{};
  int beeps_ = 0;
  double picture_error_ = 0, worst_sound_ = 0, worst_picture_ = 0, worst_apart_ = 0,
         first_apart_ = 0;  // ms
};

TEST_P(ClockDrift, of_300_ppm_keeps_sound_and_picture_in_place) {
  run();

  EXPECT_EQ(beeps_, GetParam().length / 1s - 5);
  EXPECT_LE(first_apart_, 40);
  EXPECT_LE(worst_apart_, 15);
  EXPECT_LE(worst_sound_, 15);
  EXPECT_LE(worst_picture_, 15);
  RecordProperty("apart_ms", std::to_string(worst_apart_));
  RecordProperty("sound_ms", std::to_string(worst_sound_));
  RecordProperty("picture_ms", std::to_string(worst_picture_));
}

INSTANTIATE_TEST_SUITE_P(
    Clocks, ClockDrift,
    ::testing::Values(Drift{.length = 1h, .sound = 300}, Drift{.length = 15min, .sound = -300},
                      Drift{.length = 15min, .sound = 300, .picture = 300, .wall = 300},
                      Drift{.length = 1h, .sound = -300, .picture = -300, .wall = -300}));

}  // namespace
}  // namespace plenum::egress
