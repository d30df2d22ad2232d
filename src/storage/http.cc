#include "storage/http.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <sys/socket.h>
#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "base/log.h"
#include "outbound/guard.h"
#include "outbound/guarded_socket.h"

namespace plenum::storage {
namespace {

/// Signed URLs with tokens of temporary credentials are long.
constexpr std::uint64_t kSmallBody = 1 << 20;

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

/// One request while it is under way.
struct Transfer {
  Body body;
  bool guarded = false;
  bool allow_private = false;
  std::size_t answer_left = 0;
  const std::atomic<bool>* stopping = nullptr;
  std::uint64_t sent = 0;
  std::string refused{};
  HttpAnswer answer{};
};

curl_socket_t open_socket(void* user, curlsocktype purpose, curl_sockaddr* to) {
  auto& t = *static_cast<Transfer*>(user);
  if (t.guarded) return outbound::guarded_socket(*to, purpose, t.allow_private, t.refused);
  return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

std::size_t read_body(char* out, std::size_t, std::size_t room, void* user) {
  auto& t = *static_cast<Transfer*>(user);
  const std::size_t n =
      static_cast<std::size_t>(std::min<std::uint64_t>(room, t.body.size() - t.sent));
  if (t.body.file < 0) {
    std::memcpy(out, t.body.bytes.data() + t.sent, n);
    t.sent += n;
    return n;
  }
  const ssize_t got = n == 0 ? 0 : ::pread(t.body.file, out, n, static_cast<off_t>(t.sent));
  if (got < 0 || (got == 0 && n > 0)) return CURL_READFUNC_ABORT;  // the file became shorter
  t.sent += static_cast<std::uint64_t>(got);
  return static_cast<std::size_t>(got);
}

/// libcurl rewinds when a kept connection turns out to be closed.
int seek_body(void* user, curl_off_t to, int origin) {
  auto& t = *static_cast<Transfer*>(user);
  if (origin != SEEK_SET || to < 0 || static_cast<std::uint64_t>(to) > t.body.size())
    return CURL_SEEKFUNC_FAIL;
  t.sent = static_cast<std::uint64_t>(to);
  return CURL_SEEKFUNC_OK;
}

std::size_t take_answer(char* data, std::size_t, std::size_t n, void* user) {
  auto& t = *static_cast<Transfer*>(user);
  if (n > t.answer_left) return 0;
  t.answer_left -= n;
  t.answer.body.append(data, n);
  return n;
}

int check_stop(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return *static_cast<Transfer*>(user)->stopping ? 1 : 0;
}

std::string header(CURL* easy, const char* name) {
  curl_header* found = nullptr;
  if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK) return "";
  return found->value;
}

long ms(Duration d) {
  return static_cast<long>(std::chrono::duration_cast<std::chrono::milliseconds>(d).count());
}

void initialise_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) throw std::runtime_error("libcurl does not start");
}

/// PUT and POST send a body, if only an empty one.
bool has_body(const std::string& method) { return method == "PUT" || method == "POST"; }

void configure(CURL* easy, Transfer& t, const HttpRequest& r, curl_slist* headers,
               const Http::Options& options) {
  const auto set = [easy](CURLoption option, auto value) {
    if (curl_easy_setopt(easy, option, value) != CURLE_OK)
      throw std::runtime_error("libcurl lacks an option that uploads need");
  };
  set(CURLOPT_URL, r.url.c_str());
  set(CURLOPT_PATH_AS_IS, 1L);  // as it was signed
  if (has_body(r.method)) {
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(r.body.size()));
    set(CURLOPT_READFUNCTION, &read_body);
    set(CURLOPT_READDATA, &t);
    set(CURLOPT_SEEKFUNCTION, &seek_body);
    set(CURLOPT_SEEKDATA, &t);
    set(CURLOPT_UPLOAD_BUFFERSIZE, 256L * 1024);
  }
  if (r.method == "HEAD")
    set(CURLOPT_NOBODY, 1L);
  else
    set(CURLOPT_CUSTOMREQUEST, r.method.c_str());
  set(CURLOPT_HTTPHEADER, headers);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_WRITEFUNCTION, &take_answer);
  set(CURLOPT_WRITEDATA, &t);
  set(CURLOPT_XFERINFOFUNCTION, &check_stop);
  set(CURLOPT_XFERINFODATA, &t);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  set(CURLOPT_OPENSOCKETDATA, &t);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(CURLOPT_PROXY, "");
  set(CURLOPT_CONNECTTIMEOUT_MS, ms(options.connect_timeout));
  if (r.body.size() < kSmallBody && !r.guarded) {
    set(CURLOPT_TIMEOUT_MS, ms(options.answer_timeout));
  } else {
    set(CURLOPT_LOW_SPEED_LIMIT, options.min_bytes_per_s);
    set(CURLOPT_LOW_SPEED_TIME, std::max(1L, ms(options.stall_timeout) / 1000));
  }
  set(CURLOPT_NOSIGNAL, 1L);
  // Connections that strangers' names led to are of no use to others.
  set(CURLOPT_FORBID_REUSE, r.guarded ? 1L : 0L);
  set(CURLOPT_FRESH_CONNECT, r.guarded ? 1L : 0L);
}

}  // namespace

struct Http::State {
  Options options;
  const std::atomic<bool>& stopping;
  std::unique_ptr<CURL, EasyDeleter> easy;
};

Http::Http(const Options& options, const std::atomic<bool>& stopping) {
  initialise_once();
  state_.reset(new State{options, stopping, nullptr});
  state_->easy.reset(curl_easy_init());
  if (!state_->easy) throw std::runtime_error("libcurl does not start");
}

Http::~Http() = default;

Result<HttpAnswer, HttpFailure> Http::perform(const HttpRequest& request) {
  if (auto fault = outbound::url_fault(request.url, kMaxUrlBytes))
    return Err{HttpFailure{.what = *std::move(fault), .hopeless = true}};
  CURL* const easy = state_->easy.get();
  Transfer t{.body = request.body,
             .guarded = request.guarded,
             .allow_private = state_->options.allow_private,
             .answer_left = state_->options.max_answer_bytes,
             .stopping = &state_->stopping};
  HeaderList headers;
  const auto add = [&](const char* line) {
    curl_slist* longer = curl_slist_append(headers.get(), line);
    if (!longer) throw std::bad_alloc();
    static_cast<void>(headers.release());
    headers.reset(longer);
  };
  add("Expect:");  // no waiting for 100 Continue
  add("User-Agent: Plenum");
  for (const std::string& line : request.headers) add(line.c_str());
  curl_easy_reset(easy);  // keeps its connections
  configure(easy, t, request, headers.get(), state_->options);
  const CURLcode code = curl_easy_perform(easy);
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &t.answer.status);
  // Refusals may come, and the connection end, before all is sent.
  const bool refused_early = t.answer.status >= 400 && code == CURLE_SEND_ERROR;
  if (code == CURLE_OK || refused_early) {
    curl_off_t length = 0;
    curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    t.answer.content_length = static_cast<std::uint64_t>(std::max<curl_off_t>(length, 0));
    t.answer.etag = header(easy, "etag");
    t.answer.mark = header(easy, kMarkHeader);
    return std::move(t.answer);
  }
  if (t.refused.empty()) return Err{HttpFailure{.what = curl_easy_strerror(code)}};
  // The error is shown to the tenant, who must not learn which of our addresses a name has.
  log::warn("The address {} is not allowed for uploads", t.refused);
  return Err{HttpFailure{.what = "the address is not allowed for uploads"}};
}

}  // namespace plenum::storage
