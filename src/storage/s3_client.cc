#include "storage/s3_client.h"

#include <fmt/format.h>

#include <algorithm>

namespace plenum::storage {
namespace {

constexpr std::size_t kMaxKeyBytes = 1024;

/// The parts of a request's URL that are signed.
struct Place {
  std::string scheme, host;
  /// Not encoded.
  std::string path;
};

std::string whole_key(const S3Settings& s, const std::string& key) {
  return s.prefix.empty() ? key : s.prefix + "/" + key;
}

/// `key`: with the prefix; empty = the bucket.
Place place_of(const S3Settings& s, const std::string& key) {
  const std::string endpoint =
      s.endpoint.empty() ? fmt::format("https://s3.{}.amazonaws.com", s.region) : s.endpoint;
  const std::size_t host = endpoint.find("://") + 3;
  const std::size_t path = std::min(endpoint.find('/', host), endpoint.size());
  Place place{.scheme = endpoint.substr(0, host),
              .host = endpoint.substr(host, path - host),
              .path = endpoint.substr(path)};
  if (s.path_style)
    place.path += "/" + s.bucket;
  else
    place.host.insert(0, s.bucket + ".");
  if (!key.empty() || !s.path_style) place.path += "/" + key;
  // A default port is not sent, so it is not signed.
  const std::string_view port = place.scheme == "https://" ? ":443" : ":80";
  if (place.host.ends_with(port)) place.host.erase(place.host.size() - port.size());
  return place;
}

std::string url_of(const Place& place, const std::string& query) {
  return place.scheme + place.host + uri_encode(place.path, true) +
         (query.empty() ? "" : "?" + query);
}

Pairs headers_of(const ObjectKind& kind) {
  Pairs headers{{"Content-Type", kind.content_type}};
  if (!kind.cache_control.empty()) headers.emplace_back("Cache-Control", kind.cache_control);
  if (!kind.mark.empty()) headers.emplace_back(kMarkHeader, kind.mark);
  return headers;
}

S3Failure unreadable() { return {.what = "the bucket's server answers something else than S3"}; }

}  // namespace

std::optional<std::string> key_fault(const S3Settings& settings, const std::string& key) {
  const std::string whole = whole_key(settings, key);
  if (key.empty() || whole.size() > kMaxKeyBytes) return "a key has 1 to 1024 bytes";
  if (std::ranges::any_of(whole, [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; }))
    return "a key has no control characters";
  for (std::size_t at = 0; at <= whole.size();) {
    const std::size_t end = std::min(whole.find('/', at), whole.size());
    const std::string_view segment = std::string_view(whole).substr(at, end - at);
    if (segment.empty() || segment == "." || segment == "..")
      return "a key has no empty segments and none of dots";
    at = end + 1;
  }
  return std::nullopt;
}

std::string object_url(const S3Settings& settings, const std::string& key) {
  return url_of(place_of(settings, whole_key(settings, key)), "");
}

std::string signed_object_url(const S3Settings& settings, const std::string& key,
                              std::int64_t unix_s, std::int64_t valid_s) {
  const Place place = place_of(settings, whole_key(settings, key));
  const Signable get{.path = place.path, .headers = {{"Host", place.host}}};
  return url_of(place, presigned_query(get, settings.credentials, {.region = settings.region},
                                       unix_s, valid_s));
}

S3Result<HttpAnswer> S3Client::send(const Call& call) {
  const Place place = place_of(settings_, call.key);
  Signable signable{.method = call.method,
                    .path = place.path,
                    .query = call.query,
                    .headers = call.headers,
                    .payload_hash = sha256_hex(call.body)};
  signable.headers.emplace_back("x-amz-content-sha256", signable.payload_hash);
  HttpRequest request{.method = call.method,
                      .url = url_of(place, canonical_query(call.query)),
                      .headers = {},
                      .body = {.bytes = call.body}};
  for (const auto& [name, value] : signable.headers) request.headers.push_back(name + ": " + value);
  signable.headers.emplace_back("Host", place.host);  // libcurl sends it by itself
  for (std::string& line :
       signed_headers(signable, settings_.credentials, {.region = settings_.region}, unix_s_()))
    request.headers.push_back(std::move(line));
  auto answer = http_.perform(request);
  if (!answer) return Err{S3Failure{.what = answer.error().what}};
  if (answer->status >= 200 && answer->status <= 299) return *std::move(answer);
  const std::string code = parse_error_code(answer->body).value_or("");
  return Err{S3Failure{.what = code.empty()
                                   ? fmt::format("HTTP status {}", answer->status)
                                   : fmt::format("HTTP status {} ({})", answer->status, code),
                       .code = code}};
}

S3Result<Ok> S3Client::put_object(const std::string& key, const ObjectKind& kind,
                                  std::string_view bytes) {
  const auto answer = send({.method = "PUT",
                            .key = whole_key(settings_, key),
                            .headers = headers_of(kind),
                            .body = bytes});
  if (!answer) return Err{answer.error()};
  return Ok{};
}

bool S3Client::is_stored(const std::string& key, std::uint64_t bytes, const std::string& mark) {
  const auto answer = send({.method = "HEAD", .key = whole_key(settings_, key)});
  return answer.ok() && answer->content_length == bytes && answer->mark == mark;
}

S3Result<std::string> S3Client::create_upload(const std::string& key, const ObjectKind& kind) {
  const auto answer = send({.method = "POST",
                            .key = whole_key(settings_, key),
                            .query = {{"uploads", ""}},
                            .headers = headers_of(kind)});
  if (!answer) return Err{answer.error()};
  auto id = parse_upload_id(answer->body);
  if (!id) return Err{unreadable()};
  return *std::move(id);
}

S3Result<std::string> S3Client::upload_part(const std::string& key, const std::string& upload,
                                            int number, std::string_view bytes) {
  const auto answer = send({.method = "PUT",
                            .key = whole_key(settings_, key),
                            .query = {{"partNumber", std::to_string(number)}, {"uploadId", upload}},
                            .body = bytes});
  if (!answer) return Err{answer.error()};
  if (answer->etag.empty()) return Err{unreadable()};
  return answer->etag;
}

S3Result<std::vector<Part>> S3Client::list_parts(const std::string& key,
                                                 const std::string& upload) {
  std::vector<Part> parts;
  for (int marker = 0;;) {
    Pairs query{{"uploadId", upload}};
    if (marker > 0) query.emplace_back("part-number-marker", std::to_string(marker));
    const auto answer = send({.method = "GET", .key = whole_key(settings_, key), .query = query});
    if (!answer) return Err{answer.error()};
    auto page = parse_parts(answer->body);
    if (!page) return Err{unreadable()};
    std::ranges::move(page->parts, std::back_inserter(parts));
    if (!page->next) return parts;
    if (*page->next <= marker) return Err{unreadable()};
    marker = *page->next;
  }
}

S3Result<Ok> S3Client::complete_upload(const std::string& key, const std::string& upload,
                                       const std::vector<Part>& parts) {
  const std::string body = completion_body(parts);
  const auto answer = send({.method = "POST",
                            .key = whole_key(settings_, key),
                            .query = {{"uploadId", upload}},
                            .headers = {{"Content-Type", "application/xml"}},
                            .body = body});
  if (!answer) return Err{answer.error()};
  if (parse_completed(answer->body)) return Ok{};
  const auto code = parse_error_code(answer->body);
  if (!code) return Err{unreadable()};
  return Err{S3Failure{.what = "the parts were not put together (" + *code + ")", .code = *code}};
}

S3Result<Ok> S3Client::abort_upload(const std::string& key, const std::string& upload) {
  const auto answer =
      send({.method = "DELETE", .key = whole_key(settings_, key), .query = {{"uploadId", upload}}});
  if (!answer && answer.error().code != "NoSuchUpload") return Err{answer.error()};
  return Ok{};
}

S3Result<std::vector<std::string>> S3Client::list_uploads(const std::string& key) {
  const std::string whole = whole_key(settings_, key);
  const auto answer = send({.method = "GET", .query = {{"prefix", whole}, {"uploads", ""}}});
  if (!answer) return Err{answer.error()};
  auto ids = parse_uploads(answer->body, whole);
  if (!ids) return Err{unreadable()};
  return *std::move(ids);
}

}  // namespace plenum::storage
