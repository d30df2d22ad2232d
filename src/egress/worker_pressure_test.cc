// A worker that has too little: CPU, or room on the disk.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "egress/film.h"
#include "egress/recording_fixture.h"
#include "egress/room_fixture.h"

namespace plenum::egress {
namespace {

using testing::Film;
using testing::FilmReader;
using testing::kStart;
using testing::Person;
using testing::TestRoom;

constexpr Yuv kRed{.y = 90, .u = 100, .v = 210};

class WorkerPressureTest : public ::testing::Test {
 protected:
  const TemporaryFolder folder_;
};

/// Seconds from the flash to the beep around `t`.
double av_offset(const Film& f, double t) {
  double flash = -1, beep = -1;
  for (std::size_t i = 0; i < f.times.size() && flash < 0; ++i)
    if (f.times[i] > t - 0.4 && f.colours[i][0].y > 200) flash = f.times[i];
  for (auto i = static_cast<std::size_t>((t - 0.4) * kAudioRate); i < f.left.size() && beep < 0;
       ++i)
    if (std::abs(f.left[i]) > 0.1f) beep = double(i) / kAudioRate;
  EXPECT_GT(flash, 0) << t;
  EXPECT_GT(beep, 0) << t;
  return beep - flash;
}

TEST_F(WorkerPressureTest, with_too_little_cpu_it_leaves_out_pictures_and_comes_back) {
  TestRoom room(folder_.file(""));
  room.start("low");
  Person& ann = room.join("ann", 1, kRed, 1000);
  for (const auto t : {1s, 3s, 5s, 8s, 10s, 40s})
    for (int i = 0; i < 6; ++i) ann.signals.push_back(kStart + t + i * 66ms);
  room.run_until(kStart + 2s);
  room.time_of_turn = 100ms;  // three frames each time that it is let
  room.run_until(kStart + 5s);
  EXPECT_GE(room.status.degradation(), 1u);
  room.run_until(kStart + 12s);
  EXPECT_EQ(room.status.degradation(), 3u);
  EXPECT_EQ(room.status.degradations(), 3u);
  EXPECT_GT(room.status.dropped_frames(), 100u);
  room.time_of_turn = 0ms;
  room.run_until(kStart + 46s);
  EXPECT_EQ(room.status.degradation(), 0u);
  room.stop();

  ASSERT_TRUE(room.finished);
  EXPECT_EQ(room.finished->error(), "");
  const Film f = FilmReader(folder_.file("rec.mp4"), {{60, 60}}).read();
  for (const double t : {1.0, 40.0}) EXPECT_NEAR(av_offset(f, t), 0, 0.04) << t;
  // Pictures are rarer, so the first of a flash may come later, by what lies between two.
  for (const double t : {3.0, 5.0, 8.0, 10.0}) EXPECT_NEAR(av_offset(f, t), -0.1, 0.14) << t;
  EXPECT_NEAR(double(f.left.size()) / kAudioRate, 46, 0.1);  // of the sound nothing is missing
  double longest = 0;
  int doubled = 0;
  for (std::size_t i = 1; i < f.times.size(); ++i) {
    const double frames = (f.times[i] - f.times[i - 1]) * 30;
    EXPECT_NEAR(frames, std::round(frames), 0.01) << i;
    longest = std::max(longest, frames);
    doubled += frames > 1.5;
  }
  EXPECT_NEAR(longest, 2, 0.01);
  EXPECT_GT(doubled, 75);
  EXPECT_NEAR(f.times.back(), 46, 0.1);
}

TEST_F(WorkerPressureTest, it_begins_no_file_on_a_disk_that_is_almost_full) {
  TestRoom room(folder_.file(""));
  room.free_bytes = (std::uint64_t{2} << 30) - 1;
  room.start("low");
  room.run_until(kStart + 1s);

  ASSERT_TRUE(room.finished);
  EXPECT_EQ(room.finished->error(),
            "the disk is almost full: 2047 MiB free, 2048 MiB needed to begin");
  EXPECT_TRUE(std::filesystem::is_empty(folder_.file("")));
}

TEST_F(WorkerPressureTest, it_closes_its_files_while_there_is_room_to_do_so) {
  TestRoom room(folder_.file(""));
  pb::Output hls;
  hls.set_id("hls");
  hls.set_hls("hls");
  room.start("low", false, {TestRoom::mp4("rec", "rec.mp4"), hls});
  room.join("ann", 1, kRed, 440);
  room.run_until(kStart + 5s);
  EXPECT_EQ(room.status.outputs(0).state(), pb::OutputStatus::LIVE);
  room.free_bytes = 511 << 20;
  room.run_until(kStart + 7s);
  room.stop();

  ASSERT_TRUE(room.finished);
  EXPECT_EQ(room.finished->error(), "the disk is almost full");
  for (const pb::OutputStatus& o : room.finished->outputs()) {
    EXPECT_EQ(o.state(), pb::OutputStatus::FAILED);
    EXPECT_EQ(o.error(), "the disk is almost full");
  }
  for (const char* name : {"rec.mp4", "hls/index.m3u8"})
    EXPECT_NEAR(FilmReader(folder_.file(name), {}).read().times.back(), 5, 1) << name;
}

TEST_F(WorkerPressureTest, its_file_plays_when_the_disk_is_full_all_the_same) {
  const std::string disk = folder_.file("disk");
  std::filesystem::create_directory(disk);
  if (::mount("none", disk.c_str(), "tmpfs", 0, "size=160k") < 0)
    GTEST_SKIP() << "only root makes small disks";
  TestRoom room(disk);
  room.free_bytes = std::uint64_t{4} << 30;  // it fills faster than anybody looks
  room.start("low");
  room.join("ann", 1, kRed, 440);
  while (!room.finished && room.now < kStart + 60s) room.run_until(room.now + 100ms);
  room.stop();
  const Film f = FilmReader(disk + "/rec.mp4", {}).read();
  ::umount2(disk.c_str(), MNT_DETACH);

  ASSERT_TRUE(room.finished);
  EXPECT_EQ(room.finished->error(), "cannot write the recording: No space left on device");
  EXPECT_GT(f.times.size(), 60u);
}

TEST_F(WorkerPressureTest, its_file_stays_as_it_is_when_there_is_no_room_for_a_second_one) {
  const std::string disk = folder_.file("disk");
  std::filesystem::create_directory(disk);
  if (::mount("none", disk.c_str(), "tmpfs", 0, "size=512k") < 0)
    GTEST_SKIP() << "only root makes small disks";
  TestRoom room(disk);
  room.free_bytes = std::uint64_t{4} << 30;
  room.start("low");
  room.join("ann", 1, kRed, 440);
  while (std::filesystem::space(disk).available > 200 << 10) room.run_until(room.now + 100ms);
  room.stop();
  const Film f = FilmReader(disk + "/rec.mp4", {}).read();
  ::umount2(disk.c_str(), MNT_DETACH);

  ASSERT_TRUE(room.finished);
  EXPECT_EQ(room.finished->error(), "");
  EXPECT_EQ(room.finished->outputs(0).state(), pb::OutputStatus::ENDED);
  EXPECT_NE(room.finished->outputs(0).error().find("no room on the disk"), std::string::npos);
  EXPECT_GT(f.times.size(), 60u);
}

}  // namespace
}  // namespace plenum::egress
