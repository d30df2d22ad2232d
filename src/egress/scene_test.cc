#include "egress/scene.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace plenum::egress {
namespace {

TEST(Scene, words_are_taken_in_any_case_and_nothing_else_is) {
  EXPECT_EQ(layout_type_from("GRID"), LayoutType::grid);
  EXPECT_EQ(layout_type_from("Spotlight"), LayoutType::spotlight);
  EXPECT_EQ(layout_type_from("sidebar"), LayoutType::sidebar);
  EXPECT_EQ(priority_from("PIN"), Priority::pin);
  EXPECT_EQ(orientation_from("portrait"), Orientation::portrait);
  EXPECT_EQ(theme_from("DEFAULT"), Theme::standard);
  EXPECT_EQ(quality_from("med"), Quality::med);
  EXPECT_EQ(quality_from("ULTRA"), Quality::high);
  EXPECT_EQ(mode_from("video-and-audio"), Mode::video_and_audio);

  using namespace std::string_view_literals;
  for (const std::string_view text : {""sv, "gri"sv, "grids"sv, " grid"sv, "grid\0"sv, "\xff"sv})
    EXPECT_EQ(layout_type_from(text), std::nullopt) << text;
  EXPECT_EQ(mode_from("video"), std::nullopt);
  EXPECT_EQ(quality_from(std::string(1 << 20, 'l')), std::nullopt);
}

TEST(Scene, layout_names_of_livekit_choose_type_and_theme_and_keep_the_rest) {
  const LayoutConfig base{.type = LayoutType::grid,
                          .priority = Priority::pin,
                          .grid_size = 9,
                          .theme = Theme::standard,
                          .quality = Quality::high};
  const auto speaker = layout_named("speaker", base);
  ASSERT_TRUE(speaker);
  EXPECT_EQ(speaker->type, LayoutType::sidebar);
  EXPECT_EQ(speaker->priority, Priority::speaker);
  EXPECT_EQ(speaker->theme, Theme::standard);
  EXPECT_EQ(speaker->grid_size, 9);
  EXPECT_EQ(speaker->quality, Quality::high);
  EXPECT_EQ(layout_named("single-speaker-light")->type, LayoutType::spotlight);
  EXPECT_EQ(layout_named("single-speaker-light")->theme, Theme::light);
  EXPECT_EQ(layout_named("grid-dark")->theme, Theme::dark);

  for (const char* text : {"", "-light", "grid-light-light", "sidebar", "grid-", "speaker2"})
    EXPECT_EQ(layout_named(text), std::nullopt) << text;
}

TEST(Scene, portrait_swaps_the_sides_of_the_canvas) {
  EXPECT_EQ(canvas_size(Quality::low, Orientation::landscape), (Size{854, 480}));
  EXPECT_EQ(canvas_size(Quality::med, Orientation::landscape), (Size{1280, 720}));
  EXPECT_EQ(canvas_size(Quality::high, Orientation::landscape), (Size{1920, 1080}));
  EXPECT_EQ(canvas_size(Quality::low, Orientation::portrait), (Size{480, 854}));
  EXPECT_EQ(canvas_size(Quality::high, Orientation::portrait), (Size{1080, 1920}));
}

TEST(Scene, any_number_of_tiles_asked_for_becomes_one_to_twenty_five) {
  EXPECT_EQ(tiles_allowed(0), 25);
  EXPECT_EQ(tiles_allowed(1), 1);
  EXPECT_EQ(tiles_allowed(25), 25);
  EXPECT_EQ(tiles_allowed(1000), 25);
  EXPECT_EQ(tiles_allowed(-7), 25);
}

/// Contrast ratio, WCAG 2.1 (relative luminance of sRGB).
double contrast(Rgb a, Rgb b) {
  const auto linear = [](std::uint8_t v) {
    const double s = v / 255.0;
    return s <= 0.04045 ? s / 12.92 : std::pow((s + 0.055) / 1.055, 2.4);
  };
  const auto luminance = [&](Rgb c) {
    return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
  };
  const double x = luminance(a) + 0.05, y = luminance(b) + 0.05;
  return std::max(x, y) / std::min(x, y);
}

TEST(Scene, text_and_ring_stand_out_in_each_theme) {
  for (const Theme theme : {Theme::standard, Theme::dark, Theme::light}) {
    const Palette p = palette(theme);
    EXPECT_GE(contrast(p.text, p.tile), 7);
    EXPECT_GE(contrast(p.text, p.background), 7);
    EXPECT_GE(contrast(p.accent, p.background), 3);
  }
  EXPECT_EQ(palette(Theme::standard).background, palette(Theme::dark).background);
}

}  // namespace
}  // namespace plenum::egress
