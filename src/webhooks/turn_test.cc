#include "webhooks/turn.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <set>

#include "store/dead_letters.h"
#include "store/migrations.h"
#include "store/rooms.h"
#include "store/sqlite_database.h"

namespace plenum::webhooks {
namespace {

constexpr std::int64_t kStart = 1'800'000'000'000;
constexpr std::int64_t kHour = 3'600'000;

/// The sender's loop in virtual time: turns on a database, and endpoints that answer as told after
/// a latency.
class VirtualSender {
 public:
  using Answer = std::function<Outcome(const store::Delivery&, std::int64_t now_ms)>;

  VirtualSender() { store::migrate(*db); }

  void put(const std::string& id, const std::string& order_key, const std::string& endpoint) {
    store::put_event(*db,
                     {.event_id = id,
                      .api_key = "key",
                      .order_key = order_key,
                      .type = "x",
                      .body = store::Blob(40),
                      .created_ms = now_ms},
                     std::vector<store::Target>{{.endpoint = endpoint}});
  }
  /// Until nothing is under way or due before `end_ms`.
  void run_until(std::int64_t end_ms) {
    while (now_ms < end_ms) {
      turn();
      std::int64_t next = next_due_.value_or(end_ms);
      if (next <= now_ms) next = under_way_.empty() ? now_ms + 1 : end_ms;
      if (!under_way_.empty()) next = std::min(next, under_way_.begin()->first);
      now_ms = std::max(now_ms, std::min(next, end_ms));
    }
  }
  /// As after kill -9: what is under way is never recorded.
  void kill() {
    under_way_.clear();
    in_flight_.clear();
  }
  std::int64_t pending() { return store::count_pending(*db); }

  std::unique_ptr<store::Database> db = store::open_sqlite(":memory:");
  std::int64_t now_ms = kStart;
  std::int64_t latency_ms = 5;
  Limits limits;
  RetryPolicy retry;
  Answer answer;
  std::size_t most_under_way = 0, attempts = 0;

 private:
  void turn() {
    TurnRequest request{.now_ms = now_ms, .limits = limits};
    while (!under_way_.empty() && under_way_.begin()->first <= now_ms) {
      const store::Delivery d = std::move(under_way_.begin()->second);
      under_way_.erase(under_way_.begin());
      --in_flight_[{"key", d.target.endpoint}];
      const Outcome o = answer(d, now_ms);
      const double jitter = std::uniform_real_distribution<double>(0, 1)(random_);
      request.finished.push_back(
          {{.api_key = "key",
            .delivery = d.id,
            .status = o.status,
            .error = o.error,
            .at_ms = now_ms},
           decide(retry, o, d.attempts, d.event.created_ms, now_ms, jitter)});
    }
    request.in_flight = in_flight_;
    TurnResult result = run_turn(*db, request);
    for (store::Delivery& d : result.claimed) {
      ++in_flight_[{"key", d.target.endpoint}];
      ++attempts;
      under_way_.emplace(now_ms + latency_ms, std::move(d));
    }
    next_due_ = result.next_due_ms;
    most_under_way = std::max(most_under_way, under_way_.size());
  }

  std::multimap<std::int64_t, store::Delivery> under_way_;
  InFlight in_flight_;
  std::optional<std::int64_t> next_due_;
  std::mt19937 random_{7};
};

/// What a receiver keeps: each id once, in the order in which it first came.
struct Receiver {
  std::set<std::string> seen;
  std::map<std::string, std::vector<std::string>> by_key;
  std::size_t doubles = 0;

  Outcome accept(const store::Delivery& d) {
    if (seen.insert(d.event.event_id).second)
      by_key[d.event.order_key].push_back(d.event.event_id);
    else
      ++doubles;
    return {.status = 200};
  }
  void expect_in_order() const {
    for (const auto& [key, ids] : by_key)
      EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end())) << key;
  }
};

std::string numbered(int n) { return std::to_string(1'000'000 + n); }

