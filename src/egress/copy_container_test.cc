#include "egress/copy_container.h"

#include <gtest/gtest.h>

namespace plenum::egress {
namespace {

using codec::Codec;

TEST(CopyContainer, follows_the_codec_unless_it_is_asked_for) {
  EXPECT_EQ(*container_for("", std::nullopt), Container::ogg);
  EXPECT_EQ(*container_for("", Codec::vp8), Container::webm);
  EXPECT_EQ(*container_for("", Codec::av1), Container::webm);
  EXPECT_EQ(*container_for("", Codec::h264), Container::mp4);
  EXPECT_EQ(*container_for("WebM", std::nullopt), Container::webm);
  EXPECT_EQ(*container_for("mp4", std::nullopt), Container::mp4);
  EXPECT_EQ(*container_for("mp4", Codec::vp9), Container::mp4);
}

TEST(CopyContainer, what_a_container_cannot_hold_is_an_error_that_says_what_can) {
  EXPECT_EQ(container_for("mp4", Codec::vp8).error(),
            "video/VP8 cannot be written to mp4 without encoding it again; webm takes it");
  EXPECT_FALSE(container_for("webm", Codec::h264));
  EXPECT_FALSE(container_for("ogg", Codec::vp8));
  EXPECT_FALSE(container_for("avi", Codec::vp8));
}

}  // namespace
}  // namespace plenum::egress
