#include "egress/copy_worker.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "egress/film.h"
#include "egress/finalise.h"
#include "egress/manifest_file.h"
#include "egress/recording_fixture.h"
#include "egress/room_fixture.h"

namespace plenum::egress {
namespace {

using audio_testing::amplitude_of;
using codec::Codec;
using testing::Film;
using testing::FilmReader;
using testing::kStart;
using testing::kUnixOffset;
using testing::Person;
using testing::TestRoom;

constexpr Yuv kRed{.y = 90, .u = 100, .v = 210};
constexpr testing::Point kMiddle{80, 45};

pb::Copy copy_of(const std::string& identity, std::initializer_list<pb::Source> sources,
                 bool per_track = false, const std::string& container = "") {
  pb::Copy copy;
  copy.set_identity(identity);
  for (const pb::Source s : sources) copy.add_sources(s);
  copy.set_per_track(per_track);
  copy.set_name("rec");
  copy.set_container(container);
  return copy;
}

class CopyWorkerTest : public ::testing::Test {
 protected:
  Film film(const std::string& name) const {
    return FilmReader(folder_.file(name), {kMiddle}).read();
  }
  Manifest manifest() const {
    const auto read = read_manifest(folder_.file("rec.json"));
    EXPECT_TRUE(read) << read.error();
    return read ? *read : Manifest();
  }
  static bool is_red(const Yuv& c) {
    return std::abs(c.y - kRed.y) <= 10 && std::abs(c.u - kRed.u) <= 10 &&
           std::abs(c.v - kRed.v) <= 10;
  }
  static double sound_s(const Film& f) { return double(f.left.size()) / kSampleRate; }
  static double ms(Duration d) { return double(d.count()) / 1000; }
  /// When the first picture is white, and when the first beep sounds; in ms since the file's 0.
  static double flash_ms(const Film& f) {
    for (std::size_t i = 0; i < f.times.size(); ++i)
      if (f.colours[i][0].y > 200) return f.times[i] * 1000;
    return -1e9;
  }
  static double beep_ms(const Film& f) {
    for (std::size_t i = 0; i < f.left.size(); ++i)
      if (std::abs(f.left[i]) > 0.1f) return double(i) * 1000 / kSampleRate;
    return -1e9;
  }

