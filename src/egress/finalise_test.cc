#include "egress/finalise.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <random>

#include "egress/file_sink.h"
#include "egress/mp4_fragments.h"
#include "egress/recording_fixture.h"

namespace plenum::egress {
namespace {

constexpr int kFrames = 5 * 30;
/// How much of the picture may be missing behind a crash.
constexpr double kMaxLossS = 1.2;

/// How far the file had come when so many frames were recorded.
struct Growth {
  std::uint64_t bytes = 0;
  int frames = 0;
};

/// A recording of five seconds as it grows, made once for all tests.
struct Sample {
  std::string bytes;
  std::vector<Growth> growth;
};

/// Runs a sink on this thread, packet by packet, so that it is known what was written when.
std::vector<SinkStatus> record(const std::string& path) {
  Studio studio;
  const Streams streams = studio.streams();
  PacketQueue queue(SinkStart::next_key_frame);
  for (int i = 0; i < kFrames; ++i)
    for (const Packet& p : studio.next_frame()) queue.push(*p);
  queue.end();
  std::vector<SinkStatus> statuses;
  FileSink(path, Container::mp4).run(queue, streams, [&](const SinkStatus& s) {
    statuses.push_back(s);
  });
  return statuses;
}

const Sample& sample() {
  static const Sample made = [] {
    const TemporaryFolder folder;
    Sample s;
    for (const SinkStatus& status : record(folder.file("rec.mp4"))) {
      const auto frames = static_cast<int>(std::lround(double(status.duration.count()) * 30 / 1e6));
      s.growth.push_back({.bytes = status.bytes, .frames = frames});
    }
    std::ifstream in(folder.file("rec.mp4"), std::ios::binary);
    s.bytes.assign(std::istreambuf_iterator<char>(in), {});
    return s;
  }();
  return made;
}

/// While it lives, no file of this process may grow beyond so many bytes.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

void write(const std::string& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// Frames that had been recorded at the latest when the file had this size.
int frames_at(std::uint64_t bytes) {
  int frames = 0;
  for (const Growth& g : sample().growth)
    if (g.bytes <= bytes) frames = std::max(frames, g.frames);
  return frames;
}

Mp4Scan scan(std::string_view file) {
  return scan_mp4(
      [&](std::uint64_t at, MutableBytes out) -> std::size_t {
        const auto rest = as_bytes(file).subspan(std::min<std::size_t>(at, file.size()));
        const std::size_t n = std::min(rest.size(), out.size());
        std::copy_n(rest.begin(), n, out.begin());
        return n;
      },
      file.size());
}

TEST(FileSink, writes_the_first_fragment_within_a_few_frames_and_one_each_second) {
  const auto& growth = sample().growth;
  const auto first = std::ranges::find_if(growth, [](const Growth& g) { return g.bytes > 0; });

  ASSERT_NE(first, growth.end());
  EXPECT_LE(first->frames, 6);
  EXPECT_NEAR(scan(sample().bytes).fragments, 6, 1);
}

TEST(FileSink, keeps_its_whole_fragments_when_there_is_no_more_room) {
  const TemporaryFolder folder;
  const std::string path = folder.file("rec.mp4");
  std::vector<SinkStatus> statuses;
  {
    const SmallDisk disk(50'000);
    statuses = record(path);
  }

  EXPECT_EQ(statuses.back().state, SinkState::failed);
  EXPECT_EQ(statuses.back().error, "cannot write the recording: File too large");
  EXPECT_EQ(statuses.back().bytes, std::filesystem::file_size(path));
  const ReadBack r = read_back(path);
  expect_recording(r, 0, 0);
  EXPECT_GT(r.pictures.size(), 45u);
  EXPECT_LT(r.pictures.size(), 90u);
}

TEST(Recover, loses_little_wherever_the_file_was_cut) {
  const TemporaryFolder folder;
  const std::string path = folder.file("rec.mp4");
  const std::string& whole = sample().bytes;
  const auto start =
      std::ranges::find_if(sample().growth, [](auto& g) { return g.bytes > 0; })->bytes;
  std::mt19937 random(7);
  std::uniform_int_distribution<std::size_t> anywhere(start, whole.size());
  for (int i = 0; i < 20; ++i) {
    const std::size_t size = anywhere(random);
    write(path, std::string_view(whole).substr(0, size));

    const auto recovered = recover(path);
    ASSERT_TRUE(recovered) << size << " " << recovered.error();
    const ReadBack r = read_back(path);
    expect_recording(r, 0, 0);
    EXPECT_GE(r.duration_s(), frames_at(size) / 30.0 - kMaxLossS) << size;
    EXPECT_NEAR(double(recovered->duration.count()) / 1e6, r.duration_s(), 0.05);
    EXPECT_EQ(recovered->bytes, std::filesystem::file_size(path));
  }
}

TEST(Recover, throws_away_a_rest_of_zeros_and_of_noise) {
  const TemporaryFolder folder;
  const std::string path = folder.file("rec.mp4");
  const std::string& whole = sample().bytes;
  std::mt19937 random(8);
  std::string noise(5000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  const std::string cut = whole.substr(0, static_cast<std::size_t>(scan(whole).end));
  for (const std::string& rest : {std::string(5000, '\0'), noise}) {
    write(path, cut + rest);

    ASSERT_TRUE(recover(path));
    EXPECT_EQ(read_back(path).pictures.size(), std::size_t{kFrames});
  }
}

TEST(Recover, leaves_a_final_file_as_it_is_and_clears_away_a_finalise_that_was_cut_short) {
  const TemporaryFolder folder;
  const std::string path = folder.file("rec.mp4");
  write(path, sample().bytes);
  write(path + ".faststart", "half a file");
  const auto first = recover(path);
  ASSERT_TRUE(first);
  const auto written = std::filesystem::last_write_time(path);

  const auto again = recover(path);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->bytes, first->bytes);
  EXPECT_EQ(again->duration, first->duration);
  EXPECT_EQ(std::filesystem::last_write_time(path), written);
  EXPECT_FALSE(std::filesystem::exists(path + ".faststart"));
}

TEST(Recover, says_so_when_nothing_is_whole_and_leaves_the_file_alone) {
  const TemporaryFolder folder;
  const std::string path = folder.file("rec.mp4");
  for (const std::string& bytes :
       {std::string(), std::string("no film"), sample().bytes.substr(0, 500)}) {
    write(path, bytes);

    EXPECT_FALSE(recover(path));
    EXPECT_EQ(std::filesystem::file_size(path), bytes.size());
  }
  EXPECT_FALSE(recover(folder.file("none.mp4")));
}

TEST(Finalise, leaves_the_file_when_there_is_no_room_for_the_other) {
  const TemporaryFolder folder;
  const std::string path = folder.file("rec.mp4");
  write(path, sample().bytes);
  std::filesystem::create_symlink("/dev/full", path + ".faststart");

  EXPECT_FALSE(finalise(path));
  EXPECT_EQ(std::filesystem::file_size(path), sample().bytes.size());
  EXPECT_FALSE(std::filesystem::exists(path + ".faststart"));
}

TEST(Mp4Scan, does_not_believe_boxes_that_lie_about_their_size) {
  std::string file = sample().bytes;
  const auto whole = scan(file);
  const std::size_t moof = file.find("moof") - 4;
  const std::size_t second = file.find("moof", moof + 8) - 4;
  file[second + 8 + 3] = 17;  // the first child is a byte longer than its place

  EXPECT_EQ(scan(file).fragments, 1u);
  EXPECT_EQ(scan(file).end, second);
  EXPECT_GT(whole.fragments, 1u);
  file.replace(second, 4, std::string("\0\0\0\1", 4));  // 64 bits of size, and they are huge
  EXPECT_EQ(scan(file).fragments, 1u);
  file.replace(second, 4, std::string("\0\0\0\7", 4));  // shorter than its own header
  EXPECT_EQ(scan(file).fragments, 1u);
}

}  // namespace
}  // namespace plenum::egress
