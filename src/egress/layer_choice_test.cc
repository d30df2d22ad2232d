#include "egress/layer_choice.h"

#include <gtest/gtest.h>

#include <vector>

namespace plenum::egress {
namespace {

const std::vector<Size> kLayers{{320, 180}, {640, 360}, {1280, 720}};

TEST(LayerChoice, is_the_lowest_that_is_enlarged_by_a_quarter_at_most) {
  EXPECT_EQ(choose_layer(kLayers, {256, 144}, {}), 0);
  EXPECT_EQ(choose_layer(kLayers, {400, 225}, {}), 0);
  EXPECT_EQ(choose_layer(kLayers, {410, 230}, {}), 1);
  EXPECT_EQ(choose_layer(kLayers, {1280, 720}, {}), 2);
  EXPECT_EQ(choose_layer(kLayers, {3840, 2160}, {}), 2);
}

TEST(LayerChoice, stays_as_it_is_near_a_border) {
  EXPECT_EQ(choose_layer(kLayers, {460, 259}, 0), 0);
  EXPECT_EQ(choose_layer(kLayers, {500, 281}, 0), 1);
  EXPECT_EQ(choose_layer(kLayers, {330, 186}, 1), 1);
  EXPECT_EQ(choose_layer(kLayers, {320, 180}, 1), 0);
}

TEST(LayerChoice, takes_the_only_layer_and_passes_over_unknown_sizes) {
  EXPECT_EQ(choose_layer({}, {640, 360}, {}), 0);
  EXPECT_EQ(choose_layer(std::vector<Size>{{320, 180}}, {1280, 720}, 2), 0);
  EXPECT_EQ(choose_layer(std::vector<Size>{{0, 0}, {640, 360}}, {160, 90}, {}), 1);
  EXPECT_EQ(choose_layer(kLayers, {160, 90}, 7), 0);
}

}  // namespace
}  // namespace plenum::egress
