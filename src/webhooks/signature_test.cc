#include "webhooks/signature.h"

#include <gtest/gtest.h>

#include "api/http/jwt.h"
#include "base/crypto.h"
#include "store/migrations.h"
#include "store/sqlite_database.h"

namespace plenum::webhooks {
namespace {

Bytes bytes(std::string_view text) { return std::as_bytes(std::span(text)); }
constexpr std::int64_t kNow = 1'800'000'000;

const store::SigningKey& some_key() {
  static const store::SigningKey key = make_signing_key(1);
  return key;
}

TEST(WebhookSignature, rsa_holds_for_exactly_this_body_and_key) {
  const std::string signature = RsaSigner(some_key().private_pem).sign(bytes("{\"a\":1}"));
  const std::string other = make_signing_key(2).public_pem;

  EXPECT_EQ(signature.size(), 344u);  // 2048 bits in base64
  EXPECT_TRUE(verify_rsa(some_key().public_pem, bytes("{\"a\":1}"), signature));
  EXPECT_FALSE(verify_rsa(some_key().public_pem, bytes("{\"a\":1} "), signature));
  EXPECT_FALSE(verify_rsa(other, bytes("{\"a\":1}"), signature));
}

TEST(WebhookSignature, what_is_malformed_verifies_as_false) {
  EXPECT_FALSE(verify_rsa(some_key().public_pem, bytes("x"), ""));
  EXPECT_FALSE(verify_rsa(some_key().public_pem, bytes("x"), "%%%"));
  EXPECT_FALSE(verify_rsa("no pem", bytes("x"), "AAAA"));
  EXPECT_FALSE(verify_rsa("", bytes("x"), "AAAA"));
}

TEST(WebhookSignature, a_key_that_is_none_is_an_error_at_once) {
  EXPECT_THROW(RsaSigner("no pem"), std::runtime_error);
  EXPECT_THROW(RsaSigner(some_key().public_pem), std::runtime_error);
}

TEST(WebhookSignature, the_first_start_makes_a_key_and_later_ones_keep_it) {
  const auto db = store::open_sqlite(":memory:");
  store::migrate(*db);

  const store::SigningKey first = ensure_signing_key(*db, 5);
  EXPECT_TRUE(first.active);
  EXPECT_EQ(ensure_signing_key(*db, 9), first);
  EXPECT_EQ(store::list_signing_keys(*db).size(), 1u);
}

TEST(WebhookSignature, livekits_token_names_the_hash_and_lives_five_minutes) {
  const std::string token = livekit_token("key", "secret", bytes("body"), kNow);
  const auto secret_of = [](std::string_view issuer) {
    return issuer == "key" ? std::optional<std::string>("secret") : std::nullopt;
  };
  const auto claims = http::verify_jwt(token, secret_of, kNow);

  ASSERT_TRUE(claims.ok());
  EXPECT_EQ(claims->at("sha256").as_string(), crypto::base64(crypto::sha256(bytes("body"))));
  EXPECT_EQ(claims->at("exp").as_int64(), kNow + 300);
  EXPECT_EQ(http::verify_jwt(token, secret_of, kNow + 500).error(), http::JwtError::expired);
}

}  // namespace
}  // namespace plenum::webhooks
