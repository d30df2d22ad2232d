#include "control/egress_cost.h"

#include <gtest/gtest.h>

namespace plenum::control {
namespace {

EgressJob of_size(std::uint32_t width, std::uint32_t height) {
  EgressJob job;
  job.width = width;
  job.height = height;
  return job;
}

TEST(EgressCost, grows_with_the_canvas_and_the_voices) {
  EXPECT_NEAR(predicted_cores(of_size(1280, 720), 9), 0.43, 0.03);
  EXPECT_NEAR(predicted_cores(of_size(1920, 1080), 9), 0.90, 0.05);
  EXPECT_LT(predicted_cores(of_size(0, 0), 25), 0.1);
}

TEST(EgressCost, of_a_copy_is_small_whatever_it_copies) {
  EgressJob job = of_size(1920, 1080);
  job.copy.emplace();

  EXPECT_LE(predicted_cores(job, 25), 0.02);
}

TEST(EgressCost, is_measured_once_there_is_enough_to_measure) {
  MeasuredCores measured;
  const TimePoint start{};
  for (int s = 0; s <= 29; ++s) measured.add(s * 500ms, start + s * 1s);
  EXPECT_EQ(measured.cores(), 0);
  measured.add(15s, start + 30s);
  EXPECT_DOUBLE_EQ(measured.cores(), 0.5);
  measured.add(15s + 30s, start + 60s);
  EXPECT_DOUBLE_EQ(measured.cores(), 0.75);
  measured.add(1s, start + 61s);  // another worker has taken over
  EXPECT_DOUBLE_EQ(measured.cores(), 0.75);
}

}  // namespace
}  // namespace plenum::control
