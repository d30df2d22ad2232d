#pragma once
// For tests only: a worker's recordings of a room in virtual time, and what is in them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "egress/film.h"
#include "egress/layout.h"
#include "egress/room_fixture.h"

namespace plenum::egress::testing {

using audio_testing::amplitude_of;

inline constexpr Yuv kRed{.y = 90, .u = 100, .v = 210}, kBlue{.y = 70, .u = 210, .v = 110},
    kGreen{.y = 140, .u = 60, .v = 60};

class WorkerTest : public ::testing::Test {
 protected:
  WorkerTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "worker-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
  }
  ~WorkerTest() override { std::filesystem::remove_all(folder_); }

  Film film(std::vector<Point> points = {}, const std::string& name = "rec.mp4") const {
    return FilmReader(folder_ + "/" + name, std::move(points)).read();
  }
  /// The tiles of so many in a grid.
  static std::vector<Rect> grid(int people, Quality quality) {
    Cast cast;
    for (int i = 0; i < people; ++i)
      cast.members.push_back({.identity = std::to_string(i), .camera = true});
    const LayoutConfig config{.quality = quality};
    std::vector<Rect> rects;
    for (const Tile& t : layout(cast, config, canvas_size(quality, Orientation::landscape)))
      rects.push_back(t.rect);
    return rects;
  }
  static Point place(Rect r, double x, double y) {
    return {r.x + int(r.width * x), r.y + int(r.height * y)};
  }
  /// A place in each tile that neither name nor avatar covers.
  static std::vector<Point> places(int people, Quality quality) {
    std::vector<Point> points;
    for (const Rect r : grid(people, quality)) points.push_back(place(r, 0.125, 0.25));
    return points;
  }
  static bool near(const Yuv& a, const Yuv& b, int by = 6) {
    return std::abs(a.y - b.y) <= by && std::abs(a.u - b.u) <= by && std::abs(a.v - b.v) <= by;
  }
  /// The average offset of beeps from flashes of a signal, positive: sound late; in ms.
  static double av_offset(const Film& f, std::size_t point, double around) {
    double flash = -1, beep = -1;
    for (std::size_t i = 0; i < f.times.size() && flash < 0; ++i)
      if (f.times[i] > around - 0.4 && f.colours[i][point].y > 200) flash = f.times[i];
    for (auto i = static_cast<std::size_t>((around - 0.4) * kAudioRate); i < f.left.size(); ++i)
      if (std::abs(f.left[i]) > 0.1f) {
        beep = double(i) / kAudioRate;
        break;
      }
    EXPECT_GT(flash, 0);
    EXPECT_GT(beep, 0);
    return (beep - flash) * 1000;
  }

  std::string folder_;
};

}  // namespace plenum::egress::testing