  TemporaryFolder folder_;
  TestRoom room_{folder_.file("")};
};

TEST_F(CopyWorkerTest, a_participant_is_one_file_through_a_muted_camera) {
  room_.start_copy(copy_of("ann", {pb::CAMERA, pb::MICROPHONE}));
  Person& ann = room_.join("ann", 1, kRed, 440);
  room_.join("bob", 2, kRed, 880);
  EXPECT_EQ(room_.wanted, (std::set<std::uint64_t>{10, 11}));
  room_.run_until(kStart + 2s);
  ann.camera_muted = true;
  room_.tell();
  EXPECT_EQ(room_.wanted, (std::set<std::uint64_t>{11}));
  room_.run_until(kStart + 3500ms);
  ann.camera_muted = false;
  room_.tell();
  room_.run_until(kStart + 6s);
  room_.stop();

  ASSERT_TRUE(room_.finished);
  EXPECT_EQ(room_.finished->error(), "");
  ASSERT_EQ(room_.finished->outputs_size(), 1);
  const pb::OutputStatus& out = room_.finished->outputs(0);
  EXPECT_EQ(out.id(), "rec.webm");
  EXPECT_EQ(out.state(), pb::OutputStatus::ENDED) << out.error();
  EXPECT_EQ(out.bytes(), std::filesystem::file_size(folder_.file("rec.webm")));
  EXPECT_NEAR(double(out.duration_ms()), 6000, 100);
  EXPECT_EQ(out.copied().codecs(0), "vp8");
  const Film f = film("rec.webm");
  EXPECT_EQ(f.video_codec, AV_CODEC_ID_VP8);
  EXPECT_EQ(f.audio_codec, AV_CODEC_ID_OPUS);
  EXPECT_NEAR(sound_s(f), 6, 0.1);
  EXPECT_GT(amplitude_of(440, f.sound(0.5, 5.5)), 0.25);
  int within = 0;
  for (std::size_t i = 0; i < f.times.size(); ++i) {
    EXPECT_TRUE(is_red(f.colours[i][0])) << f.times[i];
    within += f.times[i] > 2.1 && f.times[i] < 3.4 ? 1 : 0;
  }
  EXPECT_EQ(within, 0);
  EXPECT_NEAR(f.times.back(), 5.95, 0.1);
  EXPECT_NEAR(double(f.times.size()), 4.5 * 30, 10);

  const Manifest m = manifest();
  EXPECT_TRUE(m.ended);
  EXPECT_EQ(m.started_unix_us, (kStart.time_since_epoch() + kUnixOffset).count());
  ASSERT_EQ(m.files.size(), 1u);
  EXPECT_EQ(m.files[0].identity, "ann");
  EXPECT_TRUE(m.files[0].is_final);
  ASSERT_EQ(m.files[0].streams.size(), 2u);
  const ManifestStream& camera = m.files[0].streams[0];
  EXPECT_EQ(camera.width, 160);
  ASSERT_EQ(camera.muted.size(), 1u);
  EXPECT_EQ(camera.muted[0], (Interval{.from = 2s, .to = 3500ms}));
  EXPECT_TRUE(m.files[0].streams[1].muted.empty());
}

TEST_F(CopyWorkerTest, leaves_the_disk_what_others_need) {
  room_.free_bytes = DiskGuard::kDefaultMinFree;
  room_.start_copy(copy_of("ann", {pb::CAMERA, pb::MICROPHONE}));
  room_.join("ann", 1, kRed, 440);
  room_.run_until(kStart + 3s);
  room_.free_bytes = DiskGuard::kDefaultMinFree / 4 - 1;
  room_.run_until(kStart + 6s);
  room_.stop();

  ASSERT_TRUE(room_.finished);
  EXPECT_EQ(room_.finished->error(), "the disk is almost full");
  EXPECT_NEAR(sound_s(film("rec.webm")), 3, 1.2);
}

TEST_F(CopyWorkerTest, h264_becomes_mp4_and_another_file_with_another_size) {
  room_.start_copy(copy_of("ann", {pb::CAMERA, pb::MICROPHONE}));
  room_.people.push_back(
      std::make_unique<Person>("ann", 1, testing::CameraPlan{.paint = testing::flat(kRed)}, 440));
  Person& ann = *room_.people.back();
  ann.camera.use(Codec::h264, {160, 90});
  room_.tell();
  room_.run_until(kStart + 3s);
  ann.camera.use(Codec::h264, {320, 180});
  room_.run_until(kStart + 5s);
  room_.stop();

  ASSERT_TRUE(room_.finished);
  EXPECT_EQ(room_.finished->error(), "");
  ASSERT_EQ(room_.finished->outputs_size(), 2);
  const Film first = film("rec.mp4"), second = film("rec-2.mp4");
  EXPECT_EQ(first.video_codec, AV_CODEC_ID_H264);
  EXPECT_EQ(first.audio_codec, AV_CODEC_ID_OPUS);
  EXPECT_EQ(first.size, (Size{160, 90}));
  EXPECT_EQ(second.size, (Size{320, 180}));
  EXPECT_NEAR(double(first.times.size()), 90, 3);
  EXPECT_NEAR(double(second.times.size()), 60, 3);
  EXPECT_NEAR(sound_s(first) + sound_s(second), 5, 0.1);
  for (const auto& colours : first.colours) EXPECT_TRUE(is_red(colours[0]));
  const Manifest m = manifest();
  ASSERT_EQ(m.files.size(), 2u);
  EXPECT_NEAR(ms(m.files[1].start - m.files[0].start), ms(m.files[0].duration), 40);
}

TEST_F(CopyWorkerTest, a_hole_in_the_sound_keeps_its_length) {
  room_.start_copy(copy_of("ann", {pb::MICROPHONE}, true));
  Person& ann = room_.join("ann", 1, kRed, 440);
  room_.run_until(kStart + 2s);
  ann.is_cut_off = true;
  room_.run_until(kStart + 5s);
  ann.is_cut_off = false;
  room_.run_until(kStart + 7s);
  room_.stop();

  const Film f = film("rec-microphone.ogg");
  EXPECT_FALSE(f.has_video);
  EXPECT_EQ(f.audio_codec, AV_CODEC_ID_OPUS);
  EXPECT_NEAR(sound_s(f), 7, 0.03);
  EXPECT_GT(amplitude_of(440, f.sound(0.2, 1.9)), 0.25);
  EXPECT_LT(amplitude_of(440, f.sound(2.1, 4.9)), 0.001);
  EXPECT_GT(amplitude_of(440, f.sound(5.2, 6.8)), 0.25);
}

TEST_F(CopyWorkerTest, tracks_begin_another_file_at_each_unmute_and_line_up) {
  room_.jitter = 30ms;
  room_.start_copy(copy_of("ann", {pb::CAMERA, pb::MICROPHONE}, true));
  room_.run_until(kStart + 1s);
  Person& ann = room_.join("ann", 1, kRed, 1000);
  ann.signals = {kStart + 2500ms, kStart + 5500ms};
  room_.run_until(kStart + 3s);
  ann.camera_muted = true;
  room_.tell();
  room_.run_until(kStart + 4s);
  ann.camera_muted = false;
  room_.tell();
  room_.run_until(kStart + 7s);
  room_.stop();

  ASSERT_TRUE(room_.finished);
  const Manifest m = manifest();
  ASSERT_EQ(m.files.size(), 3u);
  std::map<std::string, ManifestFile> files;
  for (const ManifestFile& f : m.files) files[f.file] = f;
  for (const char* name : {"rec-camera.webm", "rec-camera-2.webm", "rec-microphone.ogg"})
    ASSERT_TRUE(files.contains(name)) << name;
  const auto at = [&](const std::string& name, double in_file) {
    return ms(files[name].start) + in_file;
  };
  const Film one = film("rec-camera.webm"), two = film("rec-camera-2.webm"),
             sound = film("rec-microphone.ogg");
  const double beep = at("rec-microphone.ogg", beep_ms(sound));
  const double first = at("rec-camera.webm", flash_ms(one));
  const double second = at("rec-camera-2.webm", flash_ms(two));
  EXPECT_NEAR(first, beep, 5);
  EXPECT_NEAR(second - first, 3000, 5);
  EXPECT_NEAR(first, 2500 + 40, 10);
  EXPECT_NEAR(ms(files["rec-camera.webm"].duration), 2000, 100);
  EXPECT_NEAR(ms(files["rec-camera-2.webm"].start), 4040, 80);
}

TEST_F(CopyWorkerTest, losses_leave_no_broken_frame) {
  room_.loss_percent = 5;
  room_.jitter = 30ms;
  room_.start_copy(copy_of("ann", {pb::CAMERA, pb::MICROPHONE}));
  room_.join("ann", 1, kRed, 440);
  room_.run_until(kStart + 6s);
  room_.stop();

  const Film f = film("rec.webm");
  EXPECT_GT(f.times.size(), 60u);
  for (std::size_t i = 0; i < f.times.size(); ++i)
    EXPECT_TRUE(is_red(f.colours[i][0])) << f.times[i];
  EXPECT_GT(room_.key_frame_requests, 2);
  EXPECT_NEAR(sound_s(f), 6, 0.1);
}

TEST_F(CopyWorkerTest, what_a_crash_leaves_can_be_played) {
  for (const auto& [codec, name] :
       {std::pair(Codec::vp8, "rec.webm"), std::pair(Codec::h264, "rec.mp4")}) {
    const TemporaryFolder folder;
    TestRoom room(folder.file(""));
    room.start_copy(copy_of("ann", {pb::CAMERA, pb::MICROPHONE}));
    room.people.push_back(
        std::make_unique<Person>("ann", 1, testing::CameraPlan{.paint = testing::flat(kRed)}, 440));
    room.people.back()->camera.use(codec, {160, 90});
    room.tell();
    room.run_until(kStart + 5s);
    const std::string left = folder.file(std::string("left-") + name);
    std::filesystem::copy_file(folder.file(name), left);
    if (codec == Codec::h264) {
      EXPECT_TRUE(recover(left));
    }

    const Film f = FilmReader(left, {kMiddle}).read();
    EXPECT_GT(f.times.back(), 3.9) << name;
    EXPECT_GT(sound_s(f), 3.9) << name;
    room.stop();
  }
}

TEST_F(CopyWorkerTest, all_codecs_find_a_container) {
  for (const auto& [codec, container, id] :
       {std::tuple(Codec::vp9, "", AV_CODEC_ID_VP9), std::tuple(Codec::av1, "", AV_CODEC_ID_AV1),
        std::tuple(Codec::vp9, "mp4", AV_CODEC_ID_VP9),
        std::tuple(Codec::av1, "mp4", AV_CODEC_ID_AV1)}) {
    const TemporaryFolder folder;
    TestRoom room(folder.file(""));
    room.start_copy(copy_of("ann", {pb::CAMERA}, false, container));
    room.people.push_back(
        std::make_unique<Person>("ann", 1, testing::CameraPlan{.paint = testing::flat(kRed)}, 440));
    room.people.back()->camera.use(codec, {160, 90});
    room.tell();
    room.run_until(kStart + 2s);
    room.stop();

    ASSERT_TRUE(room.finished);
    EXPECT_EQ(room.finished->error(), "");
    const std::string name = std::string("rec.") + (*container ? container : "webm");
    const Film f = FilmReader(folder.file(name), {kMiddle}).read();
    EXPECT_EQ(f.video_codec, id) << name;
    EXPECT_EQ(f.size, (Size{160, 90}));
    EXPECT_NEAR(double(f.times.size()), 60, 4) << name;
  }
}

TEST_F(CopyWorkerTest, what_cannot_be_done_is_said) {
  room_.start_copy(copy_of("ann", {pb::CAMERA}, false, "mp4"));
  room_.join("ann", 1, kRed, 440);
  EXPECT_TRUE(room_.wanted.empty());
  room_.run_until(kStart + 1s);
  room_.stop();

  ASSERT_TRUE(room_.finished);
  EXPECT_NE(room_.finished->error().find("VP8 cannot be written to mp4"), std::string::npos)
      << room_.finished->error();
  ASSERT_EQ(room_.finished->outputs_size(), 1);
  EXPECT_EQ(room_.finished->outputs(0).state(), pb::OutputStatus::FAILED);
  pb::Copy outside = copy_of("ann", {pb::CAMERA});
  outside.set_name("../rec");
  TestRoom other(folder_.file(""));
  other.start_copy(outside);
  ASSERT_TRUE(other.finished);
  EXPECT_EQ(other.finished->error(), "not a name for files");
}

}  // namespace
}  // namespace plenum::egress
