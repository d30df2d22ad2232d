#include "outbound/guard.h"

#include <curl/curl.h>

#include <memory>

namespace plenum::outbound {
namespace {

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
/// A part of the URL; empty when it is absent.
std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK || !text) return "";
  std::string copy = text;
  curl_free(text);
  return copy;
}
bool has(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  const bool found = curl_url_get(url, which, &text, 0) == CURLUE_OK;
  curl_free(text);
  return found;
}

using Url = std::unique_ptr<CURLU, UrlDeleter>;

/// nullptr when it is no URL.
Url parse(const std::string& url) {
  Url parsed(curl_url());
  if (parsed && curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK)
    parsed.reset();
  return parsed;
}

}  // namespace

std::optional<std::string> url_fault(const std::string& url, std::size_t longest_bytes) {
  if (url.size() > longest_bytes) return "the URL is too long";
  for (const char c : url)
    if (c > 0 && (c <= ' ' || c == 0x7f)) return "the URL has spaces or control characters";
  const Url parsed = parse(url);
  if (!parsed) return "not a URL";
  const std::string scheme = part(parsed.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return "the URL is neither http nor https";
  if (has(parsed.get(), CURLUPART_USER) || has(parsed.get(), CURLUPART_PASSWORD))
    return "the URL has a user or password";
  if (part(parsed.get(), CURLUPART_HOST).empty()) return "the URL has no host";
  return std::nullopt;
}

std::optional<std::string> hook_fault(const std::string& url) {
  if (auto fault = url_fault(url)) return fault;
  std::string host = part(parse(url).get(), CURLUPART_HOST);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  const auto address = Address::parse(host, 0);
  if (address && reach_of(*address) == Reach::never)
    return "the address is not allowed for webhooks";
  return std::nullopt;
}

}  // namespace plenum::outbound
