#include "egress/speaker_meter.h"

#include <gtest/gtest.h>

namespace plenum::egress {
namespace {

using Names = std::vector<std::string>;

class SpeakerMeterTest : public ::testing::Test {
 protected:
  void hear(int frames, float ann, float bob) {
    for (int i = 0; i < frames; ++i, now_ += 33ms) {
      meter_.add("ann", ann, now_);
      meter_.add("bob", bob, now_);
    }
  }
  SpeakerMeter meter_;
  TimePoint now_{100s};
};

TEST_F(SpeakerMeterTest, names_the_loudest_first_and_nobody_who_is_silent) {
  hear(30, 0.1f, 0.3f);
  EXPECT_EQ(meter_.speakers(now_), (Names{"bob", "ann"}));
  hear(30, 0.1f, 0.001f);

  EXPECT_EQ(meter_.speakers(now_), Names{"ann"});
}

TEST_F(SpeakerMeterTest, bridges_the_pause_between_words) {
  hear(30, 0.1f, 0);
  hear(12, 0.002f, 0);
  EXPECT_EQ(meter_.speakers(now_), Names{"ann"});
  hear(6, 0.002f, 0);

  EXPECT_EQ(meter_.speakers(now_), Names{});
}

TEST_F(SpeakerMeterTest, changes_the_order_only_for_who_is_clearly_louder) {
  hear(30, 0.1f, 0.09f);
  EXPECT_EQ(meter_.speakers(now_), (Names{"ann", "bob"}));
  hear(60, 0.1f, 0.11f);
  EXPECT_EQ(meter_.speakers(now_), (Names{"ann", "bob"}));
  hear(60, 0.1f, 0.3f);

  EXPECT_EQ(meter_.speakers(now_), (Names{"bob", "ann"}));
}

}  // namespace
}  // namespace plenum::egress
