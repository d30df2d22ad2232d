#include "storage/s3_client.h"

#include <gmock/gmock.h>

namespace plenum::storage {
namespace {

S3Settings settings() {
  return {.region = "eu-north-1",
          .bucket = "calls",
          .credentials = {.access_key = "AK", .secret_key = "hunter2"}};
}

TEST(S3Urls, name_the_bucket_in_the_host_or_in_the_path) {
  S3Settings s = settings();
  EXPECT_EQ(object_url(s, "a/b.mp4"), "https://calls.s3.eu-north-1.amazonaws.com/a/b.mp4");
  s.endpoint = "http://minio:9000";
  s.prefix = "rec";
  EXPECT_EQ(object_url(s, "a b+ü.mp4"), "http://calls.minio:9000/rec/a%20b%2B%C3%BC.mp4");
  s.path_style = true;
  EXPECT_EQ(object_url(s, "k"), "http://minio:9000/calls/rec/k");
  s.endpoint = "https://x.example:443/storage/v1/s3";

  EXPECT_EQ(object_url(s, "k"), "https://x.example/storage/v1/s3/calls/rec/k");
}

TEST(S3Urls, for_readers_carry_a_signature_and_no_secret) {
  const std::string url = signed_object_url(settings(), "a.mp4", 1'800'000'000, 600);

  EXPECT_THAT(url, testing::StartsWith("https://calls.s3.eu-north-1.amazonaws.com/a.mp4?"
                                       "X-Amz-Algorithm=AWS4-HMAC-SHA256&"));
  EXPECT_THAT(url, testing::HasSubstr("&X-Amz-Expires=600&"));
  EXPECT_THAT(url, testing::Not(testing::HasSubstr("hunter2")));
}

TEST(S3Keys, are_refused_when_they_could_lead_elsewhere) {
  S3Settings s = settings();
  for (const char* key : {"", "/a", "a/", "a//b", "../a", "a/..", "a/./b", "a\nb", "a\x7f"})
    EXPECT_NE(key_fault(s, key), std::nullopt) << key;
  EXPECT_NE(key_fault(s, std::string(1025, 'a')), std::nullopt);
  for (const char* key : {"a", "a/b.mp4", "ü x", "a..b", "..."})
    EXPECT_EQ(key_fault(s, key), std::nullopt) << key;
  s.prefix = "..";

  EXPECT_NE(key_fault(s, "a"), std::nullopt);
}

}  // namespace
}  // namespace plenum::storage
