// Flash and beep through minutes of a call, in a file and in HLS, and how soon there is something
// to play.
#include <algorithm>

#include "egress/worker_fixture.h"

namespace plenum::egress::testing {
namespace {

/// PLENUM_EGRESS_MINUTES=10 for the whole evidence.
Duration length() {
  const char* minutes = std::getenv("PLENUM_EGRESS_MINUTES");
  return minutes ? std::chrono::minutes(std::atoi(minutes)) : Duration(30s);
}

class WorkerSyncTest : public WorkerTest {
 protected:
  struct Offsets {
    std::vector<double> ms{};  // positive: sound late
    std::size_t missing = 0;

    double p95() const {
      std::vector<double> sorted;
      for (const double o : ms) sorted.push_back(std::abs(o));
      std::sort(sorted.begin(), sorted.end());
      return sorted.empty() ? 1e9 : sorted[(sorted.size() - 1) * 95 / 100];
    }
  };
  static Offsets offsets(const Film& f, std::size_t point, const std::vector<TimePoint>& signals) {
    Offsets out;
    for (const TimePoint s : signals) {
      const double around = double((s - kStart).count()) / 1e6 - f.times.front();
      const auto picture = std::find_if(f.times.begin(), f.times.end(), [&](const double& t) {
        const auto i = static_cast<std::size_t>(&t - f.times.data());
        return t > around - 0.3 && f.colours[i][point].y > 200;
      });
      const auto sound = std::find_if(f.left.begin() + std::ptrdiff_t((around - 0.3) * kAudioRate),
                                      f.left.end(), [](float v) { return std::abs(v) > 0.1f; });
      if (picture == f.times.end() || sound == f.left.end() || *picture > around + 0.5) {
        ++out.missing;
        continue;
      }
      out.ms.push_back((double(sound - f.left.begin()) / kAudioRate - *picture) * 1000);
    }
    return out;
  }
};

TEST_F(WorkerSyncTest, flash_and_beep_of_two_people_stay_together_in_a_file_and_in_hls) {
  TestRoom room(folder_);
  room.jitter = 40ms;
  room.loss_percent = 2;
  room.resent_after = 60ms;
  pb::Output hls;
  hls.set_id("hls");
  hls.set_hls("hls");
  room.start("low", false, {TestRoom::mp4("rec", "rec.mp4"), hls});
  Person& ann = room.join("ann", 1, kRed, 1000);
  Person& bob = room.join("bob", 2, kBlue, 1000);
  // Bob's clocks run away in opposite directions.
  bob.camera.ppm = -300;
  bob.voice.ppm = 300;
  const TimePoint end = kStart + length();
  for (TimePoint t = kStart + 2s; t + 2s < end; t += 2s) {
    ann.signals.push_back(t);
    bob.signals.push_back(t + 1s);
  }
  room.run_until(end);
  room.stop();

  for (const char* name : {"rec.mp4", "hls/index.m3u8"}) {
    const Film f = film(places(2, Quality::low), name);
    for (std::size_t i = 0; i < 2; ++i) {
      const Person& p = *room.people[i];
      const Offsets o = offsets(f, i, p.signals);
      EXPECT_EQ(o.missing, 0u) << name << ' ' << p.identity;
      EXPECT_LE(o.p95(), 40) << name << ' ' << p.identity;
      if (std::getenv("PLENUM_EGRESS_MINUTES"))
        std::printf("%s, %s: %zu signals, p95 %.1f ms, first %.1f, last %.1f\n", name,
                    p.identity.c_str(), o.ms.size(), o.p95(), o.ms.front(), o.ms.back());
    }
  }
}

TEST_F(WorkerSyncTest, there_is_something_to_play_within_a_second_of_the_start) {
  TestRoom room(folder_);
  room.start("med");
  room.join("ann", 1, kRed, 440);
  room.run_until(kStart + 900ms);
  room.wait_until_playable();  // what was handed to the sink's thread by then
  std::filesystem::copy_file(folder_ + "/rec.mp4", folder_ + "/early.mp4");
  room.stop();

  const Film f = film(places(1, Quality::med), "early.mp4");
  EXPECT_GE(f.times.size(), 4u);
  EXPECT_GE(f.left.size(), std::size_t{4096});
}

}  // namespace
}  // namespace plenum::egress::testing
