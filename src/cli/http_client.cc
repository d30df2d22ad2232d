#include "cli/http_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <memory>
#include <stdexcept>

namespace plenum::cli {
namespace {

constexpr long kConnectTimeoutMs = 5'000;
constexpr long kTotalTimeoutMs = 30'000;
constexpr std::size_t kMaxBody = std::size_t{64} << 20;

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::size_t append(char* data, std::size_t, std::size_t n, void* user) {
  auto& body = *static_cast<std::string*>(user);
  if (body.size() + n > kMaxBody) return 0;
  body.append(data, n);
  return n;
}

/// A proxy that the environment names is for other machines, and would look for this one in vain.
bool is_this_machine(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed) return false;
  const std::string host = parsed->host();
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

}  // namespace

HttpAnswer http_call(const HttpCall& call) {
  std::unique_ptr<curl_slist, ListDeleter> headers;
  for (const std::string& line :
       {"Authorization: Bearer " + call.token, std::string("Content-Type: application/json")})
    headers.reset(curl_slist_append(headers.release(), line.c_str()));
  const std::unique_ptr<CURL, EasyDeleter> easy(curl_easy_init());
  if (!easy || !headers) throw std::bad_alloc();
  HttpAnswer answer;
  std::array<char, CURL_ERROR_SIZE> error{};
  const auto set = [&easy](CURLoption option, auto value) {
    if (curl_easy_setopt(easy.get(), option, value) != CURLE_OK)
      throw std::runtime_error("libcurl lacks an option that is needed");
  };
  set(CURLOPT_ERRORBUFFER, error.data());
  set(CURLOPT_URL, call.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTPHEADER, headers.get());
  set(CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
  set(CURLOPT_TIMEOUT_MS, kTotalTimeoutMs);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_WRITEFUNCTION, &append);
  set(CURLOPT_WRITEDATA, &answer.body);
  if (is_this_machine(call.url)) set(CURLOPT_PROXY, "");
  if (call.body) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body->size()));
    set(CURLOPT_POSTFIELDS, call.body->data());
  }
  if (const CURLcode code = curl_easy_perform(easy.get()); code != CURLE_OK)
    throw std::runtime_error(fmt::format("no answer from {}: {}", call.url,
                                         error[0] ? error.data() : curl_easy_strerror(code)));
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  return answer;
}

std::string server_url(const std::string& text) {
  std::string url = text.starts_with("ws") ? "http" + text.substr(2) : text;
  while (url.ends_with('/')) url.pop_back();
  const auto parsed = boost::urls::parse_uri(url);
  const bool web = parsed && (parsed->scheme() == "http" || parsed->scheme() == "https");
  if (!web || parsed->host().empty() || parsed->has_userinfo() || parsed->has_query() ||
      parsed->has_fragment())
    throw std::invalid_argument("a URL such as http://127.0.0.1:7880");
  return url;
}

}  // namespace plenum::cli
