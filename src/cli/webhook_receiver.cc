#include "cli/webhook_receiver.h"

#include <fmt/format.h>

#include <span>

#include "base/crypto.h"
#include "cli/json_fields.h"
#include "cli/table.h"
#include "webhooks/signature.h"

namespace plenum::cli {
namespace {

constexpr std::size_t kMaxShown = 200;

std::string shown(std::string_view text) {
  return text.empty() ? "-" : printable(text.substr(0, kMaxShown));
}

Bytes bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

/// Why the signature does not hold; empty when it does.
std::string rsa_fault(const WebhookReceiver& receiver, const http::Request& request) {
  const auto key = receiver.public_key();
  if (!key) return "there is no public key to check it with";
  const bool good =
      webhooks::verify_rsa(*key, bytes_of(request.body), request.header("videosdk-signature"));
  return good ? "" : "the signature does not hold";
}

std::string token_fault(const WebhookReceiver& receiver, const http::Request& request,
                        std::int64_t now) {
  const auto claims = http::verify_jwt(request.header("Authorization"), receiver.secret_of, now);
  if (!claims.ok()) return std::string(http::text(claims.error()));
  const std::string hash = crypto::base64(crypto::sha256(bytes_of(request.body)));
  return text_of(*claims, "sha256") == hash ? "" : "the hash is not the body's";
}

}  // namespace

ReceivedWebhook WebhookReceiver::receive(const http::Request& request, std::int64_t now) const {
  const bool videosdk = request.headers.contains("videosdk-signature");
  const bool livekit = !videosdk && request.headers.contains("Authorization");
  std::string fault = "there is no signature";
  if (videosdk) fault = rsa_fault(*this, request);
  if (livekit) fault = token_fault(*this, request, now);
  const auto body = parse_object(request.body).value_or(boost::json::object());
  const std::string type = text_of(body, videosdk ? "webhookType" : "event");
  const std::string_view family = videosdk ? "videosdk" : livekit ? "livekit" : "unsigned";
  ReceivedWebhook received{.verified = fault.empty(), .line = {}};
  received.line =
      fmt::format("{} {} {} id={} attempt={} {}", received.verified ? "verified" : "REFUSED",
                  family, shown(type), shown(request.header("plenum-event-id")),
                  shown(request.header("plenum-delivery-attempt")),
                  received.verified ? shown(request.body) : fault);
  return received;
}

}  // namespace plenum::cli
