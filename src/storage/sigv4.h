#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// AWS Signature Version 4, "AWS4-HMAC-SHA256": which bytes of a request are hashed, in which
/// order, under which key. Does no I/O and knows no clock.
namespace plenum::storage {

struct Credentials {
  std::string access_key, secret_key;
  /// Of temporary credentials; empty = none.
  std::string session_token{};
};

struct SigningScope {
  std::string region;
  std::string service = "s3";
};

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// What is signed of a request. Nothing in it is encoded yet.
struct Signable {
  std::string method = "GET";
  /// Begins with a slash. Signed as it stands, without removing dot segments, as S3 wants it.
  std::string path = "/";
  Pairs query{};
  /// Each is signed; Host has to be among them. x-amz-date and the token are added when signing.
  Pairs headers{};
  /// Lower-case hex of the body's SHA-256, or kUnsignedPayload.
  std::string payload_hash{};
};

inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

/// Percent-encodes all but A-Z a-z 0-9 - . _ ~, and "/" where `keep_slash`.
std::string uri_encode(std::string_view text, bool keep_slash);
/// Encoded, sorted by name and then value, "name=" where the value is empty.
std::string canonical_query(const Pairs& query);
std::string sha256_hex(std::string_view bytes);

/// The headers that make `request` a signed one, "Name: value" each: X-Amz-Date, the token if there
/// is one, and Authorization. `unix_s`: the time of signing; servers take fifteen minutes' error.
std::vector<std::string> signed_headers(const Signable& request, const Credentials& credentials,
                                        const SigningScope& scope, std::int64_t unix_s);

/// The query of a URL that carries its signature, for whoever has it to use for `valid_s` seconds
/// (at most a week, S3 says). Only headers in `request` are signed; its payload is not.
std::string presigned_query(Signable request, const Credentials& credentials,
                            const SigningScope& scope, std::int64_t unix_s, std::int64_t valid_s);

}  // namespace plenum::storage
