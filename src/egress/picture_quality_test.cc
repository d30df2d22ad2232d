// How much of a clean picture is left behind the decoder, the scaler and the encoder.
#include <algorithm>
#include <string_view>

#include "egress/drawing_fixture.h"
#include "egress/scaling.h"
#include "egress/worker_fixture.h"

namespace plenum::egress::testing {
namespace {

constexpr int kNumberBits = 8;

/// Bars, gradients and shapes that move; above them the picture's number as black and white boxes.
void paint_test_card(AVFrame& f, int n, int phase) {
  const int w = f.width, h = f.height;
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) {
      int v = 60 + 120 * x / w + 30 * y / h;
      const int column = (x + n * 2 + phase * 37) % w;
      if (y > h / 2 && column * 7 / w % 2) v = 235 - v;
      const int dx = x - (w / 2 + (n * 3 + phase * 50) % (w / 2) - w / 4), dy = y - h / 3;
      if (dx * dx + dy * dy < h * h / 36) v = 200 - 60 * (dx + dy) / h;
      if (y < h / 10 && x < w / 2) v = n >> (x * 2 * kNumberBits / w) & 1 ? 220 : 30;
      f.data[0][y * f.linesize[0] + x] = static_cast<std::uint8_t>(std::clamp(v, 16, 235));
    }
  for (int y = 0; y < h / 2; ++y)
    for (int x = 0; x < w / 2; ++x) {
      f.data[1][y * f.linesize[1] + x] = static_cast<std::uint8_t>(100 + 60 * x * 2 / w);
      f.data[2][y * f.linesize[2] + x] = static_cast<std::uint8_t>(160 - 60 * y * 2 / h);
    }
}

PictureView view_of(const AVFrame& f) {
  return {.size = {f.width, f.height},
          .y = f.data[0],
          .u = f.data[1],
          .v = f.data[2],
          .stride_y = f.linesize[0],
          .stride_u = f.linesize[1],
          .stride_v = f.linesize[2]};
}

struct Case {
  int people = 0;
  const char* file = nullptr;
};

class PictureQuality : public WorkerTest, public ::testing::WithParamInterface<Case> {
 protected:
  static int number_in(const PictureView& tile) {
    int n = 0;
    for (int bit = 0; bit < kNumberBits; ++bit) {
      const int x = (2 * bit + 1) * tile.size.width / (4 * kNumberBits), y = tile.size.height / 14;
      if (tile.y[y * tile.stride_y + x] > 125) n |= 1 << bit;
    }
    return n;
  }
  /// Of the luma within the tile's frame, name and corners left out.
  static double psnr_y(const PictureView& a, const PictureView& b) {
    double sum = 0;
    int samples = 0;
    for (int y = a.size.height / 8; y < a.size.height * 3 / 4; ++y)
      for (int x = 4; x < a.size.width - 4; ++x, ++samples) {
        const double d = a.y[y * a.stride_y + x] - b.y[y * b.stride_y + x];
        sum += d * d;
      }
    return psnr(sum, samples);
  }
};

TEST_P(PictureQuality, of_clean_tiles_is_above_35_dB) {
  const auto [people, file] = GetParam();
  TestRoom room(folder_);
  const bool is_webm = std::string_view(file).ends_with(".webm");
  room.start("med", false, {is_webm ? TestRoom::webm("rec", file) : TestRoom::mp4("rec", file)});
  for (int i = 0; i < people; ++i) {
    const Paint paint = [i](AVFrame& f, int n, int) { paint_test_card(f, n, i); };
    room.join("p" + std::to_string(i), i + 1,
              CameraPlan{.codec = codec::Codec::h264,
                         .paint = paint,
                         .layers = {{640, 360}},
                         .bit_rate = 8'000'000,
                         .packet_bytes = 250},
              300);
  }
  room.run_until(kStart + 2s);
  room.stop();

  Frame source(av_frame_alloc());
  source->format = AV_PIX_FMT_YUV420P;
  source->width = 640;
  source->height = 360;
  ASSERT_GE(av_frame_get_buffer(source.get(), 0), 0);
  const auto tiles = grid(people, Quality::med);
  std::vector<double> values;
  const auto compare = [&](const AVFrame& f, double t) {
    if (t < 1) return;
    for (int i = 0; i < people; ++i) {
      const Rect r = tiles[static_cast<std::size_t>(i)];
      const PictureView shown = crop(view_of(f), r);
      paint_test_card(*source, number_in(shown), i);
      const Picture wanted =
          scaled(crop(view_of(*source), centre_crop({640, 360}, {r.width, r.height})),
                 {r.width, r.height});
      values.push_back(psnr_y(shown, wanted.view()));
    }
  };
  FilmReader(folder_ + "/" + file, {}, compare).read();
  ASSERT_EQ(values.size(), static_cast<std::size_t>(30 * people));
  double sum = 0;
  for (const double v : values) sum += v;
  std::sort(values.begin(), values.end());
  EXPECT_GE(sum / double(values.size()), 38);
  EXPECT_GE(values[values.size() / 20], 35);
  RecordProperty("mean_dB", std::to_string(sum / double(values.size())));
}

INSTANTIATE_TEST_SUITE_P(Tiles, PictureQuality,
                         ::testing::Values(Case{4, "rec.mp4"}, Case{9, "rec.mp4"},
                                           Case{4, "rec.webm"}));

}  // namespace
}  // namespace plenum::egress::testing
