#include "api/http/jwt.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <set>
#include <vector>

#include "base/bytes.h"
#include "base/crypto.h"

namespace plenum::http {
namespace {

namespace json = boost::json;

/// Deepest nesting of a claim set worth reading; roomConfig needs about ten.
constexpr std::size_t kMaxJsonDepth = 32;

/// SAX handler that stops at what the document parser lets pass in silence: the second key of the
/// same name in one object (it keeps the last), and a number too large for a double (it becomes
/// infinite).
struct StrictReader {
  static constexpr std::size_t max_object_size = kMaxJwtBytes;
  static constexpr std::size_t max_array_size = kMaxJwtBytes;
  static constexpr std::size_t max_key_size = kMaxJwtBytes;
  static constexpr std::size_t max_string_size = kMaxJwtBytes;

  std::vector<std::set<std::string, std::less<>>> objects;
  std::string key;
  bool duplicate = false;
  bool out_of_range = false;

  using error_code = json::error_code;
  using string_view = json::string_view;
  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) {
    objects.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, error_code&) {
    objects.pop_back();
    return true;
  }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t, error_code&) { return true; }
  bool on_key_part(string_view part, std::size_t, error_code&) {
    key.append(part.data(), part.size());
    return true;
  }
  bool on_key(string_view part, std::size_t, error_code& ec) {
    key.append(part.data(), part.size());
    duplicate = !objects.back().insert(std::move(key)).second;
    key.clear();
    if (duplicate) ec = json::error::syntax;
    return !duplicate;
  }
  bool on_string_part(string_view, std::size_t, error_code&) { return true; }
  bool on_string(string_view, std::size_t, error_code&) { return true; }
  bool on_number_part(string_view, error_code&) { return true; }
  bool on_int64(std::int64_t, string_view, error_code&) { return true; }
  bool on_uint64(std::uint64_t, string_view, error_code&) { return true; }
  bool on_double(double number, string_view, error_code& ec) {
    out_of_range = !std::isfinite(number);
    if (out_of_range) ec = json::error::exponent_overflow;
    return !out_of_range;
  }
  bool on_bool(bool, error_code&) { return true; }
  bool on_null(error_code&) { return true; }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }
};

Result<json::object, JwtError> parse_object(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  json::error_code ec;
  json::value value = json::parse(json::string_view(text.data(), text.size()), ec, {}, options);
  if (ec || !value.is_object()) return Err{JwtError::malformed};

  json::basic_parser<StrictReader> reader(options);
  reader.write_some(false, text.data(), text.size(), ec);
  if (reader.handler().duplicate) return Err{JwtError::duplicate_claim};
  if (reader.handler().out_of_range) return Err{JwtError::malformed};
  return std::move(value.as_object());
}

/// base64url whose unused trailing bits are zero, so that a token has one spelling only.
std::optional<std::string> decode_part(std::string_view part) {
  const auto decoded = crypto::base64url_decode(part);
  if (!decoded || crypto::base64url(*decoded) != part) return std::nullopt;
  return std::string(as_text(*decoded));
}

const json::string* string_in(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains({name.data(), name.size()});
  return value ? value->if_string() : nullptr;
}

Status<JwtError> check_header(std::string_view text) {
  const auto header = parse_object(text);
  if (!header) return Err{header.error()};
  const json::string* algorithm = string_in(*header, "alg");
  if (!algorithm || *algorithm != "HS256") return Err{JwtError::bad_algorithm};
  // RFC 7515 4.1.11: extensions we do not know must be refused, and we know none.
  if (header->contains("crit")) return Err{JwtError::bad_algorithm};
  if (const json::value* type = header->if_contains("typ")) {
    if (!type->is_string()) return Err{JwtError::malformed};
  }
  return Ok{};
}

/// RFC 7519 section 2: NumericDate, perhaps with a fraction.
Result<std::optional<double>, JwtError> date_in(const json::object& claims, std::string_view name) {
  const json::value* value = claims.if_contains({name.data(), name.size()});
  if (!value) return std::optional<double>();
  if (!value->is_number()) return Err{JwtError::malformed};
  const double seconds = value->is_double()  ? value->get_double()
                         : value->is_int64() ? static_cast<double>(value->get_int64())
                                             : static_cast<double>(value->get_uint64());
  return std::optional<double>(seconds);
}

