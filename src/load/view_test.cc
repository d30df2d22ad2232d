#include "load/view.h"

#include <gtest/gtest.h>

#include <map>

namespace plenum::load {
namespace {

std::map<std::string, Wish> asked(View& v) {
  const auto changes = v.changes();
  return {changes.begin(), changes.end()};
}

TEST(View, shows_the_speaker_large_four_small_and_hides_the_rest) {
  View v(Layout::speaker);
  for (int i = 0; i < 7; ++i) v.add("T" + std::to_string(i), "P" + std::to_string(i), false);
  v.set_speaker("P6");
  auto w = asked(v);

  EXPECT_EQ(w.at("T6"), (Wish{true, 1280, 720}));
  EXPECT_EQ(w.at("T3"), (Wish{true, 320, 180}));
  EXPECT_FALSE(w.at("T4").shown);
  v.set_speaker("P5");
  w = asked(v);
  EXPECT_EQ(w.size(), 2u);  // only what changed
  EXPECT_EQ(w.at("T5"), (Wish{true, 1280, 720}));
  EXPECT_FALSE(w.at("T6").shown);
}

TEST(View, a_tile_that_becomes_free_goes_to_the_next) {
  View v(Layout::grid_3x3);
  for (int i = 0; i < 10; ++i) v.add("T" + std::to_string(i), "P" + std::to_string(i), false);
  EXPECT_FALSE(asked(v).at("T9").shown);
  v.remove_participant("P2");

  const auto w = asked(v);
  EXPECT_EQ(w.size(), 1u);
  EXPECT_TRUE(w.at("T9").shown);
}

}  // namespace
}  // namespace plenum::load
