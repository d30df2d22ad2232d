#include "egress/offline_composition.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "egress/film.h"
#include "egress/layout.h"
#include "egress/manifest_file.h"
#include "egress/recorded_fixture.h"
#include "egress/room_fixture.h"

namespace plenum::egress {
namespace {

using audio_testing::amplitude_of;
using testing::Film;
using testing::FilmReader;
using testing::Point;
using testing::record_person;
using testing::RecordedPerson;

constexpr Yuv kRed{.y = 90, .u = 100, .v = 210}, kBlue{.y = 70, .u = 210, .v = 110};
constexpr std::int64_t kStartedUs = 1'796'000'523'456'789;

bool near(const Yuv& a, const Yuv& b, int by = 8) {
  return std::abs(a.y - b.y) <= by && std::abs(a.u - b.u) <= by && std::abs(a.v - b.v) <= by;
}

/// A place in each tile that neither name nor avatar covers, when so many are in a grid.
std::vector<Point> places(int people) {
  Cast cast;
  for (int i = 0; i < people; ++i)
    cast.members.push_back({.identity = std::to_string(i), .camera = true});
  std::vector<Point> points;
  const LayoutConfig config{.quality = Quality::low};
  for (const Tile& t : layout(cast, config, canvas_size(Quality::low, Orientation::landscape)))
    points.push_back({t.rect.x + t.rect.width / 8, t.rect.y + t.rect.height / 4});
  return points;
}

class OfflineCompositionTest : public ::testing::Test {
 protected:
  OfflineCompositionTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "compose-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    plan_.layout.quality = Quality::low;
    plan_.output = path("out.mp4");
  }
  ~OfflineCompositionTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, std::vector<ManifestFile> files,
             std::int64_t started_unix_us = kStartedUs) {
    Manifest m{.started_unix_us = started_unix_us, .ended = true, .duration = 10s, .files = {}};
    m.files = std::move(files);
    const auto written = write_manifest(path(name), m);
    if (!written) throw std::runtime_error(written.error());
    plan_.manifests.push_back(path(name));
  }
  ManifestFile record(const RecordedPerson& person, const std::string& identity, Duration start) {
    return record_person(folder_, person, identity, start);
  }
  OfflineResult compose() {
    auto result = compose_offline(plan_, [this](Duration, Duration all) { told_ = all; });
    if (!result) throw std::runtime_error(result.error());
    return *result;
  }
  /// Why nothing came of it.
  std::string error() {
    const auto result = compose_offline(plan_, {});
    EXPECT_FALSE(result);
    EXPECT_FALSE(std::filesystem::exists(plan_.output));
    EXPECT_FALSE(std::filesystem::exists(plan_.output + ".part"));
    return result ? "" : result.error();
  }
  Film film(std::vector<Point> points) const {
    return FilmReader(plan_.output, std::move(points)).read();
  }

  std::string folder_;
  OfflinePlan plan_;
  Duration told_{};
};

TEST_F(OfflineCompositionTest, people_of_two_manifests_come_and_go_and_are_seen_and_heard) {
  write("ann.json", {record({.file = "ann.webm", .colour = kRed, .hz = 440}, "ann", 500ms)});
  write("bob.json",
        {record({.file = "bob.mp4", .codec = codec::Codec::h264, .colour = kBlue, .hz = 880}, "bob",
                200ms)},
        kStartedUs + 1'300'000);
  const OfflineResult result = compose();

  EXPECT_NEAR(double(result.duration.count()) / 1e6, 4, 0.1);
  EXPECT_EQ(told_, 4s);
  EXPECT_EQ(result.bytes, std::filesystem::file_size(plan_.output));
  EXPECT_FALSE(std::filesystem::exists(plan_.output + ".part"));
  std::vector<Point> points = places(2);
  points.push_back(places(1)[0]);
  const Film f = film(points);
  EXPECT_EQ(f.size, (Size{854, 480}));
  EXPECT_NEAR(double(f.times.size()), 120, 3);
  EXPECT_TRUE(near(f.at(0.6, 2), kRed));
  for (const double t : {1.5, 2.0, 2.9}) {
    EXPECT_TRUE(near(f.at(t, 0), kRed)) << t;
    EXPECT_TRUE(near(f.at(t, 1), kBlue)) << t;
  }
  EXPECT_TRUE(near(f.at(3.7, 2), kBlue));
  EXPECT_TRUE(near(f.at(3.7, 0), kBlue));
  EXPECT_NEAR(amplitude_of(440, f.sound(0.2, 2.8)), 0.3, 0.03);
  EXPECT_LT(amplitude_of(880, f.sound(0.2, 0.9)), 0.01);
  EXPECT_NEAR(amplitude_of(880, f.sound(1.2, 3.8)), 0.3, 0.03);
  EXPECT_LT(amplitude_of(440, f.sound(3.2, 3.8)), 0.01);
}

