#include "webhooks/transport.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>

#include "base/log.h"
#include "outbound/guard.h"
#include "outbound/guarded_socket.h"

namespace plenum::webhooks {
namespace {

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

struct Transfer {
  std::uint64_t id = 0;
  Request request;
  bool allow_private = false;
  std::size_t body_left = 0;
  bool body_cut = false;
  std::string refused;  // the address that the guard did not let pass
  HeaderList headers;
  std::unique_ptr<CURL, EasyDeleter> easy;  // last: it reads the others until it is gone
};

curl_socket_t open_socket(void* user, curlsocktype purpose, curl_sockaddr* to) {
  auto& transfer = *static_cast<Transfer*>(user);
  return outbound::guarded_socket(*to, purpose, transfer.allow_private, transfer.refused);
}

std::size_t drop_body(char*, std::size_t, std::size_t n, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.body_cut = n > transfer.body_left;
  if (transfer.body_cut) return 0;  // ends the transfer; the status is known by now
  transfer.body_left -= n;
  return n;
}

long ms(Duration d) {
  return static_cast<long>(std::chrono::duration_cast<std::chrono::milliseconds>(d).count());
}

void configure(Transfer& t, const Transport::Options& options) {
  CURL* const easy = t.easy.get();
  const auto set = [easy](CURLoption option, auto value) {
    if (curl_easy_setopt(easy, option, value) != CURLE_OK)
      throw std::runtime_error("libcurl lacks an option that the webhook sender needs");
  };
  set(CURLOPT_PRIVATE, &t);
  set(CURLOPT_URL, t.request.url.c_str());
  set(CURLOPT_POST, 1L);
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(t.request.body.size()));
  set(CURLOPT_POSTFIELDS, t.request.body.data());
  set(CURLOPT_HTTPHEADER, t.headers.get());
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_WRITEFUNCTION, &drop_body);
  set(CURLOPT_WRITEDATA, &t);
  set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  set(CURLOPT_OPENSOCKETDATA, &t);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(CURLOPT_PROXY, "");  // whatever the environment says: a proxy would see another network
  set(CURLOPT_CONNECTTIMEOUT_MS, ms(options.connect_timeout));
  set(CURLOPT_TIMEOUT_MS, ms(options.total_timeout));
  set(CURLOPT_NOSIGNAL, 1L);
  // Else ending a request would wait for a name server that does not answer.
  set(CURLOPT_QUICK_EXIT, 1L);
}

Outcome outcome_of(const Transfer& t, CURLcode code) {
  Outcome outcome;
  long status = 0;
  curl_easy_getinfo(t.easy.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != 0 && (code == CURLE_OK || t.body_cut)) {
    outcome.status = status;
    if (status < 200 || status > 299) outcome.error = fmt::format("HTTP status {}", status);
    curl_off_t seconds = 0;
    curl_easy_getinfo(t.easy.get(), CURLINFO_RETRY_AFTER, &seconds);
    // Beyond a day nothing differs, and the product stays a number.
    if (seconds > 0)
      outcome.retry_after = std::chrono::seconds(std::min<curl_off_t>(seconds, 86'400));
    return outcome;
  }
  if (t.refused.empty()) {
    outcome.error = curl_easy_strerror(code);
    return outcome;
  }
  // The error is shown to the tenant, who must not learn which of our addresses a name has.
  log::warn("The address {} is not allowed for webhooks", t.refused);
  outcome.error = "the address is not allowed for webhooks";
  return outcome;
}

void initialise_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) throw std::runtime_error("libcurl does not start");
}

}  // namespace

struct Transport::State {
  Options options;
  // Before the multi handle: it is cleaned up first, by ~Transport.
  std::map<Transfer*, std::unique_ptr<Transfer>> transfers;
  std::vector<Done> refused;  // without a transfer, for the next poll()
  std::unique_ptr<CURLM, MultiDeleter> multi;
};

Transport::Transport(const Options& options) : state_(std::make_unique<State>()) {
  initialise_once();
  state_->options = options;
  state_->multi.reset(curl_multi_init());
  if (!state_->multi) throw std::runtime_error("libcurl does not start");
  curl_multi_setopt(state_->multi.get(), CURLMOPT_MAXCONNECTS, 64L);
}

Transport::~Transport() {
  for (const auto& [key, transfer] : state_->transfers)
    curl_multi_remove_handle(state_->multi.get(), transfer->easy.get());
  state_->transfers.clear();
}

void Transport::start(std::uint64_t id, Request request) {
  if (auto fault = outbound::url_fault(request.url)) {
    state_->refused.push_back({id, {.error = std::move(fault), .hopeless = true}});
    return;
  }
  auto t = std::make_unique<Transfer>();
  t->id = id;
  t->request = std::move(request);
  t->allow_private = state_->options.allow_private;
  t->body_left = state_->options.max_body_bytes;
  t->request.headers.emplace_back("Expect:");  // no waiting for 100 Continue
  for (const std::string& line : t->request.headers)
    t->headers.reset(curl_slist_append(t->headers.release(), line.c_str()));
  t->easy.reset(curl_easy_init());
  if (!t->easy || !t->headers) throw std::bad_alloc();
  configure(*t, state_->options);
  if (curl_multi_add_handle(state_->multi.get(), t->easy.get()) != CURLM_OK)
    throw std::runtime_error("libcurl takes no more requests");
  Transfer* const key = t.get();
  state_->transfers.emplace(key, std::move(t));
}

std::vector<Transport::Done> Transport::poll(Duration wait) {
  std::vector<Done> done = std::exchange(state_->refused, {});
  CURLM* const multi = state_->multi.get();
  int running = 0;
  curl_multi_perform(multi, &running);
  int left = 0;
  const auto collect = [&] {
    while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      Transfer* transfer = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      done.push_back({transfer->id, outcome_of(*transfer, message->data.result)});
      curl_multi_remove_handle(multi, transfer->easy.get());
      state_->transfers.erase(transfer);
    }
  };
  collect();
  if (!done.empty()) return done;
  curl_multi_poll(multi, nullptr, 0, static_cast<int>(ms(wait)), nullptr);
  curl_multi_perform(multi, &running);
  collect();
  return done;
}

void Transport::wake() { curl_multi_wakeup(state_->multi.get()); }
std::size_t Transport::under_way() const { return state_->transfers.size(); }

}  // namespace plenum::webhooks
