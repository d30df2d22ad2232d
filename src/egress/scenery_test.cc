#include "egress/scenery.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "egress/drawing_fixture.h"
#include "egress/snapshot.h"

namespace plenum::egress {
namespace {

constexpr Size kCanvas{640, 360};
constexpr Yuv kRed{.y = 63, .u = 102, .v = 240};

/// As its own encoder writes it.
std::string file_of(Size size, ImageFormat format) {
  const SourcePicture picture(size, kRed);
  const auto bytes = encode_image(picture.view(), format);
  return bytes ? std::string(as_text(*bytes)) : "";
}

pb::ImagePiece piece(const std::string& id, const std::string& bytes, bool last) {
  pb::ImagePiece out;
  out.set_id(id);
  out.set_bytes(bytes);
  out.set_last(last);
  return out;
}

bool near(Yuv a, Yuv b) {
  return std::abs(a.y - b.y) <= 3 && std::abs(a.u - b.u) <= 3 && std::abs(a.v - b.v) <= 3;
}

class SceneryTest : public testing::Test {
 protected:
  Scenery::Change set(const pb::Layout& layout) {
    scenery_.set(layout, {0, 0, 0});
    scenery_.wait();
    auto change = scenery_.poll();
    EXPECT_TRUE(change.has_value());
    return change ? std::move(*change) : Scenery::Change{};
  }

  Scenery scenery_{kCanvas, {}};
  pb::Layout layout_;
};

TEST_F(SceneryTest, png_and_jpeg_come_out_in_their_colour_covering_the_canvas) {
  for (const ImageFormat format : {ImageFormat::png, ImageFormat::jpeg}) {
    const std::string file = file_of({321, 177}, format);
    const std::string id = format == ImageFormat::png ? "png" : "jpeg";
    scenery_.add(piece(id, file.substr(0, 100), false));
    scenery_.add(piece(id, file.substr(100), true));
    layout_.set_background_image(id);
    const Scenery::Change change = set(layout_);

    ASSERT_TRUE(change.background) << id;
    EXPECT_EQ(change.background->size(), kCanvas);
    EXPECT_TRUE(near(pixel(*change.background, 0, 0), kRed)) << id;
    EXPECT_TRUE(near(pixel(*change.background, 639, 359), kRed)) << id;
    EXPECT_EQ(change.faults, 0);
  }
}

TEST_F(SceneryTest, a_logo_is_an_eighth_of_the_height_and_in_its_corner) {
  scenery_.add(piece("logo", file_of({400, 200}, ImageFormat::png), true));
  layout_.set_logo_image("logo");
  layout_.set_logo_position("bottom-left");
  const Scenery::Change change = set(layout_);

  EXPECT_EQ(change.logo.size(), (Size{90, 44}));
  EXPECT_EQ(change.logo.alpha().row(10)[10], 255);
  EXPECT_EQ(change.corner, Corner::bottom_left);
  EXPECT_FALSE(change.background);
}

TEST_F(SceneryTest, what_is_no_image_is_a_fault_and_nothing_is_shown) {
  const std::string png = file_of({64, 64}, ImageFormat::png);
  std::string huge = png;
  huge.replace(16, 8, std::string("\x00\x00\x40\x00\x00\x00\x40\x00", 8));  // 16384 a side
  const std::vector<std::string> files{"", "GIF89a", png.substr(0, 40), huge,
                                       std::string("\xff\xd8\xff\xe0 and so on")};
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string id = std::to_string(i);
    scenery_.add(piece(id, files[i], true));
    layout_.set_background_image(id);
    const Scenery::Change change = set(layout_);

    EXPECT_FALSE(change.background) << i;
    EXPECT_EQ(change.faults, 1) << i;
  }
  layout_.set_background_image("never sent");
  EXPECT_EQ(set(layout_).faults, 1);
}

TEST_F(SceneryTest, nothing_changes_unless_it_is_asked_for) {
  scenery_.set(layout_, {1, 2, 3});
  scenery_.wait();

  EXPECT_FALSE(scenery_.poll());
}

TEST(Image, transparency_shows_what_is_under_and_counts_not_in_a_logo) {
  RgbaImage image{.size = {4, 4}, .pixels = std::vector<std::uint8_t>(64, 0)};
  for (std::size_t i = 0; i < 8; ++i) {  // its upper half is white
    for (std::size_t c = 0; c < 4; ++c) image.pixels[4 * i + c] = 255;
  }
  const Picture cover = cover_picture(image, {16, 16}, {200, 0, 0});
  EXPECT_TRUE(near(pixel(cover, 8, 0), to_yuv({255, 255, 255})));
  EXPECT_TRUE(near(pixel(cover, 8, 15), to_yuv({200, 0, 0})));

  const Overlay logo = logo_overlay(image, {16, 16});
  EXPECT_EQ(logo.size(), (Size{2, 2}));
  EXPECT_EQ(logo.alpha().row(0)[0], 255);
  EXPECT_EQ(logo.alpha().row(1)[0], 0);
}

}  // namespace
}  // namespace plenum::egress
