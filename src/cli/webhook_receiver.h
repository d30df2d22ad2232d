#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "api/http/jwt.h"
#include "api/http/request.h"

namespace plenum::cli {

/// What one webhook was, for a line on the terminal.
struct ReceivedWebhook {
  bool verified = false;
  /// Without line ends and control characters, whatever came.
  std::string line;
};

/// Checks webhooks as an app server should: the family by its header field, the signature over the
/// raw body.
struct WebhookReceiver {
  /// LiveKit's family.
  http::SecretLookup secret_of;
  /// VideoSDK's family: the server's RSA key in PEM; nullopt when it is not to be had.
  std::function<std::optional<std::string>()> public_key;

  /// `now`: Unix seconds.
  ReceivedWebhook receive(const http::Request& request, std::int64_t now) const;
};

}  // namespace plenum::cli
