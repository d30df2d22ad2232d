#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "io/clock.h"
#include "store/outbox.h"
#include "store/store.h"
#include "webhooks/sender.h"

/// `plenum_webhook_sender FILE`: the webhook sender on a store of its own, driven by lines on
/// standard input, for tests with receivers and kills:
///   put ID ORDER_KEY FAMILY URL BODY   puts an event; answers "ok ID" once it is durable
///   pending                            answers "pending N"
///   key                                answers "key PEM" with \n for line ends
///   stop                               stops within a second and exits
/// Retries are quick, leases short, and private addresses allowed unless GUARD is in the
/// environment. The API key is "key" with the secret "secret".
namespace plenum::webhooks {
namespace {

WebhookSender::Options options() {
  WebhookSender::Options o;
  o.retry.steps = {50ms, 100ms, 200ms, 200ms, 200ms, 200ms};
  o.retry.min_wait = 10ms;
  o.limits.lease = 2s;
  o.transport.connect_timeout = 500ms;
  o.transport.total_timeout = 1s;
  o.transport.allow_private = std::getenv("GUARD") == nullptr;
  o.secret_of = [](std::string_view) { return std::string("secret"); };
  return o;
}

void answer(std::string line) {
  line += '\n';
  // One call, so that the line is whole or not there.
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::exit(1);
}

std::vector<std::string> words(const std::string& line, std::size_t most) {
  std::vector<std::string> found;
  std::size_t from = 0;
  while (found.size() + 1 < most && line.find(' ', from) != std::string::npos) {
    const std::size_t to = line.find(' ', from);
    found.push_back(line.substr(from, to - from));
    from = to + 1;
  }
  found.push_back(line.substr(from));
  return found;
}

void put(store::Store& store, WebhookSender& sender, const std::vector<std::string>& w) {
  if (w.size() != 6) std::exit(2);
  store::OutboxEvent event{.event_id = w[1],
                           .api_key = "key",
                           .order_key = w[2],
                           .type = "test",
                           .body = {},
                           .created_ms = io::unix_ms()};
  for (const char c : w[5]) event.body.push_back(static_cast<std::byte>(c));
  const std::vector<store::Target> targets{
      {.endpoint = w[4],
       .family = w[3] == "livekit" ? store::Family::livekit : store::Family::videosdk}};
  const bool accepted =
      store.submit([event, targets](store::Database& db) { store::put_event(db, event, targets); },
                   [&sender, id = w[1]](std::exception_ptr error) {
                     if (error) return;
                     sender.wake();
                     answer("ok " + id);
                   });
  if (!accepted) std::exit(3);
}

void handle(store::Store& store, WebhookSender& sender, const std::string& line) {
  const auto w = words(line, 6);
  if (w[0] == "put") return put(store, sender, w);
  if (w[0] == "pending") {
    std::int64_t n = 0;
    store.run([&](store::Database& db) { n = store::count_pending(db); });
    answer("pending " + std::to_string(n));
  }
  if (w[0] == "key") {
    std::string pem;
    store.run([&](store::Database& db) { pem = store::active_signing_key(db)->public_pem; });
    std::string one_line;
    for (const char c : pem) one_line += c == '\n' ? std::string("\\n") : std::string(1, c);
    answer("key " + one_line);
  }
}

}  // namespace
}  // namespace plenum::webhooks

int main(int argc, char** argv) try {
  if (argc != 2) return 2;
  using namespace plenum;
  const auto store = store::open_store(argv[1]);
  webhooks::WebhookSender sender(*store, webhooks::options());
  std::string line;
  for (int c; (c = std::getchar()) != EOF;) {
    if (c != '\n') {
      line += static_cast<char>(c);
      continue;
    }
    if (line == "stop") break;
    webhooks::handle(*store, sender, line);
    line.clear();
  }
  store->flush();
  sender.stop(1s);
  const auto counters = sender.counters();
  webhooks::answer("stopped " + std::to_string(counters.delivered) + " delivered, " +
                   std::to_string(counters.failed) + " failed, " + std::to_string(counters.dead) +
                   " dead");
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "sender: %s\n", e.what());
  return 1;
}
