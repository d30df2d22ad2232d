#include "storage/sigv4.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "base/crypto.h"
#include "base/hex.h"

namespace plenum::storage {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// "20130524T000000Z"; its first eight characters are the day.
std::string stamp(std::int64_t unix_s) {
  const std::time_t seconds = unix_s;
  std::tm tm{};
  gmtime_r(&seconds, &tm);
  char text[20];
  const std::size_t size = std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &tm);
  return {text, size};
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// Without space at the ends, and one space for each run of them.
std::string squeezed(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
    out += c;
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

struct CanonicalHeaders {
  std::string lines, names;
};

CanonicalHeaders canonical_headers(const Pairs& headers) {
  Pairs sorted;
  for (const auto& [name, value] : headers) sorted.emplace_back(lower(name), squeezed(value));
  // Values of one name stay in the order in which they are sent.
  std::ranges::stable_sort(sorted, {}, &Pairs::value_type::first);
  CanonicalHeaders out;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const auto& [name, value] = sorted[i];
    if (i > 0 && sorted[i - 1].first == name) {
      out.lines.insert(out.lines.size() - 1, "," + value);
      continue;
    }
    out.lines += name + ":" + value + "\n";
    out.names += (out.names.empty() ? "" : ";") + name;
  }
  return out;
}

std::string scope_text(const SigningScope& scope, std::string_view day) {
  return fmt::format("{}/{}/{}/aws4_request", day, scope.region, scope.service);
}

std::string signature_of(const Signable& request, const CanonicalHeaders& headers,
                         const Credentials& credentials, const SigningScope& scope,
                         const std::string& time) {
  const std::string day = time.substr(0, 8);
  const std::string canonical = fmt::format(
      "{}\n{}\n{}\n{}\n{}\n{}", request.method, uri_encode(request.path, true),
      canonical_query(request.query), headers.lines, headers.names, request.payload_hash);
  const std::string to_sign = fmt::format("{}\n{}\n{}\n{}", kAlgorithm, time,
                                          scope_text(scope, day), sha256_hex(canonical));
  const std::string secret = "AWS4" + credentials.secret_key;
  crypto::Sha256 key = crypto::hmac_sha256(bytes_of(secret), bytes_of(day));
  for (const std::string_view part :
       {std::string_view(scope.region), std::string_view(scope.service),
        std::string_view("aws4_request")})
    key = crypto::hmac_sha256(key, bytes_of(part));
  return hex(crypto::hmac_sha256(key, bytes_of(to_sign)));
}

}  // namespace

std::string uri_encode(std::string_view text, bool keep_slash) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~' || (c == '/' && keep_slash);
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string canonical_query(const Pairs& query) {
  Pairs encoded;
  for (const auto& [name, value] : query)
    encoded.emplace_back(uri_encode(name, false), uri_encode(value, false));
  std::ranges::sort(encoded);
  std::string out;
  for (const auto& [name, value] : encoded)
    out += fmt::format("{}{}={}", out.empty() ? "" : "&", name, value);
  return out;
}

std::string sha256_hex(std::string_view bytes) { return hex(crypto::sha256(bytes_of(bytes))); }

std::vector<std::string> signed_headers(const Signable& request, const Credentials& credentials,
                                        const SigningScope& scope, std::int64_t unix_s) {
  const std::string time = stamp(unix_s);
  Signable whole = request;
  whole.headers.emplace_back("x-amz-date", time);
  std::vector<std::string> lines{"X-Amz-Date: " + time};
  if (!credentials.session_token.empty()) {
    whole.headers.emplace_back("x-amz-security-token", credentials.session_token);
    lines.push_back("X-Amz-Security-Token: " + credentials.session_token);
  }
  const CanonicalHeaders headers = canonical_headers(whole.headers);
  lines.push_back(fmt::format("Authorization: {} Credential={}/{}, SignedHeaders={}, Signature={}",
                              kAlgorithm, credentials.access_key,
                              scope_text(scope, std::string_view(time).substr(0, 8)), headers.names,
                              signature_of(whole, headers, credentials, scope, time)));
  return lines;
}

std::string presigned_query(Signable request, const Credentials& credentials,
                            const SigningScope& scope, std::int64_t unix_s, std::int64_t valid_s) {
  const std::string time = stamp(unix_s);
  const CanonicalHeaders headers = canonical_headers(request.headers);
  request.payload_hash = kUnsignedPayload;
  request.query.emplace_back("X-Amz-Algorithm", kAlgorithm);
  request.query.emplace_back(
      "X-Amz-Credential",
      credentials.access_key + "/" + scope_text(scope, std::string_view(time).substr(0, 8)));
  request.query.emplace_back("X-Amz-Date", time);
  request.query.emplace_back("X-Amz-Expires", std::to_string(valid_s));
  request.query.emplace_back("X-Amz-SignedHeaders", headers.names);
  if (!credentials.session_token.empty())
    request.query.emplace_back("X-Amz-Security-Token", credentials.session_token);
  return canonical_query(request.query) +
         "&X-Amz-Signature=" + signature_of(request, headers, credentials, scope, time);
}

}  // namespace plenum::storage
