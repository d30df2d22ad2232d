// JSON Web Tokens (RFC 7519) signed with HMAC-SHA-256 (RFC 7515, 7518 3.2), and nothing else: no
// other algorithm is ever looked at, so there is none to be confused with.
#pragma once
#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plenum::http {

enum class JwtError : std::uint8_t {
  too_long,
  malformed,        // parts, base64url, JSON, types of registered claims
  duplicate_claim,  // RFC 7519 section 4 leaves it open; we refuse
  bad_algorithm,    // alg is not exactly HS256, or a crit header
  unknown_issuer,
  bad_signature,
  no_expiry,
  expired,
  not_yet_valid,  // nbf or iat in the future
  revoked,        // this token, or all that the key issued before some time
  key_disabled,
};
/// A few words for an error body, e.g. "token is expired".
std::string_view text(JwtError error);

/// Largest token looked at.
inline constexpr std::size_t kMaxJwtBytes = 16 * 1024;
/// Clocks of token makers may differ from ours by so much.
inline constexpr std::int64_t kJwtLeewaySeconds = 60;

/// The secret of an issuer; nullopt when it is unknown.
using SecretLookup = std::function<std::optional<std::string>(std::string_view issuer)>;

/// In what the families of tokens differ.
struct JwtRules {
  /// The claim that names whose secret signed.
  std::string_view issuer_claim = "iss";
  std::int64_t leeway_s = kJwtLeewaySeconds;
  bool needs_expiry = true;
  /// Whether a token from the future is refused.
  bool checks_issued_at = true;
};

/// The claims of a valid token. `now` is Unix time in seconds.
Result<boost::json::object, JwtError> verify_jwt(std::string_view token,
                                                 const SecretLookup& secret_of, std::int64_t now,
                                                 const JwtRules& rules = {});
/// What a token claims, whoever wrote it: to choose the rules for it or to word a refusal, never to
/// allow anything.
std::optional<boost::json::object> unverified_claims(std::string_view token);
std::string sign_jwt(const boost::json::object& claims, std::string_view secret);

}  // namespace plenum::http
