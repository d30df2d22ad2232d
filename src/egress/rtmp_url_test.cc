#include "egress/rtmp_url.h"

#include <gtest/gtest.h>

namespace plenum::egress {
namespace {

RtmpUrlError error_of(std::string_view text) {
  const auto url = parse_rtmp_url(text);
  EXPECT_FALSE(url) << text;
  return url ? RtmpUrlError{} : url.error();
}

TEST(RtmpUrl, shows_people_of_the_key_its_last_two_characters) {
  const auto url =
      parse_rtmp_url("RTMPS://a.rtmp.youtube.com:443/live2/abcd-efgh-ijkl?token=secret");

  ASSERT_TRUE(url);
  EXPECT_EQ(url->secret, "rtmps://a.rtmp.youtube.com:443/live2/abcd-efgh-ijkl?token=secret");
  EXPECT_EQ(url->masked, "rtmps://a.rtmp.youtube.com:443/live2/***kl");
}

TEST(RtmpUrl, hides_users_short_keys_and_keys_of_several_parts) {
  EXPECT_EQ(parse_rtmp_url("rtmp://ann:pass@[::1]:1935/live/x")->masked,
            "rtmp://[::1]:1935/live/***");
  EXPECT_EQ(parse_rtmp_url("rtmp://h/app/instance/key12")->masked, "rtmp://h/app/***12");
}

TEST(RtmpUrl, takes_no_other_scheme) {
  for (const auto* text : {"http://h/a/k", "file:///etc/passwd", "rtmpe://h/a/k", "/a/k", "",
                           "rtmp:h/a/k", "concat:rtmp://h/a/k"})
    EXPECT_EQ(error_of(text), RtmpUrlError::bad_scheme) << text;
}

TEST(RtmpUrl, takes_nothing_that_a_library_reads_as_options) {
  EXPECT_EQ(error_of("rtmp://h/a/k live=1"), RtmpUrlError::bad_character);
  EXPECT_EQ(error_of("rtmp://h/a/k\nx"), RtmpUrlError::bad_character);
  EXPECT_EQ(error_of(std::string_view("rtmp://h/a/k\0", 13)), RtmpUrlError::bad_character);
  EXPECT_EQ(error_of("rtmp://h/a/k#x"), RtmpUrlError::bad_character);
  EXPECT_EQ(error_of("rtmp://h?listen=1/a/k"), RtmpUrlError::bad_path);
  EXPECT_EQ(error_of("rtmp://h:1935,x/a/k"), RtmpUrlError::bad_host);
}

TEST(RtmpUrl, wants_a_host_an_application_and_a_key) {
  for (const auto* text : {"rtmp:///a/k", "rtmp://u@/a/k", "rtmp://h:0/a/k", "rtmp://h:99999/a/k",
                           "rtmp://[::1/a/k", "rtmp://h:/a/k"})
    EXPECT_EQ(error_of(text), RtmpUrlError::bad_host) << text;
  for (const auto* text : {"rtmp://h", "rtmp://h/", "rtmp://h/live", "rtmp://h/live/",
                           "rtmp://h//k", "rtmp://h/live?a=/k"})
    EXPECT_EQ(error_of(text), RtmpUrlError::bad_path) << text;
  EXPECT_EQ(error_of("rtmp://h/a/" + std::string(2048, 'k')), RtmpUrlError::too_long);
}

}  // namespace
}  // namespace plenum::egress
