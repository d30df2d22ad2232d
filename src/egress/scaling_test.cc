#include "egress/scaling.h"

#include <gtest/gtest.h>
#include <libyuv/scale.h>

#include "egress/drawing.h"
#include "egress/drawing_fixture.h"

namespace plenum::egress {
namespace {

TEST(Scaling, a_crop_has_the_shape_of_the_tile_and_lies_in_the_middle) {
  EXPECT_EQ(centre_crop({640, 360}, {320, 180}), (Rect{0, 0, 640, 360}));
  EXPECT_EQ(centre_crop({640, 480}, {640, 360}), (Rect{0, 60, 640, 360}));
  EXPECT_EQ(centre_crop({360, 640}, {100, 100}), (Rect{0, 140, 360, 360}));
  EXPECT_EQ(centre_crop({319, 181}, {200, 200}), (Rect{68, 0, 182, 181}));
  EXPECT_EQ(centre_crop({1, 1}, {640, 360}), (Rect{0, 0, 1, 1}));
}

TEST(Scaling, a_fitted_picture_keeps_its_shape_and_even_edges) {
  const Rect tile{100, 50, 640, 360};
  EXPECT_EQ(fit_inside({1280, 720}, tile), tile);
  EXPECT_EQ(fit_inside({640, 480}, tile), (Rect{180, 50, 480, 360}));
  EXPECT_EQ(fit_inside({1000, 100}, tile), (Rect{100, 198, 640, 64}));
  EXPECT_EQ(fit_inside({4, 16000}, tile), (Rect{418, 50, 2, 360}));
}

/// PSNR of the luma against the pattern itself, sampled where each pixel's middle falls.
double quality(Size source, Size target) {
  const SourcePicture from = SourcePicture::patterned(source);
  const Rect part = centre_crop(source, target);
  const Picture drawn = scaled(crop(from.view(), part), target);
  // The exact crop, of which `part` is the nearest even one.
  const double scale =
      std::min(double(source.width) / target.width, double(source.height) / target.height);
  const double left = (source.width - target.width * scale) / 2;
  const double top = (source.height - target.height * scale) / 2;
  double errors = 0;
  for (int y = 0; y < target.height; ++y) {
    for (int x = 0; x < target.width; ++x) {
      const double wanted = SourcePicture::pattern((left + (x + 0.5) * scale) / source.width,
                                                   (top + (y + 0.5) * scale) / source.height);
      const double error = wanted - pixel(drawn, x, y).y;
      errors += error * error;
    }
  }
  return psnr(errors, target.width * target.height);
}

TEST(Scaling, pictures_stay_in_place_to_a_fraction_of_a_pixel) {
  EXPECT_GE(quality({640, 360}, {416, 228}), 38);
  EXPECT_GE(quality({1280, 720}, {250, 140}), 38);
  EXPECT_GE(quality({319, 181}, {416, 228}), 38);
  EXPECT_GE(quality({319, 181}, {160, 160}), 38);
  EXPECT_GE(quality({320, 180}, {1280, 720}), 38);
  EXPECT_GE(quality({360, 640}, {640, 360}), 38);
}

TEST(Scaling, the_picture_in_a_canvas_is_what_libyuv_makes_of_it_alone) {
  const SourcePicture from = SourcePicture::patterned({319, 181});
  const PictureView v = from.view();
  Picture truth({200, 112});
  libyuv::I420Scale(v.y, v.stride_y, v.u, v.stride_u, v.v, v.stride_v, 319, 181, truth.y(),
                    truth.stride_y(), truth.u(), truth.stride_uv(), truth.v(), truth.stride_uv(),
                    200, 112, libyuv::kFilterBox);
  Picture canvas({640, 360});
  scale_into(v, canvas, {34, 56, 200, 112});

  double errors = 0;
  for (int y = 0; y < 112; ++y) {
    for (int x = 0; x < 200; ++x) {
      const double error = pixel(canvas, 34 + x, 56 + y).y - pixel(truth, x, y).y;
      errors += error * error;
    }
  }
  EXPECT_GE(psnr(errors, 200 * 112), 60);
  EXPECT_EQ(pixel(canvas, 33, 56), (Yuv{0, 0, 0}));
  EXPECT_EQ(pixel(canvas, 234, 167), (Yuv{0, 0, 0}));
}

}  // namespace
}  // namespace plenum::egress
