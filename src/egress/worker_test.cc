#include "egress/worker.h"

#include "egress/worker_fixture.h"

namespace plenum::egress::testing {
namespace {

TEST_F(WorkerTest, two_people_are_seen_and_heard) {
  TestRoom room(folder_);
  room.start("med");
  room.join("ann", 1, kRed, 440);
  room.join("bob", 2, kBlue, 880);
  EXPECT_EQ(room.wanted, (std::set<std::uint64_t>{10, 11, 20, 21}));
  room.run_until(kStart + 5s);
  room.stop();

  ASSERT_TRUE(room.finished);
  EXPECT_EQ(room.finished->error(), "");
  ASSERT_EQ(room.finished->outputs_size(), 1);
  const pb::OutputStatus& out = room.finished->outputs(0);
  EXPECT_EQ(out.state(), pb::OutputStatus::ENDED) << out.error();
  EXPECT_EQ(out.bytes(), std::filesystem::file_size(folder_ + "/rec.mp4"));
  EXPECT_NEAR(double(out.duration_ms()), 5000, 100);
  EXPECT_EQ(room.status.late_frames(), 0u);
  const Film f = film(places(2, Quality::med));
  EXPECT_EQ(f.video_codec, AV_CODEC_ID_H264);
  EXPECT_EQ(f.audio_codec, AV_CODEC_ID_AAC);
  EXPECT_EQ(f.size, (Size{1280, 720}));
  EXPECT_EQ(f.times.size(), 150u);
  for (const double t : {1.0, 2.0, 3.0, 4.9}) {
    EXPECT_TRUE(near(f.at(t, 0), kRed)) << t;
    EXPECT_TRUE(near(f.at(t, 1), kBlue)) << t;
  }
  EXPECT_NEAR(amplitude_of(440, f.sound(1, 4.5)), 0.3, 0.03);
  EXPECT_NEAR(amplitude_of(880, f.sound(1, 4.5)), 0.3, 0.03);
  EXPECT_LT(amplitude_of(620, f.sound(1, 4.5)), 0.01);
}

TEST_F(WorkerTest, flash_and_beep_stay_together) {
  TestRoom room(folder_);
  room.jitter = 60ms;
  room.start("low");
  Person& ann = room.join("ann", 1, kRed, 1000);
  ann.signals = {kStart + 1500ms, kStart + 3s, kStart + 4500ms};
  room.run_until(kStart + 5s);
  room.stop();

  const Film f = film(places(1, Quality::low));
  for (const double t : {1.5, 3.0, 4.5}) EXPECT_NEAR(av_offset(f, 0, t), 0, 40) << t;
}

TEST_F(WorkerTest, the_picture_goes_on_when_every_frame_is_late) {
  TestRoom room(folder_);
  room.start("low");
  room.join("ann", 1, kRed, 440);
  room.run_until(kStart + 1s);
  room.time_of_turn = 520ms;  // less than the frames of so long take
  room.run_until(kStart + 2500ms);
  room.join("bob", 2, kBlue, 880);
  room.run_until(kStart + 5s);
  room.time_of_turn = 0ms;
  room.stop();

  const Film f = film(places(2, Quality::low));
  EXPECT_GT(room.status.late_frames(), 100u);
  EXPECT_TRUE(near(f.at(4, 0), kRed));
  EXPECT_TRUE(near(f.at(4, 1), kBlue));
}

TEST_F(WorkerTest, the_picture_follows_the_room) {
  TestRoom room(folder_);
  room.start("low");
  room.join("ann", 1, kRed, 440);
  Person& bob = room.join("bob", 2, kBlue, 880);
  room.run_until(kStart + 1500ms);
  bob.camera_muted = true;
  room.tell();
  EXPECT_FALSE(room.wanted.contains(20));
  room.run_until(kStart + 2500ms);
  bob.camera_muted = false;
  room.tell();
  room.run_until(kStart + 3500ms);
  room.people.pop_back();
  room.tell();
  room.run_until(kStart + 4500ms);
  room.join("eve", 3, kGreen, 1320);
  room.run_until(kStart + 6s);
  room.stop();

  std::vector<Point> points = places(2, Quality::low);
  points.push_back(places(1, Quality::low)[0]);
  const Film f = film(points);
  EXPECT_EQ(f.times.size(), 180u);
  const Yuv avatar = to_yuv(palette(Theme::standard).tile);
  EXPECT_TRUE(near(f.at(1.4, 1), kBlue));
  EXPECT_TRUE(near(f.at(1.6, 1), avatar, 8));
  EXPECT_TRUE(near(f.at(2.4, 1), avatar, 8));
  EXPECT_TRUE(near(f.at(3.0, 1), kBlue));
  EXPECT_TRUE(near(f.at(3.4, 0), kRed));
  EXPECT_TRUE(near(f.at(4.4, 2), kRed));  // alone, and larger
  EXPECT_TRUE(near(f.at(4.4, 1), kRed));
  EXPECT_TRUE(near(f.at(5.5, 0), kRed));
  EXPECT_TRUE(near(f.at(5.5, 1), kGreen));
  EXPECT_GT(amplitude_of(880, f.sound(2, 3.4)), 0.25);  // a muted camera still speaks
  EXPECT_LT(amplitude_of(880, f.sound(3.6, 4.5)), 0.01);
  EXPECT_GT(amplitude_of(1320, f.sound(5, 5.9)), 0.25);
}

TEST_F(WorkerTest, losses_show_no_colour_that_was_never_sent) {
  TestRoom room(folder_);
  room.loss_percent = 5;
  room.jitter = 30ms;
  room.start("low");
  room.join("ann", 1, kRed, 440);
  room.join("bob", 2, kGreen, 880);
  room.run_until(kStart + 5s);
  room.stop();

  const Film f = film(places(2, Quality::low));
  const Yuv avatar = to_yuv(palette(Theme::standard).tile);
  int foreign = 0, seen = 0;
  for (std::size_t i = 0; i < f.times.size(); ++i)
    for (std::size_t p = 0; p < 2; ++p) {
      const bool own = near(f.colours[i][p], p == 0 ? kRed : kGreen, 10);
      seen += own ? 1 : 0;
      // The first second holds the avatar and the tiles' arrival.
      if (f.times[i] > 1 && !own && !near(f.colours[i][p], avatar, 10)) ++foreign;
    }
  EXPECT_EQ(foreign, 0);
  EXPECT_GT(seen, 270);
  EXPECT_GT(room.key_frame_requests, 2);
  EXPECT_GT(amplitude_of(440, f.sound(3, 3.3)), 0.15);
}

TEST_F(WorkerTest, sound_alone_makes_a_file_without_picture) {
  TestRoom room(folder_);
  room.start("low", true);
  room.join("ann", 1, kRed, 440);
  EXPECT_EQ(room.wanted, (std::set<std::uint64_t>{11}));
  room.run_until(kStart + 2s);
  room.stop();

  ASSERT_TRUE(room.finished);
  const Film f = film();
  EXPECT_FALSE(f.has_video);
  EXPECT_EQ(f.audio_codec, AV_CODEC_ID_AAC);
  EXPECT_NEAR(double(f.left.size()) / kAudioRate, 2, 0.05);
  EXPECT_NEAR(amplitude_of(440, f.sound(0.5, 1.9)), 0.3, 0.03);
}

TEST_F(WorkerTest, outputs_come_go_and_fail_alone) {
  TestRoom room(folder_);
  room.start("low", false, {TestRoom::mp4("a", "a.mp4"), TestRoom::mp4("bad", "../b.mp4")});
  EXPECT_EQ(room.status.outputs(1).state(), pb::OutputStatus::FAILED);
  room.run_until(kStart + 1500ms);
  pb::ToWorker add;
  *add.mutable_add_output() = TestRoom::mp4("late", "late.mp4");
  room.say(add);
  room.run_until(kStart + 3s);
  pb::ToWorker end;
  end.set_end_output("a");
  room.say(end);
  room.run_until(kStart + 4s);
  room.stop();

  ASSERT_TRUE(room.finished);
  EXPECT_EQ(room.finished->error(), "");
  ASSERT_EQ(room.finished->outputs_size(), 3);
  EXPECT_EQ(room.finished->outputs(0).state(), pb::OutputStatus::ENDED);
  EXPECT_EQ(room.finished->outputs(1).state(), pb::OutputStatus::FAILED);
  EXPECT_EQ(room.finished->outputs(2).state(), pb::OutputStatus::ENDED);
  EXPECT_NEAR(double(film({}, "a.mp4").times.size()) / 30, 2.5, 0.1);
  EXPECT_NEAR(double(film({}, "late.mp4").times.size()) / 30, 3, 0.2);
}

TEST_F(WorkerTest, a_webm_job_writes_vp8_and_opus_and_takes_no_other_output) {
  TestRoom room(folder_);
  room.start("low", false, {TestRoom::webm("a", "a.webm"), TestRoom::mp4("b", "b.mp4")});
  room.join("ann", 1, kRed, 440);
  room.run_until(kStart + 1500ms);
  pb::ToWorker add;
  *add.mutable_add_output() = TestRoom::webm("late", "late.webm");
  room.say(add);
  room.run_until(kStart + 3s);
  room.stop();

  ASSERT_TRUE(room.finished);
  ASSERT_EQ(room.finished->outputs_size(), 3);
  EXPECT_EQ(room.finished->outputs(0).state(), pb::OutputStatus::ENDED);
  EXPECT_EQ(room.finished->outputs(1).state(), pb::OutputStatus::FAILED);
  EXPECT_EQ(room.finished->outputs(1).error(),
            "a job that writes WebM can have no MP4, HLS or RTMP output beside it");
  EXPECT_EQ(room.finished->outputs(2).state(), pb::OutputStatus::ENDED);
  const Film f = film(places(1, Quality::low), "a.webm");
  EXPECT_EQ(f.video_codec, AV_CODEC_ID_VP8);
  EXPECT_EQ(f.audio_codec, AV_CODEC_ID_OPUS);
  EXPECT_EQ(f.times.size(), 90u);
  EXPECT_TRUE(near(f.at(2, 0), kRed));
  EXPECT_NEAR(amplitude_of(440, f.sound(2, 2.3)), 0.3, 0.03);
  EXPECT_NEAR(double(film({}, "late.webm").times.size()) / 30, 2, 0.2);
}

TEST_F(WorkerTest, what_is_composed_can_be_had_as_an_image) {
  TestRoom room(folder_);
  room.start("low");
  room.join("ann", 1, kRed, 440);
  const auto ask = [&](const std::string& name, pb::Snapshot::Format format, std::uint32_t width,
                       std::uint32_t height) {
    pb::ToWorker message;
    pb::Snapshot& s = *message.mutable_snapshot();
    s.set_name(name);
    s.set_format(format);
    s.set_width(width);
    s.set_height(height);
    room.say(message);
  };
  ask("early.png", pb::Snapshot::PNG, 0, 0);
  room.run_until(kStart + 2s);
  ask("a.jpg", pb::Snapshot::JPG, 600, 600);
  ask("b.png", pb::Snapshot::PNG, 0, 120);
  ask("c.webp", pb::Snapshot::WEBP, 0, 0);
  ask("rec.mp4", pb::Snapshot::JPG, 0, 0);
  ask("../d.jpg", pb::Snapshot::JPG, 0, 0);
  ask("e.jpg", pb::Snapshot::JPG, 10'001, 2);
  room.stop();

  ASSERT_TRUE(room.finished);
  std::map<std::string, pb::SnapshotDone> done;
  for (const pb::SnapshotDone& d : room.snapshots) done[d.name()] = d;
  ASSERT_EQ(done.size(), 7u);
  for (const char* bad : {"early.png", "rec.mp4", "../d.jpg", "e.jpg"})
    EXPECT_NE(done[bad].error(), "") << bad;
  for (const auto& [name, size] :
       {std::pair{"a.jpg", Size{600, 600}}, std::pair{"b.png", Size{212, 120}},
        std::pair{"c.webp", Size{854, 480}}}) {
    const pb::SnapshotDone& d = done[name];
    EXPECT_EQ(d.error(), "") << name;
    EXPECT_EQ((Size{static_cast<int>(d.width()), static_cast<int>(d.height())}), size) << name;
    EXPECT_EQ(d.bytes(), std::filesystem::file_size(folder_ + "/" + name));
    EXPECT_GT(d.created_unix_ms(), 1'600'000'000'000u);
  }
  EXPECT_EQ(room.finished->outputs(0).state(), pb::OutputStatus::ENDED);
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/.snapshot.tmp"));
  const Film square = film({{100, 200}, {100, 20}}, "a.jpg");
  EXPECT_EQ(square.size, (Size{600, 600}));
  EXPECT_GT(square.colours.at(0)[0].v, 190);  // red, above all
  EXPECT_LT(square.colours.at(0)[1].y, 8);    // a bar
}

TEST_F(WorkerTest, a_job_without_any_working_output_fails) {
  TestRoom room(folder_);
  room.start("low", false, {TestRoom::mp4("bad", ".hidden")});
  room.run_until(kStart + 1s);

  ASSERT_TRUE(room.finished);
  EXPECT_EQ(room.finished->error(), "not a name for a file");
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

}  // namespace
}  // namespace plenum::egress::testing
