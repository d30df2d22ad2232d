#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "store/database.h"
#include "store/signing_keys.h"

struct evp_pkey_st;

/// How a receiver knows that a webhook is ours. VideoSDK's family: RSA over the body. LiveKit's: a
/// token of the tenant's own key that names the body's hash.
namespace plenum::webhooks {

/// Signs with one private RSA key: PKCS #1 v1.5 with SHA-256 (RFC 8017 8.2).
class RsaSigner {
 public:
  /// Throws std::runtime_error when it is not an RSA private key in PEM.
  explicit RsaSigner(const std::string& private_pem);
  /// In standard base64.
  std::string sign(Bytes body) const;

 private:
  std::shared_ptr<evp_pkey_st> key_;  // shared by copies; never changed
};

/// Was `signature` (base64) made over `body` by the owner of the public key? false for whatever is
/// malformed.
bool verify_rsa(const std::string& public_pem, Bytes body, std::string_view signature);

/// A new RSA key of 2048 bits, active. Takes some tenths of a second.
store::SigningKey make_signing_key(std::int64_t now_ms);
/// The active key; makes one if there is none, as at the first start.
store::SigningKey ensure_signing_key(store::Database& db, std::int64_t now_ms);

/// The Authorization field of a LiveKit webhook: HS256, five minutes from now on, `sha256` = base64
/// of the body's hash. `now`: Unix seconds.
std::string livekit_token(std::string_view api_key, std::string_view secret, Bytes body,
                          std::int64_t now);

}  // namespace plenum::webhooks
