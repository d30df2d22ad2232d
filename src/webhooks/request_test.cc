#include "webhooks/request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plenum::webhooks {
namespace {

using testing::Contains;
using testing::Not;
using testing::StartsWith;

const store::SigningKey& some_key() {
  static const store::SigningKey key = make_signing_key(1);
  return key;
}

store::Delivery some_delivery(store::Family family) {
  store::Delivery d;
  d.target = {.endpoint = "https://app.example/hooks", .family = family};
  d.attempts = 2;
  d.event.event_id = "e1";
  d.event.api_key = "key";
  for (const char c : std::string_view("{}")) d.event.body.push_back(static_cast<std::byte>(c));
  return d;
}

Result<Request, std::string> request_of(const store::Delivery& delivery) {
  const RsaSigner rsa(some_key().private_pem);
  const SecretLookup secret_of = [](std::string_view key) {
    return key == "key" ? std::optional<std::string>("secret") : std::nullopt;
  };
  return make_request(delivery, {.rsa = rsa, .kid = "k1", .secret_of = secret_of}, 1000);
}

TEST(WebhookRequest, videosdks_carries_an_rsa_signature_of_the_body) {
  const auto made = request_of(some_delivery(store::Family::videosdk));

  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->body, "{}");
  EXPECT_EQ(made->url, "https://app.example/hooks");
  EXPECT_THAT(made->headers, Contains("Content-Type: application/json"));
  EXPECT_THAT(made->headers, Contains("videosdk-signature-key: k1"));
  EXPECT_THAT(made->headers, Contains(StartsWith("videosdk-signature: ")));
  EXPECT_THAT(made->headers, Contains("plenum-event-id: e1"));
  EXPECT_THAT(made->headers, Contains("plenum-delivery-attempt: 3"));
}

TEST(WebhookRequest, livekits_carries_a_bare_token) {
  const auto made = request_of(some_delivery(store::Family::livekit));

  ASSERT_TRUE(made.ok());
  EXPECT_THAT(made->headers, Contains("Content-Type: application/webhook+json"));
  EXPECT_THAT(made->headers, Contains("User-Agent: LiveKit"));
  EXPECT_THAT(made->headers, Contains(StartsWith("Authorization: ey")));
  EXPECT_THAT(made->headers, Not(Contains(StartsWith("videosdk-signature"))));
}

TEST(WebhookRequest, an_id_never_ends_its_header_line) {
  store::Delivery d = some_delivery(store::Family::videosdk);
  d.event.event_id = "e\r\nEvil: 1";
  const auto made = request_of(d);

  ASSERT_TRUE(made.ok());
  EXPECT_THAT(made->headers, Contains("plenum-event-id: eEvil: 1"));
}

TEST(WebhookRequest, without_a_secret_there_is_no_livekit_webhook) {
  store::Delivery d = some_delivery(store::Family::livekit);
  d.event.api_key = "unknown";
  EXPECT_FALSE(request_of(d).ok());
}

}  // namespace
}  // namespace plenum::webhooks
