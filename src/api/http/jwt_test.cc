#include "api/http/jwt.h"

#include <gtest/gtest.h>

#include <random>

#include "api/http/key_store.h"
#include "base/bytes.h"
#include "base/crypto.h"

namespace plenum::http {
namespace {

constexpr std::int64_t kNow = 1'700'000'000;
constexpr std::string_view kSecret = "a secret of at least thirty-two bytes";

std::optional<std::string> lookup(std::string_view issuer) {
  return issuer == "key" ? std::optional<std::string>(kSecret) : std::nullopt;
}

std::string encode(std::string_view text) { return crypto::base64url(as_bytes(text)); }

/// A token with these exact JSON texts and a correct signature.
std::string signed_token(std::string_view header, std::string_view claims,
                         std::string_view secret = kSecret) {
  const std::string input = encode(header) + "." + encode(claims);
  return input + "." + crypto::base64url(crypto::hmac_sha256(as_bytes(secret), as_bytes(input)));
}
constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";
constexpr std::string_view kClaims = R"({"iss":"key","exp":1700000100})";

std::optional<JwtError> error_of(std::string_view token, std::int64_t now = kNow) {
  const auto verified = verify_jwt(token, lookup, now);
  return verified ? std::nullopt : std::optional(verified.error());
}
std::optional<JwtError> claims_error(std::string_view claims) {
  return error_of(signed_token(kHeader, claims));
}
std::optional<JwtError> header_error(std::string_view header) {
  return error_of(signed_token(header, kClaims));
}

TEST(Jwt, verifies_the_example_of_rfc_7515_appendix_a1) {
  const std::string_view token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
      "fQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const auto key = crypto::base64url_decode(
      "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  const auto secret_of = [&](std::string_view issuer) -> std::optional<std::string> {
    if (issuer != "joe") return std::nullopt;
    return std::string(as_text(*key));
  };

  const auto claims = verify_jwt(token, secret_of, 1300819300);
  ASSERT_TRUE(claims);
  EXPECT_TRUE(claims->at("http://example.com/is_root").as_bool());
  EXPECT_EQ(verify_jwt(token, secret_of, 1300819441).error(), JwtError::expired);
}

TEST(Jwt, verifies_what_it_signed) {
  const std::string token = sign_jwt({{"iss", "key"}, {"exp", kNow + 10}, {"sub", "ann"}}, kSecret);
  const auto claims = verify_jwt(token, lookup, kNow);
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->at("sub").as_string(), "ann");
}

TEST(Jwt, refuses_every_algorithm_but_hs256) {
  for (const std::string_view header :
       {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":""})", R"({"alg":"HS384"})",
        R"({"alg":"RS256"})", R"({"alg":"ES256"})", R"({"alg":"hs256"})", R"({"typ":"JWT"})",
        R"({"alg":["HS256"]})", R"({"alg":null})", R"({"alg":"HS256\u0000"})",
        R"({"alg":"HS256","crit":["x"],"x":1})"})
    EXPECT_EQ(header_error(header), JwtError::bad_algorithm) << header;
  EXPECT_EQ(error_of(encode(R"({"alg":"none"})") + "." + encode(kClaims) + "."),
            JwtError::bad_algorithm);
}

TEST(Jwt, ignores_key_hints_in_the_header) {
  EXPECT_EQ(header_error(R"({"alg":"HS256","kid":"../../dev/null","jwk":{"kty":"oct","k":""}})"),
            std::nullopt);
}

TEST(Jwt, accepts_a_header_without_type) {
  EXPECT_EQ(header_error(R"({"alg":"HS256"})"), std::nullopt);
}

TEST(Jwt, refuses_duplicate_names_at_any_depth) {
  EXPECT_EQ(claims_error(R"({"iss":"key","exp":1700000100,"iss":"key"})"),
            JwtError::duplicate_claim);
  EXPECT_EQ(claims_error(R"({"iss":"key","exp":1700000100,"video":{"room":"a","ro\u006fm":"b"}})"),
            JwtError::duplicate_claim);
  EXPECT_EQ(claims_error(R"({"iss":"key","exp":1700000100,"a":{"x":1},"b":{"x":1}})"),
            std::nullopt);
  EXPECT_EQ(header_error(R"({"alg":"none","alg":"HS256"})"), JwtError::duplicate_claim);
}

