// One encode into several sinks at once, read back and decoded.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "egress/file_sink.h"
#include "egress/finalise.h"
#include "egress/hls_sink.h"
#include "egress/recording_fixture.h"
#include "io/fd.h"

namespace plenum::egress {
namespace {

constexpr int kFrames = 4 * 30 + 10;
constexpr double kSeconds = kFrames / 30.0;

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Recording, goes_into_a_file_and_into_hls_at_once) {
  const TemporaryFolder folder;
  Studio studio;
  PacketBus bus(studio.streams(), {});
  const SinkId mp4 = bus.add(std::make_unique<FileSink>(folder.file("rec.mp4"), Container::mp4));
  const SinkId hls = bus.add(std::make_unique<HlsSink>(folder.file("hls 100%d")));
  studio.play(bus, 75);
  bus.add(
      std::make_unique<FileSink>(folder.file("late.mp4"), Container::mp4));  // forces a key frame
  studio.play(bus, kFrames - 75);
  studio.finish(bus);
  ASSERT_TRUE(bus.wait(mp4, kNever));
  ASSERT_TRUE(bus.wait(hls, kNever));

  const SinkStatus file = *bus.status(mp4);
  EXPECT_EQ(file.state, SinkState::ended) << file.error;
  EXPECT_TRUE(file.is_playable);
  EXPECT_EQ(file.bytes, std::filesystem::file_size(folder.file("rec.mp4")));
  EXPECT_NEAR(double(file.duration.count()) / 1e6, kSeconds, 1e-4);
  const ReadBack live = read_back(folder.file("rec.mp4"));
  ASSERT_EQ(live.pictures.size(), std::size_t{kFrames});
  expect_recording(live, 0, 0);
  EXPECT_EQ(live.color_space, AVCOL_SPC_BT709);

  const auto finished = finalise(folder.file("rec.mp4"));
  ASSERT_TRUE(finished) << finished.error();
  EXPECT_NEAR(double(finished->duration.count()) / 1e6, kSeconds, 1.0 / 30);
  const std::string bytes = text_of(folder.file("rec.mp4"));
  EXPECT_EQ(finished->bytes, bytes.size());
  EXPECT_LT(bytes.find("moov"), bytes.find("mdat"));
  EXPECT_EQ(bytes.find("moof"), std::string::npos);
  const ReadBack ready = read_back(folder.file("rec.mp4"));
  ASSERT_EQ(ready.pictures.size(), std::size_t{kFrames});
  expect_recording(ready, 0, 0);
  EXPECT_NEAR(double(ready.left.size()) / kSampleRate, kSeconds, 0.05);

  const SinkStatus segments = *bus.status(hls);
  EXPECT_EQ(segments.state, SinkState::ended) << segments.error;
  const std::string index = text_of(folder.file("hls 100%d/index.m3u8"));
  EXPECT_NE(index.find("#EXT-X-PLAYLIST-TYPE:VOD"), std::string::npos) << index;
  EXPECT_NE(index.find("#EXT-X-INDEPENDENT-SEGMENTS"), std::string::npos);
  EXPECT_NE(index.find("#EXT-X-TARGETDURATION:2\n"), std::string::npos);
  const std::size_t second = index.find("#EXTINF:2.000000,", index.find("#EXTINF:2.000000,") + 1);
  EXPECT_NE(second, std::string::npos) << index;
  EXPECT_NE(index.find("#EXT-X-PROGRAM-DATE-TIME:"), std::string::npos);
  EXPECT_NE(index.find("segment_00002.m4s\n#EXT-X-ENDLIST"), std::string::npos) << index;
  const std::string window = text_of(folder.file("hls 100%d/live.m3u8"));
  EXPECT_EQ(window.find("#EXT-X-PLAYLIST-TYPE"), std::string::npos);
  for (const char* list : {"hls 100%d/index.m3u8", "hls 100%d/live.m3u8"}) {
    const ReadBack r = read_back(folder.file(list));
    ASSERT_EQ(r.pictures.size(), std::size_t{kFrames});
    expect_recording(r, 0, r.pictures.front().time_s);
    EXPECT_NEAR(r.pictures.front().time_s, 0, 0.0215);
  }
}

TEST(Recording, in_hls_goes_on_where_a_worker_died) {
  const TemporaryFolder folder;
  const std::string index = folder.file("hls/index.m3u8");
  SinkStatus status;
  for (int part = 0; part < 2; ++part) {
    Studio studio;
    PacketBus bus(studio.streams(), {});
    const SinkId id = bus.add(std::make_unique<HlsSink>(folder.file("hls")));
    studio.play(bus, 130);
    studio.finish(bus);
    ASSERT_TRUE(bus.wait(id, kNever));
    status = *bus.status(id);
    ASSERT_EQ(status.state, SinkState::ended) << status.error;
  }

  const std::string list = text_of(index);
  EXPECT_NE(list.find("#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"init-2.mp4\""), std::string::npos)
      << list;
  EXPECT_EQ(list.find("#EXT-X-ENDLIST"), list.rfind("#EXT-X-ENDLIST"));
  std::ofstream second(folder.file("second.mp4"), std::ios::binary);
  for (const char* piece :
       {"init-2.mp4", "segment_00003.m4s", "segment_00004.m4s", "segment_00005.m4s"})
    second << text_of(folder.file("hls/" + std::string(piece)));
  second.close();
  EXPECT_EQ(read_back(folder.file("second.mp4")).pictures.size(), 130u);
  EXPECT_NEAR(double(status.duration.count()) / 1e6, 260.0 / 30, 0.05);
  EXPECT_FALSE(std::filesystem::exists(folder.file("hls/part.m3u8")));
}

TEST(Recording, begins_in_the_middle_with_a_picture_and_time_zero) {
  const TemporaryFolder folder;
  Studio studio;
  PacketBus bus(studio.streams(), {});
  studio.play(bus, 71);
  const SinkId id = bus.add(std::make_unique<FileSink>(folder.file("late.mp4"), Container::mp4));
  studio.play(bus, 40);
  bus.end(id);
  ASSERT_TRUE(bus.wait(id, kNever));
  studio.play(bus, 10);

  const ReadBack r = read_back(folder.file("late.mp4"));
  ASSERT_EQ(r.pictures.size(), 40u);
  expect_recording(r, 71, 0);
  EXPECT_LE(r.first_audio_s, 0);
  EXPECT_GT(r.first_audio_s, -0.043);
}

TEST(Recording, is_untouched_by_a_full_disk_and_by_a_pipe_that_nobody_reads) {
  const TemporaryFolder folder;
  ASSERT_EQ(mkfifo(folder.file("pipe").c_str(), 0600), 0);
  io::Fd reader(::open(folder.file("pipe").c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::fcntl(reader.get(), F_SETPIPE_SZ, 4096), 4096);
  Studio studio;
  PacketBus bus(studio.streams(), {});
  const SinkId full = bus.add(std::make_unique<FileSink>("/dev/full", Container::mp4));
  const SinkId nowhere =
      bus.add(std::make_unique<FileSink>(folder.file("none/rec.mp4"), Container::mp4));
  const SinkId blocked = bus.add(std::make_unique<FileSink>(folder.file("pipe"), Container::mp4));
  const SinkId good = bus.add(std::make_unique<FileSink>(folder.file("rec.mp4"), Container::mp4));
  studio.play(bus, 90);
  studio.finish(bus);
  ASSERT_TRUE(bus.wait(good, kNever));
  ASSERT_TRUE(bus.wait(full, kNever));
  ASSERT_TRUE(bus.wait(nowhere, kNever));
  EXPECT_FALSE(bus.wait(blocked, TimePoint{}));
  reader.reset();
  ASSERT_TRUE(bus.wait(blocked, kNever));

  EXPECT_EQ(bus.status(good)->state, SinkState::ended);
  EXPECT_EQ(read_back(folder.file("rec.mp4")).pictures.size(), 90u);
  EXPECT_EQ(bus.status(full)->state, SinkState::failed);
  EXPECT_NE(bus.status(full)->error.find("No space left"), std::string::npos);
  EXPECT_EQ(bus.status(nowhere)->state, SinkState::failed);
  EXPECT_EQ(bus.status(blocked)->state, SinkState::failed);
}

TEST(Recording, in_hls_keeps_its_whole_segments_when_the_disk_is_full) {
  const TemporaryFolder folder;
  std::filesystem::create_symlink("/dev/full", folder.file("segment_00001.m4s.tmp"));
  Studio studio;
  PacketBus bus(studio.streams(), {});
  const SinkId id = bus.add(std::make_unique<HlsSink>(folder.file("")));
  studio.play(bus, 130);
  studio.finish(bus);
  ASSERT_TRUE(bus.wait(id, kNever));

  EXPECT_EQ(bus.status(id)->state, SinkState::failed);
  EXPECT_NE(bus.status(id)->error.find("No space left"), std::string::npos);
  EXPECT_EQ(read_back(folder.file("index.m3u8")).pictures.size(), 60u);
  EXPECT_EQ(read_back(folder.file("live.m3u8")).pictures.size(), 60u);
  EXPECT_FALSE(std::filesystem::exists(folder.file("segment_00001.m4s")));
}

}  // namespace
}  // namespace plenum::egress
