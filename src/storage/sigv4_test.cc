#include "storage/sigv4.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace plenum::storage {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

/// The examples of Amazon's S3 reference ("Signature Calculations for the Authorization Header",
/// "Authenticating Requests: Using Query Parameters").
const Credentials kExample{.access_key = "AKIAIOSFODNN7EXAMPLE",
                           .secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
const SigningScope kS3{.region = "us-east-1"};
constexpr std::int64_t kMay24 = 1369353600;  // 2013-05-24 00:00:00 UTC

std::string signature(const std::vector<std::string>& headers) {
  const std::string& line = headers.back();
  return line.substr(line.find("Signature=") + 10);
}

/// With the headers that each of the examples has.
Signable of_example(std::string method, std::string path, std::string_view body = "") {
  Signable s{.method = std::move(method), .path = std::move(path)};
  s.payload_hash = sha256_hex(body);
  s.headers = {{"Host", "examplebucket.s3.amazonaws.com"},
               {"x-amz-content-sha256", s.payload_hash}};
  return s;
}

TEST(SigV4, signs_a_get_with_a_range) {
  Signable get = of_example("GET", "/test.txt");
  get.headers.emplace_back("Range", "bytes=0-9");
  const auto headers = signed_headers(get, kExample, kS3, kMay24);

  EXPECT_THAT(headers,
              ElementsAre("X-Amz-Date: 20130524T000000Z",
                          HasSubstr("Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
                                    "aws4_request, SignedHeaders=host;range;"
                                    "x-amz-content-sha256;x-amz-date, ")));
  EXPECT_EQ(signature(headers), "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(SigV4, signs_a_put_whose_key_needs_encoding) {
  Signable put = of_example("PUT", "/test$file.text", "Welcome to Amazon S3.");
  put.headers.emplace_back("Date", "Fri, 24 May 2013 00:00:00 GMT");
  put.headers.emplace_back("x-amz-storage-class", "REDUCED_REDUNDANCY");

  EXPECT_EQ(signature(signed_headers(put, kExample, kS3, kMay24)),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(SigV4, signs_a_query_without_value_and_an_unsorted_one) {
  Signable lifecycle = of_example("GET", "/");
  lifecycle.query = {{"lifecycle", ""}};
  Signable list = of_example("GET", "/");
  list.query = {{"prefix", "J"}, {"max-keys", "2"}};

  EXPECT_EQ(signature(signed_headers(lifecycle, kExample, kS3, kMay24)),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  EXPECT_EQ(signature(signed_headers(list, kExample, kS3, kMay24)),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(SigV4, signs_a_url_for_a_day) {
  Signable get{.path = "/test.txt", .headers = {{"Host", "examplebucket.s3.amazonaws.com"}}};

  EXPECT_THAT(presigned_query(get, kExample, kS3, kMay24, 86'400),
              testing::AllOf(
                  HasSubstr("X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2F"
                            "aws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&"
                            "X-Amz-SignedHeaders=host"),
                  EndsWith("&X-Amz-Signature="
                           "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")));
}

/// Of Amazon's suite of test vectors for version 4 ("aws-sig-v4-test-suite").
struct SuiteCase {
  const char* method;
  Pairs query;
  Pairs headers;
  const char* signature;
};

TEST(SigV4, agrees_with_the_suite_of_test_vectors) {
  const Credentials suite{.access_key = "AKIDEXAMPLE",
                          .secret_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
  const SuiteCase cases[] = {
      {"GET", {}, {}, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"POST", {}, {}, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"GET",
       {{"Param2", "value2"}, {"Param1", "value1"}},
       {},
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"POST",
       {},
       {{"My-Header1", "VALUE1"}},
       "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"},
      {"GET",
       {},
       {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
       "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
  };
  for (const SuiteCase& c : cases) {
    Signable request{.method = c.method, .query = c.query, .payload_hash = sha256_hex("")};
    request.headers = {{"Host", "example.amazonaws.com"}};
    request.headers.insert(request.headers.end(), c.headers.begin(), c.headers.end());

    EXPECT_EQ(signature(signed_headers(request, suite,
                                       {.region = "us-east-1", .service = "service"}, 1440938160)),
              c.signature)
        << c.method;
  }
}

TEST(SigV4, sends_and_signs_the_token_of_temporary_credentials) {
  Credentials temporary = kExample;
  temporary.session_token = "a/token==";
  const auto headers = signed_headers(of_example("GET", "/"), temporary, kS3, kMay24);

  EXPECT_EQ(std::ranges::count(headers, "X-Amz-Security-Token: a/token=="), 1);
  EXPECT_THAT(headers.back(), HasSubstr("x-amz-date;x-amz-security-token,"));
  EXPECT_THAT(presigned_query(of_example("GET", "/"), temporary, kS3, kMay24, 60),
              HasSubstr("&X-Amz-Security-Token=a%2Ftoken%3D%3D&"));
}

}  // namespace
}  // namespace plenum::storage