TEST(Jwt, checks_times_with_a_minute_of_leeway) {
  const std::string token =
      signed_token(kHeader, R"({"iss":"key","exp":1700000100,"nbf":1700000000,"iat":1700000000})");
  EXPECT_EQ(error_of(token, 1700000160), std::nullopt);
  EXPECT_EQ(error_of(token, 1700000161), JwtError::expired);
  EXPECT_EQ(error_of(token, 1699999940), std::nullopt);
  EXPECT_EQ(error_of(token, 1699999939), JwtError::not_yet_valid);
  EXPECT_EQ(error_of(signed_token(kHeader, R"({"iss":"key","exp":1700000100,"iat":1700000061})")),
            JwtError::not_yet_valid);
}

TEST(Jwt, demands_an_expiry_that_is_a_number) {
  EXPECT_EQ(claims_error(R"({"iss":"key"})"), JwtError::no_expiry);
  EXPECT_EQ(claims_error(R"({"iss":"key","exp":"1700000100"})"), JwtError::malformed);
  EXPECT_EQ(claims_error(R"({"iss":"key","exp":null})"), JwtError::malformed);
  EXPECT_EQ(claims_error(R"({"iss":"key","exp":1700000100.5})"), std::nullopt);
  EXPECT_EQ(claims_error(R"({"iss":"key","exp":1e300})"), std::nullopt);
  EXPECT_EQ(claims_error(R"({"iss":"key","exp":-1e300})"), JwtError::expired);
}

TEST(Jwt, refuses_numbers_that_no_double_holds_in_any_claim) {
  EXPECT_EQ(claims_error(R"({"iss":"key","exp":1e999})"), JwtError::malformed);
  EXPECT_EQ(claims_error(R"({"iss":"key","exp":1700000100,"x":{"y":[-1e999]}})"),
            JwtError::malformed);
}

TEST(Jwt, refuses_unknown_issuers_and_wrong_secrets) {
  EXPECT_EQ(claims_error(R"({"iss":"other","exp":1700000100})"), JwtError::unknown_issuer);
  EXPECT_EQ(claims_error(R"({"exp":1700000100})"), JwtError::unknown_issuer);
  EXPECT_EQ(claims_error(R"({"iss":7,"exp":1700000100})"), JwtError::unknown_issuer);
  EXPECT_EQ(error_of(signed_token(kHeader, kClaims, "wrong")), JwtError::bad_signature);
  const auto empty = [](std::string_view) { return std::optional<std::string>(""); };
  EXPECT_EQ(verify_jwt(signed_token(kHeader, kClaims, ""), empty, kNow).error(),
            JwtError::unknown_issuer);
}

TEST(Jwt, refuses_wrong_parts_and_encodings) {
  const std::string token = signed_token(kHeader, kClaims);
  for (const std::string& bad :
       {std::string(), std::string("."), std::string(".."), std::string("a.b"), token + ".",
        token + "=", "." + token, token + " ", " " + token, token + "\n"})
    EXPECT_NE(error_of(bad), std::nullopt) << bad;
  EXPECT_EQ(header_error("[]"), JwtError::malformed);
  EXPECT_EQ(header_error(""), JwtError::malformed);
  EXPECT_EQ(claims_error(R"({"iss":"key","exp":1700000100} x)"), JwtError::malformed);
  EXPECT_EQ(claims_error(std::string(40, '[') + std::string(40, ']')), JwtError::malformed);
}

TEST(Jwt, refuses_another_spelling_of_the_same_signature) {
  std::string token = signed_token(kHeader, kClaims);  // 32 bytes leave two unused bits at the end
  token.back() = token.back() == 'A' ? 'B' : static_cast<char>(token.back() + 1);
  EXPECT_NE(error_of(token), std::nullopt);
}

TEST(Jwt, refuses_tokens_over_the_cap_unread) {
  const std::string claims =
      R"({"iss":"key","exp":1700000100,"pad":")" + std::string(kMaxJwtBytes, 'a') + R"("})";
  EXPECT_EQ(claims_error(claims), JwtError::too_long);
  EXPECT_EQ(error_of(std::string(1 << 20, 'a')), JwtError::too_long);
}

