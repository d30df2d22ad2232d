#include "webhooks/fetch.h"

#include <curl/curl.h>

#include <memory>

namespace plenum::webhooks {
namespace {

constexpr std::size_t kMaxBody = std::size_t{1} << 20;

std::size_t append(char* data, std::size_t, std::size_t n, void* user) {
  auto& body = *static_cast<std::string*>(user);
  if (body.size() + n > kMaxBody) return 0;
  body.append(data, n);
  return n;
}

struct Cleanup {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

}  // namespace

std::optional<std::string> fetch(const std::string& url, Duration limit) {
  const std::unique_ptr<CURL, Cleanup> easy(curl_easy_init());
  if (!easy) return std::nullopt;
  std::string body;
  const auto limit_ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
  curl_easy_setopt(easy.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(limit_ms));
  curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, &append);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &body);
  long status = 0;
  if (curl_easy_perform(easy.get()) != CURLE_OK) return std::nullopt;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status < 200 || status > 299) return std::nullopt;
  return body;
}

}  // namespace plenum::webhooks