Status<JwtError> check_times(const json::object& claims, std::int64_t now, const JwtRules& rules) {
  const auto expiry = date_in(claims, "exp");
  const auto not_before = date_in(claims, "nbf");
  const auto issued_at = date_in(claims, "iat");
  if (!expiry || !not_before || !issued_at) return Err{JwtError::malformed};
  const double earliest = static_cast<double>(now - rules.leeway_s);
  const double latest = static_cast<double>(now + rules.leeway_s);
  if (!*expiry && rules.needs_expiry) return Err{JwtError::no_expiry};
  if (*expiry && **expiry < earliest) return Err{JwtError::expired};
  if (*not_before && **not_before > latest) return Err{JwtError::not_yet_valid};
  if (rules.checks_issued_at && *issued_at && **issued_at > latest)
    return Err{JwtError::not_yet_valid};
  return Ok{};
}

}  // namespace

std::string_view text(JwtError error) {
  switch (error) {
    case JwtError::too_long:
      return "token is too long";
    case JwtError::malformed:
      return "token is malformed";
    case JwtError::duplicate_claim:
      return "token has a claim twice";
    case JwtError::bad_algorithm:
      return "algorithm is not HS256";
    case JwtError::unknown_issuer:
      return "issuer is unknown";
    case JwtError::bad_signature:
      return "signature is invalid";
    case JwtError::no_expiry:
      return "token does not expire";
    case JwtError::expired:
      return "token is expired";
    case JwtError::not_yet_valid:
      return "token is not valid yet";
    case JwtError::revoked:
      return "token has been revoked";
    case JwtError::key_disabled:
      return "API key is disabled";
  }
  return {};
}

Result<json::object, JwtError> verify_jwt(std::string_view token, const SecretLookup& secret_of,
                                          std::int64_t now, const JwtRules& rules) {
  if (token.size() > kMaxJwtBytes) return Err{JwtError::too_long};
  const std::size_t first = token.find('.');
  const std::size_t second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos)
    return Err{JwtError::malformed};

  const auto header = decode_part(token.substr(0, first));
  const auto payload = decode_part(token.substr(first + 1, second - first - 1));
  const auto signature = decode_part(token.substr(second + 1));
  if (!header || !payload || !signature) return Err{JwtError::malformed};
  if (const auto checked = check_header(*header); !checked) return Err{checked.error()};

  auto claims = parse_object(*payload);
  if (!claims) return claims;
  const json::string* issuer = string_in(*claims, rules.issuer_claim);
  const std::optional<std::string> secret =
      issuer ? secret_of({issuer->data(), issuer->size()}) : std::nullopt;
  // Hashing with an empty key keeps known and unknown issuers alike in time.
  const auto expected = crypto::hmac_sha256(as_bytes(secret ? *secret : std::string_view{}),
                                            as_bytes(token.substr(0, second)));
  const bool equal = crypto::equal_constant_time(expected, as_bytes(*signature));
  if (!secret || secret->empty()) return Err{JwtError::unknown_issuer};
  if (!equal) return Err{JwtError::bad_signature};

  if (const auto checked = check_times(*claims, now, rules); !checked) return Err{checked.error()};
  return claims;
}

std::optional<json::object> unverified_claims(std::string_view token) {
  if (token.size() > kMaxJwtBytes) return std::nullopt;
  const std::size_t first = token.find('.');
  if (first == token.npos) return std::nullopt;
  const auto payload = decode_part(token.substr(first + 1, token.find('.', first + 1) - first - 1));
  if (!payload) return std::nullopt;
  auto claims = parse_object(*payload);
  if (!claims) return std::nullopt;
  return std::move(*claims);
}

std::string sign_jwt(const json::object& claims, std::string_view secret) {
  const std::string signed_part = crypto::base64url(as_bytes(R"({"alg":"HS256","typ":"JWT"})")) +
                                  "." + crypto::base64url(as_bytes(json::serialize(claims)));
  return signed_part + "." +
         crypto::base64url(crypto::hmac_sha256(as_bytes(secret), as_bytes(signed_part)));
}

}  // namespace plenum::http