TEST(WebhookTurn, ten_thousand_events_survive_six_hours_without_the_endpoint) {
  VirtualSender sender;
  Receiver down, other;
  std::int64_t worst_delay = 0;
  sender.answer = [&](const store::Delivery& d, std::int64_t now) -> Outcome {
    if (d.target.endpoint == "https://other.example/") {
      worst_delay = std::max(worst_delay, now - d.event.created_ms);
      return other.accept(d);
    }
    if (now < kStart + 6 * kHour) return {.error = "connection refused"};
    return down.accept(d);
  };
  constexpr int kEvents = 10'000;
  for (int n = 0; n < kEvents; ++n) {
    sender.put(numbered(n), "session-" + std::to_string(n % 50), "https://down.example/");
    if (n % 20 == 0) sender.put("o" + numbered(n), "s", "https://other.example/");
    sender.run_until(sender.now_ms + 2000);
  }
  sender.run_until(kStart + 8 * kHour);

  EXPECT_EQ(down.seen.size(), static_cast<std::size_t>(kEvents));
  EXPECT_EQ(other.seen.size(), static_cast<std::size_t>(kEvents / 20));
  EXPECT_EQ(sender.pending(), 0);
  EXPECT_LT(worst_delay, 1000);
  down.expect_in_order();
}

TEST(WebhookTurn, a_flapping_endpoint_and_kills_lose_nothing_and_keep_the_order) {
  VirtualSender sender;
  Receiver receiver;
  std::mt19937 random(11);
  sender.answer = [&](const store::Delivery& d, std::int64_t now) -> Outcome {
    switch ((now / 20'000) % 4) {
      case 0:
        return {.status = 500};
      case 1:
        return {.error = "timeout"};
      case 2:
        receiver.accept(d);
        return {.error = "the answer got lost"};
      default:
        return receiver.accept(d);
    }
  };
  for (int n = 0; n < 1000; ++n) {
    sender.put(numbered(n), "session-" + std::to_string(n % 10), "https://app.example/");
    sender.run_until(sender.now_ms + static_cast<std::int64_t>(random() % 1000));
    if (random() % 20 == 0) sender.kill();
  }
  sender.run_until(sender.now_ms + 20 * kHour);

  EXPECT_EQ(receiver.seen.size(), 1000u);
  EXPECT_GT(receiver.doubles, 0u) << "at least once is not exactly once";
  EXPECT_EQ(sender.pending(), 0);
  receiver.expect_in_order();
}

TEST(WebhookTurn, a_slow_endpoint_gets_its_share_of_requests_and_no_more) {
  VirtualSender sender;
  sender.latency_ms = 10'000;
  sender.answer = [](const store::Delivery&, std::int64_t) { return Outcome{.status = 200}; };
  for (int n = 0; n < 40; ++n)
    sender.put(numbered(n), "session-" + std::to_string(n), "https://slow.example/");
  sender.run_until(kStart + 5000);
  EXPECT_EQ(sender.most_under_way, sender.limits.per_endpoint);

  sender.run_until(kStart + 200'000);
  EXPECT_EQ(sender.pending(), 0);
  EXPECT_EQ(sender.attempts, 40u);
}

TEST(WebhookTurn, what_is_gone_becomes_a_dead_letter_and_the_queue_goes_on) {
  VirtualSender sender;
  Receiver receiver;
  sender.answer = [&](const store::Delivery& d, std::int64_t) -> Outcome {
    if (d.event.event_id == "1") return {.status = 410, .error = "HTTP status 410"};
    return receiver.accept(d);
  };
  store::Room room;
  room.api_key = "key";
  room.webhook_endpoint = "https://app.example/";
  store::create_room(*sender.db, room);
  sender.put("1", "s", "https://app.example/");
  sender.put("2", "s", "https://app.example/");
  sender.run_until(kStart + 1000);

  EXPECT_EQ(receiver.seen, std::set<std::string>{"2"});
  const auto letters = store::list_dead_letters(*sender.db, "key", {});
  ASSERT_EQ(letters.items.size(), 1u);
  EXPECT_EQ(letters.items[0].delivery.event.event_id, "1");
  EXPECT_EQ(letters.items[0].delivery.last_status, 410);
}

TEST(WebhookTurn, when_stopping_it_records_and_claims_nothing) {
  VirtualSender sender;
  sender.put("1", "s", "https://app.example/");
  const TurnResult result = run_turn(*sender.db, {.now_ms = kStart, .claim = false});

  EXPECT_TRUE(result.claimed.empty());
  EXPECT_EQ(result.next_due_ms, kStart);
  EXPECT_TRUE(result.key.active);
}

}  // namespace
}  // namespace plenum::webhooks
