#include "cli/webhook_receiver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>

#include "webhooks/signature.h"

namespace plenum::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
constexpr std::int64_t kNow = 1'800'000'000;

Bytes bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

const store::SigningKey& some_key() {
  static const store::SigningKey key = webhooks::make_signing_key(1);
  return key;
}

WebhookReceiver receiver() {
  return {.secret_of =
              [](std::string_view key) {
                return key == "key" ? std::optional<std::string>("secret") : std::nullopt;
              },
          .public_key = [] { return some_key().public_pem; }};
}

http::Request request(std::string body) {
  http::Request r;
  r.body = std::move(body);
  return r;
}

TEST(WebhookTail, prints_a_verified_event_of_each_family) {
  auto videosdk = request(R"({"webhookType":"session-started"})");
  videosdk.headers.add("videosdk-signature",
                       webhooks::RsaSigner(some_key().private_pem).sign(bytes(videosdk.body)));
  videosdk.headers.add("plenum-event-id", "e1");
  auto livekit = request(R"({"event":"room_started"})");
  livekit.headers.add("Authorization",
                      webhooks::livekit_token("key", "secret", bytes(livekit.body), kNow));

  const auto first = receiver().receive(videosdk, kNow), second = receiver().receive(livekit, kNow);
  EXPECT_TRUE(first.verified);
  EXPECT_THAT(first.line, StartsWith("verified videosdk session-started id=e1"));
  EXPECT_TRUE(second.verified);
  EXPECT_THAT(second.line, StartsWith("verified livekit room_started"));
}

TEST(WebhookTail, refuses_a_changed_body_an_old_token_and_no_signature) {
  auto videosdk = request("{}");
  videosdk.headers.add("videosdk-signature",
                       webhooks::RsaSigner(some_key().private_pem).sign(bytes("{ }")));
  auto livekit = request("{}");
  livekit.headers.add("Authorization",
                      webhooks::livekit_token("key", "secret", bytes("{ }"), kNow));

  EXPECT_FALSE(receiver().receive(videosdk, kNow).verified);
  EXPECT_THAT(receiver().receive(livekit, kNow).line, HasSubstr("not the body's"));
  EXPECT_THAT(receiver().receive(livekit, kNow + 1000).line, HasSubstr("expired"));
  EXPECT_THAT(receiver().receive(request("{}"), kNow).line, HasSubstr("no signature"));
}

TEST(WebhookTail, without_the_public_key_it_cannot_verify) {
  WebhookReceiver r = receiver();
  r.public_key = [] { return std::nullopt; };
  auto webhook = request("{}");
  webhook.headers.add("videosdk-signature", "AAAA");

  EXPECT_THAT(r.receive(webhook, kNow).line, HasSubstr("no public key"));
}

TEST(WebhookTail, nothing_that_came_reaches_the_terminal_as_control_characters) {
  auto webhook = request(R"({"event":"\u001b[2Jx\n"})");
  webhook.headers.add("plenum-event-id", "\x1b[1m");

  for (const char c : receiver().receive(webhook, kNow).line) EXPECT_FALSE(c >= 0 && c < ' ');
}

}  // namespace
}  // namespace plenum::cli
