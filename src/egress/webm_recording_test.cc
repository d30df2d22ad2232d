// WebM while it grows, when it is final, and after a crash.
#include <gtest/gtest.h>

#include "egress/file_sink.h"
#include "egress/final_file_sink.h"
#include "egress/finalise.h"
#include "egress/recording_fixture.h"

namespace plenum::egress {
namespace {

constexpr int kFrames = 4 * 30 + 10;
constexpr double kSeconds = kFrames / 30.0;

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), std::ssize(bytes));
}

bool has_index(const std::string& webm) { return webm.find("\x1c\x53\xbb\x6b") < 4096; }

/// What a sink was told and wrote, packet by packet.
struct Recorded {
  std::vector<SinkStatus> statuses{};
  std::string bytes{};
};

Recorded record(Sink& sink, const std::string& path) {
  Studio studio(Encoding::vp8_opus);
  const Streams streams = studio.streams();
  PacketQueue queue(SinkStart::next_key_frame);
  for (int i = 0; i < kFrames; ++i)
    for (const Packet& p : studio.next_frame()) queue.push(*p);
  queue.end();
  Recorded run;
  sink.run(queue, streams, [&](const SinkStatus& s) { run.statuses.push_back(s); });
  run.bytes = text_of(path);
  return run;
}

TEST(WebmRecording, is_final_with_an_index_in_front_and_all_pictures_and_tones) {
  const TemporaryFolder folder;
  FinalFileSink sink(folder.file("rec.webm"), Container::webm, false);
  const Recorded run = record(sink, folder.file("rec.webm"));

  const SinkStatus& last = run.statuses.back();
  EXPECT_EQ(last.state, SinkState::ended) << last.error;
  EXPECT_EQ(last.error, "");
  EXPECT_EQ(last.bytes, run.bytes.size());
  EXPECT_NEAR(double(last.duration.count()) / 1e6, kSeconds, 0.03);
  EXPECT_TRUE(has_index(run.bytes));
  const ReadBack r = read_back(folder.file("rec.webm"));
  ASSERT_EQ(r.pictures.size(), std::size_t{kFrames});
  expect_recording(r, 0, 0, Encoding::vp8_opus);
  EXPECT_NEAR(double(r.left.size()) / kSampleRate, kSeconds, 0.05);
  EXPECT_NEAR(r.first_audio_s, 0, 0.007);
}

TEST(WebmRecording, of_sound_only_has_no_picture) {
  const TemporaryFolder folder;
  FinalFileSink sink(folder.file("rec.webm"), Container::webm, true);
  const Recorded run = record(sink, folder.file("rec.webm"));

  EXPECT_EQ(run.statuses.back().state, SinkState::ended) << run.statuses.back().error;
  EXPECT_NE(run.bytes.find("A_OPUS"), std::string::npos);
  EXPECT_EQ(run.bytes.find("V_VP8"), std::string::npos);
}

TEST(WebmRecording, plays_wherever_a_crash_has_cut_it_and_can_be_made_final) {
  const TemporaryFolder folder;
  const std::string path = folder.file("rec.webm");
  FileSink sink(path, Container::webm);
  const Recorded run = record(sink, path);
  const auto first = std::ranges::find_if(run.statuses, &SinkStatus::is_playable);
  ASSERT_NE(first, run.statuses.end());
  EXPECT_LT(first->duration, 300ms);

  for (const std::size_t percent : {20u, 43u, 71u, 100u}) {
    const std::size_t cut = run.bytes.size() * percent / 100;
    // What the file had come to when so much was on the disk.
    Duration recorded{};
    for (const SinkStatus& s : run.statuses)
      if (s.bytes <= cut) recorded = s.duration;
    write(path, std::string_view(run.bytes).substr(0, cut));
    const auto frames = static_cast<double>(read_back(path).pictures.size());
    EXPECT_GE(frames / 30, double(recorded.count()) / 1e6 - 1.2) << percent;

    const auto recovered = recover(path);
    ASSERT_TRUE(recovered) << recovered.error();
    EXPECT_TRUE(has_index(text_of(path)));
    const ReadBack r = read_back(path);
    EXPECT_EQ(static_cast<double>(r.pictures.size()), frames) << percent;
    expect_recording(r, 0, 0, Encoding::vp8_opus);
    const auto again = recover(path);
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(again->bytes, recovered->bytes);
  }
}

}  // namespace
}  // namespace plenum::egress