TEST_F(OfflineCompositionTest, flash_and_beep_stay_together_and_in_their_place) {
  for (const auto& [name, codec] :
       {std::pair{"ann.webm", codec::Codec::vp8}, std::pair{"ann.mp4", codec::Codec::h264}}) {
    const RecordedPerson ann{
        .file = name, .codec = codec, .colour = kRed, .hz = 1000, .signals = {800ms, 2s}};
    plan_.manifests.clear();
    plan_.output = path(std::string(name) + ".out.mp4");
    write(std::string(name) + ".json", {record(ann, "ann", 123ms)});
    compose();

    const Film f = film(places(1));
    for (const double at : {0.8, 2.0}) {
      double flash = -1, beep = -1;
      for (std::size_t i = 0; i < f.times.size() && flash < 0; ++i)
        if (f.times[i] > at - 0.4 && f.colours[i][0].y > 200) flash = f.times[i];
      for (auto i = static_cast<std::size_t>((at - 0.4) * kAudioRate);
           i < f.left.size() && beep < 0; ++i)
        if (std::abs(f.left[i]) > 0.1f) beep = double(i) / kAudioRate;
      EXPECT_NEAR(flash, at, 0.034) << name;
      EXPECT_NEAR(beep, at, 0.01) << name;
      EXPECT_NEAR(beep, flash, 0.04) << name;
    }
  }
}

TEST_F(OfflineCompositionTest, a_muted_camera_shows_the_avatar_and_webm_is_written_as_well) {
  ManifestFile ann = record({.colour = kRed, .hz = 440}, "ann", 0ms);
  ann.streams[0].muted = {{.from = 1s, .to = 2s}};
  ann.name = "Ann";
  write("ann.json", {ann});
  plan_.output = path("out.webm");
  plan_.container = Container::webm;
  compose();

  const Film f = film(places(1));
  EXPECT_EQ(f.video_codec, AV_CODEC_ID_VP8);
  EXPECT_TRUE(near(f.at(0.8, 0), kRed));
  EXPECT_TRUE(near(f.at(1.7, 0), to_yuv(palette(Theme::standard).tile)));
  EXPECT_TRUE(near(f.at(2.7, 0), kRed));
}

TEST_F(OfflineCompositionTest, sound_alone_has_no_picture) {
  write("ann.json", {record({.colour = kRed, .hz = 440}, "ann", 0ms)});
  plan_.audio_only = true;
  compose();

  const Film f = film({});
  EXPECT_FALSE(f.has_video);
  EXPECT_NEAR(double(f.left.size()) / kAudioRate, 3, 0.25);
  EXPECT_NEAR(amplitude_of(440, f.sound(0.2, 2.8)), 0.3, 0.03);
}

TEST_F(OfflineCompositionTest, a_torn_file_is_used_as_far_as_it_goes) {
  const ManifestFile ann = record({.colour = kRed, .hz = 440}, "ann", 0ms);
  std::filesystem::resize_file(path("ann.webm"), std::filesystem::file_size(path("ann.webm")) / 2);
  write("ann.json", {ann});

  EXPECT_EQ(compose().duration, 3s);
  EXPECT_TRUE(near(film(places(1)).at(0.6, 0), kRed));
}

TEST_F(OfflineCompositionTest, what_cannot_be_read_is_named_and_leaves_nothing_behind) {
  ManifestFile ann = record({.colour = kRed, .hz = 440}, "ann", 0ms);
  ManifestFile link = ann, list = ann, lie = ann, none = ann;
  std::filesystem::create_symlink(path("ann.webm"), path("link.webm"));
  link.file = "link.webm";
  std::ofstream(path("list.webm")) << "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n"
                                   << path("ann.webm") << "\n#EXT-X-ENDLIST\n";
  list.file = "list.webm";
  lie.streams[0].codec = codec::Codec::vp9;
  none.file = "none.webm";
  const auto error_of = [&](const ManifestFile& f) {
    plan_.manifests.clear();
    write("m.json", {f});
    return error();
  };

  EXPECT_EQ(error_of(link), "cannot read the recorded file link.webm: it is a link");
  EXPECT_TRUE(error_of(list).starts_with("cannot read the recorded file list.webm: "));
  EXPECT_NE(error_of(lie).find("does not hold what the manifest says"), std::string::npos);
  EXPECT_NE(error_of(none).find("No such file"), std::string::npos);
  ann.duration = std::chrono::hours(25);
  EXPECT_EQ(error_of(ann), "what was recorded spans more than a day");
  plan_.manifests = {path("ann.webm")};
  EXPECT_NE(error().find("ann.webm"), std::string::npos);
  std::ofstream(plan_.output) << "precious";
  const auto result = compose_offline(plan_, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(std::filesystem::file_size(plan_.output), 8u);
}

}  // namespace
}  // namespace plenum::egress
