#include "webhooks/request.h"

#include <fmt/format.h>

namespace plenum::webhooks {
namespace {

/// A field value never ends its line, whatever an id holds.
std::string field(std::string_view name, std::string_view value) {
  std::string line = fmt::format("{}: {}", name, value);
  std::erase_if(line, [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
  return line;
}

}  // namespace

Result<Request, std::string> make_request(const store::Delivery& delivery, const Signing& signing,
                                          std::int64_t now) {
  const store::Blob& body = delivery.event.body;
  Request r{.url = delivery.target.endpoint, .headers = {}, .body = {}};
  r.body.assign(reinterpret_cast<const char*>(body.data()), body.size());
  r.headers = {field("plenum-event-id", delivery.event.event_id),
               field("plenum-delivery-attempt", std::to_string(delivery.attempts + 1))};
  if (delivery.target.family == store::Family::livekit) {
    const auto secret = signing.secret_of(delivery.event.api_key);
    if (!secret) return Err{std::string("there is no secret for the API key to sign with")};
    r.headers.emplace_back("Content-Type: application/webhook+json");
    r.headers.emplace_back("User-Agent: LiveKit");
    // Without "Bearer": LiveKit's receivers take the field for the token.
    r.headers.push_back(
        field("Authorization", livekit_token(delivery.event.api_key, *secret, body, now)));
  } else {
    r.headers.emplace_back("Content-Type: application/json");
    r.headers.emplace_back("User-Agent: Plenum");
    r.headers.push_back(field("videosdk-signature", signing.rsa.sign(body)));
    r.headers.push_back(field("videosdk-signature-key", signing.kid));
  }
  return r;
}

}  // namespace plenum::webhooks
