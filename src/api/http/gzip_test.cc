#include "api/http/gzip.h"

#include <gtest/gtest.h>

namespace plenum::http {
namespace {

TEST(Gzip, is_taken_by_who_names_it) {
  for (const char* field :
       {"gzip", "gzip, deflate, br, zstd", "br;q=1.0, GZIP ; q=0.5", "gzip;q=1"})
    EXPECT_TRUE(accepts_gzip(field)) << field;
  for (const char* field :
       {"", "*", "identity", "xgzip", "gzip;q=0", "br, gzip; q=0.000", ",;,", "gz\0ip"})
    EXPECT_FALSE(accepts_gzip(field)) << field;
}

TEST(Gzip, makes_text_smaller_and_begins_as_the_format_says) {
  const std::string packed = gzip(std::string(10000, 'a'));

  EXPECT_LT(packed.size(), 100u);
  EXPECT_EQ(packed.substr(0, 3), "\x1f\x8b\x08");
  EXPECT_GT(gzip("").size(), 0u);
}

}  // namespace
}  // namespace plenum::http