TEST(Jwt, refuses_truncation_at_every_length_and_any_changed_byte) {
  const std::string token = signed_token(kHeader, kClaims);
  for (std::size_t n = 0; n < token.size(); ++n)
    EXPECT_NE(error_of(std::string_view(token).substr(0, n)), std::nullopt);
  std::mt19937 random(7);
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = static_cast<char>(changed[i] ^ static_cast<char>(1 + random() % 127));
    EXPECT_NE(error_of(changed), std::nullopt) << i;
  }
}

TEST(KeyStore, finds_what_was_added) {
  KeyStore keys;
  EXPECT_EQ(keys.first_key(), std::nullopt);
  keys.add("b", "secret-b");
  keys.add("a", "secret-a");
  EXPECT_EQ(keys.secret("b"), "secret-b");
  EXPECT_EQ(keys.secret("c"), std::nullopt);
  EXPECT_EQ(keys.first_key(), "a");
}

TEST(KeyStore, refuses_what_was_revoked_or_is_off) {
  const std::string secret = "a secret of at least thirty-two bytes";
  KeyStore keys(KeyStore::Keys{
      {"key", {secret}}, {"off", {secret, false}}, {"late", {secret, true, kNow - 10}}});
  keys.replace({{"key", {secret}}, {"off", {secret, false}}, {"late", {secret, true, kNow - 10}}},
               {{"key", "t1"}});
  const auto outcome = [&](boost::json::object claims, const std::string& with) {
    claims["exp"] = kNow + 60;
    const auto read = keys.verify(sign_jwt(claims, with), kNow);
    return read ? std::optional<JwtError>() : read.error();
  };
  EXPECT_EQ(outcome({{"iss", "key"}, {"jti", "t2"}}, secret), std::nullopt);
  EXPECT_EQ(outcome({{"iss", "key"}, {"jti", "t1"}}, secret), JwtError::revoked);
  EXPECT_EQ(outcome({{"iss", "late"}, {"nbf", kNow - 11}}, secret), JwtError::revoked);
  EXPECT_EQ(outcome({{"iss", "late"}}, secret), JwtError::revoked);
  EXPECT_EQ(outcome({{"iss", "late"}, {"iat", kNow - 9}}, secret), std::nullopt);
  EXPECT_EQ(outcome({{"iss", "late"}, {"iat", kNow - 9.5}}, secret), std::nullopt);
  EXPECT_EQ(outcome({{"iss", "late"}, {"iat", -1e300}}, secret), JwtError::revoked);
  EXPECT_EQ(outcome({{"iss", "off"}}, secret), JwtError::key_disabled);
  // Who does not know the secret does not learn that the key is there.
  EXPECT_EQ(outcome({{"iss", "off"}}, "guess"), JwtError::bad_signature);
}

TEST(Jwt, takes_the_issuer_from_the_claim_the_rules_name_and_does_without_expiry_if_they_say_so) {
  const auto token = signed_token(kHeader, R"({"apikey":"key","nbf":1700000031})");
  const JwtRules rules{.issuer_claim = "apikey", .leeway_s = 30, .needs_expiry = false};

  EXPECT_EQ(error_of(token), JwtError::unknown_issuer);
  EXPECT_TRUE(verify_jwt(token, lookup, kNow + 1, rules).ok());
  EXPECT_EQ(verify_jwt(token, lookup, kNow, rules).error(), JwtError::not_yet_valid);
}

TEST(Jwt, may_be_issued_in_the_future_if_the_rules_say_so) {
  const auto token = signed_token(kHeader, R"({"iss":"key","exp":1800000000,"iat":1700003600.5})");
  JwtRules rules;
  EXPECT_EQ(verify_jwt(token, lookup, kNow, rules).error(), JwtError::not_yet_valid);
  rules.checks_issued_at = false;

  EXPECT_TRUE(verify_jwt(token, lookup, kNow, rules).ok());
}

}  // namespace
}  // namespace plenum::http
