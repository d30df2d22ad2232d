#include "load/histogram.h"

#include <gtest/gtest.h>

namespace plenum::load {
namespace {

TEST(Histogram, gives_percentiles_within_three_percent_over_six_decades) {
  Histogram h;
  for (std::uint64_t v = 1; v <= 1'000'000; v += 7) h.add(v);

  for (const double share : {0.01, 0.5, 0.95, 0.999}) {
    const auto q = static_cast<double>(h.quantile(share).value());
    EXPECT_NEAR(q, share * 1e6, share * 1e6 * 0.035) << share;
  }
  EXPECT_EQ(h.quantile(1), h.max());
}

TEST(Histogram, takes_the_smallest_and_the_largest_values) {
  Histogram h;
  EXPECT_FALSE(h.quantile(0.5));
  h.add(0);
  h.add(UINT64_MAX);

  EXPECT_EQ(h.quantile(0.5), 0u);
  EXPECT_EQ(h.count(), 2u);
  EXPECT_GT(h.quantile(1).value(), std::uint64_t{1} << 39);
}

TEST(Histogram, merges) {
  Histogram a, b;
  a.add(10);
  b.add(20);
  b.add(30);
  a.merge(b);

  EXPECT_EQ(a.count(), 3u);
  EXPECT_EQ(a.quantile(0.5), 20u);
  EXPECT_EQ(a.max(), 30u);
  EXPECT_DOUBLE_EQ(a.mean(), 20);
}

}  // namespace
}  // namespace plenum::load
