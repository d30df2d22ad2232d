#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/outbox.h"
#include "webhooks/signature.h"

namespace plenum::webhooks {

/// One POST, as it goes on the wire.
struct Request {
  std::string url;
  /// "Name: value".
  std::vector<std::string> headers;
  std::string body;
};

/// The secret of an API key; nullopt when it is unknown or disabled. Called on the sender's thread.
using SecretLookup = std::function<std::optional<std::string>(std::string_view api_key)>;

/// What signs. `kid` names the RSA key to receivers.
struct Signing {
  const RsaSigner& rsa;
  std::string_view kid;
  const SecretLookup& secret_of;
};

/// The body as it lies in the outbox, byte for byte, with the family's signature over it. The error
/// says in a few words why there is none. `now`: Unix seconds.
Result<Request, std::string> make_request(const store::Delivery& delivery, const Signing& signing,
                                          std::int64_t now);

}  // namespace plenum::webhooks
