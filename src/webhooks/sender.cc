#include "webhooks/sender.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/crypto.h"
#include "base/log.h"
#include "io/clock.h"

namespace plenum::webhooks {
namespace {

/// After the store failed, and the longest sleep: other nodes put events too, and wake nobody here.
constexpr Duration kStoreRetry = 1s;
constexpr Duration kMaxSleep = 2s;
constexpr Duration kCountInterval = 10s;
/// Beyond the deadline of stop(), to record what ended in time.
constexpr Duration kLastRecords = 2s;

/// Uniform in [0, 1).
double jitter() { return static_cast<double>(crypto::random_u32()) / 4294967296.0; }

/// Unix time that never goes back: when the wall clock is set back, what is due stays due; when it
/// is set forward, what others put with that time is due as well.
class ForwardClock {
 public:
  std::int64_t now_ms(TimePoint monotonic) {
    using std::chrono::milliseconds;
    const auto passed = std::chrono::duration_cast<milliseconds>(monotonic - at_);
    const std::int64_t carried = value_ + passed.count();
    const std::int64_t wall = io::unix_ms();
    if (wall <= carried) return carried;
    value_ = wall;
    at_ = monotonic;
    return wall;
  }

 private:
  std::int64_t value_ = 0;
  TimePoint at_{};
};

}  // namespace

/// Everything but the counters, the mailbox and the flags belongs to the sender's thread.
class WebhookSender::Loop {
 public:
  Loop(store::Store& store, Options options)
      : store_(store), options_(std::move(options)), transport_(options_.transport) {
    store::SigningKey key;
    store.run([&](store::Database& db) { key = ensure_signing_key(db, io::unix_ms()); });
    rsa_.emplace(key.private_pem);
    kid_ = key.kid;
  }

  void run();
  void wake() {
    woken_ = true;
    transport_.wake();
  }
  void stop(Duration deadline) {
    stop_after_us_ = deadline.count();
    transport_.wake();
  }
  Counters counters() const {
    return {.delivered = delivered_, .failed = failed_, .dead = dead_, .waiting = waiting_};
  }

 private:
  struct UnderWay {
    store::Delivery delivery;
    EndpointKey endpoint;
  };
  /// Filled on the store's thread; shared with its job, which still unlocks it when we have read
  /// it.
  struct Mailbox {
    std::mutex mutex;
    std::optional<TurnResult> result;
    bool failed = false;
  };

  bool may_end(TimePoint now);
  bool stopping() const { return stop_after_us_ >= 0; }
  void begin_turn(TimePoint now);
  void end_turn(TimePoint now);
  void take(TurnResult result, TimePoint now);
  void use_key(const store::SigningKey& key);
  void launch(store::Delivery delivery);
  void finish(std::uint64_t id, const Outcome& outcome, TimePoint now);
  void count(Verdict verdict);
  Duration sleep(TimePoint now) const;

  store::Store& store_;
  const Options options_;
  Transport transport_;
  ForwardClock clock_;

  std::uint64_t next_id_ = 0;
  std::unordered_map<std::uint64_t, UnderWay> under_way_;
  InFlight in_flight_;
  std::vector<Finished> finished_;   // to be recorded
  std::vector<Finished> recording_;  // in the turn that is running
  std::vector<Transport::Done> unsent_;
  std::optional<RsaSigner> rsa_;
  std::string kid_;

  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  bool turn_running_ = false;
  TimePoint next_turn_{};
  TimePoint next_count_{};
  std::optional<TimePoint> stop_at_;

  std::atomic<bool> woken_ = true;
  std::atomic<std::int64_t> stop_after_us_ = -1;
  std::atomic<std::uint64_t> delivered_ = 0, failed_ = 0, dead_ = 0;
  std::atomic<std::int64_t> waiting_ = 0;
};

void WebhookSender::Loop::run() {
  for (;;) {
    TimePoint now = io::now();
    if (may_end(now)) return;
    end_turn(now);
    const bool claim_time = !stopping() && (woken_ || now >= next_turn_);
    const bool record_time = !finished_.empty() && now >= next_turn_;
    if (!turn_running_ && (claim_time || record_time)) begin_turn(now);
    auto done = transport_.poll(sleep(now));
    now = io::now();
    for (Transport::Done& d : unsent_) done.push_back(std::move(d));
    unsent_.clear();
    for (const Transport::Done& d : done) finish(d.id, d.outcome, now);
  }
}

bool WebhookSender::Loop::may_end(TimePoint now) {
  if (!stopping()) return false;
  if (!stop_at_) stop_at_ = now + Duration(stop_after_us_.load());
  // The store's answer is always waited for: its job knows this loop. It comes soon.
  if (turn_running_) return false;
  if (finished_.empty()) return under_way_.empty() || now >= *stop_at_;
  return now >= *stop_at_ + kLastRecords;
}

Duration WebhookSender::Loop::sleep(TimePoint now) const {
  if (!unsent_.empty()) return 0ms;
  if (turn_running_) return kMaxSleep;  // its end wakes us
  Duration wait = stopping() && finished_.empty()
                      ? kMaxSleep
                      : std::clamp<Duration>(next_turn_ - now, 0ms, kMaxSleep);
  if (stop_at_) wait = std::min(wait, std::max<Duration>(*stop_at_ - now, 0ms));
  return wait;
}

void WebhookSender::Loop::begin_turn(TimePoint now) {
  woken_ = false;
  recording_ = std::exchange(finished_, {});
  TurnRequest request{.now_ms = clock_.now_ms(now),
                      .finished = recording_,
                      .in_flight = in_flight_,
                      .limits = options_.limits,
                      .claim = !stopping(),
                      .count_waiting = now >= next_count_};
  if (request.count_waiting) next_count_ = now + kCountInterval;
  auto result = std::make_shared<TurnResult>();  // between the job's two functions
  turn_running_ = store_.submit([request = std::move(request),
                                 result](store::Database& db) { *result = run_turn(db, request); },
                                [this, mailbox = mailbox_, result](std::exception_ptr error) {
                                  const std::lock_guard lock(mailbox->mutex);
                                  if (error)
                                    mailbox->failed = true;
                                  else
                                    mailbox->result = std::move(*result);
                                  transport_.wake();
                                });
  if (turn_running_) return;
  finished_ = std::exchange(recording_, {});
  next_turn_ = now + kStoreRetry;
}

void WebhookSender::Loop::end_turn(TimePoint now) {
  if (!turn_running_) return;
  std::optional<TurnResult> result;
  bool failed = false;
  {
    const std::lock_guard lock(mailbox_->mutex);
    result = std::exchange(mailbox_->result, std::nullopt);
    failed = std::exchange(mailbox_->failed, false);
  }
  if (!result && !failed) return;
  turn_running_ = false;
  if (result) {
    for (const Finished& f : recording_) count(f.decision.verdict);
    recording_.clear();
    take(*std::move(result), now);
    return;
  }
  log::warn("Webhooks wait: the store does not answer");
  finished_.insert(finished_.begin(), std::make_move_iterator(recording_.begin()),
                   std::make_move_iterator(recording_.end()));
  recording_.clear();
  next_turn_ = now + kStoreRetry;
}

void WebhookSender::Loop::take(TurnResult result, TimePoint now) {
  if (result.waiting) waiting_ = *result.waiting;
  if (result.key.kid != kid_) {
    use_key(result.key);
  }
  for (store::Delivery& d : result.claimed) launch(std::move(d));
  next_turn_ = now + kMaxSleep;
  if (!result.next_due_ms) return;
  const Duration until = std::chrono::milliseconds(*result.next_due_ms - clock_.now_ms(now));
  // Due and not claimed: an endpoint is at its limit, and the end of a request brings the next
  // turn.
  if (until > 0ms)
    next_turn_ = now + std::min(until, kMaxSleep);
  else if (under_way_.empty())
    next_turn_ = now;
}

void WebhookSender::Loop::use_key(const store::SigningKey& key) {
  try {
    rsa_.emplace(key.private_pem);
    kid_ = key.kid;
  } catch (const std::exception& e) {
    log::error("Webhooks go on with the signing key {}: {}", kid_, e.what());
  }
}

void WebhookSender::Loop::launch(store::Delivery delivery) {
  const std::uint64_t id = ++next_id_;
  const Signing signing{.rsa = *rsa_, .kid = kid_, .secret_of = options_.secret_of};
  auto request = make_request(delivery, signing, io::unix_ms() / 1000);
  EndpointKey endpoint{delivery.event.api_key, delivery.target.endpoint};
  ++in_flight_[endpoint];
  under_way_.emplace(id, UnderWay{std::move(delivery), std::move(endpoint)});
  if (!request.ok()) {
    unsent_.push_back({id, {.error = request.error()}});
    return;
  }
  try {
    transport_.start(id, *std::move(request));
  } catch (const std::exception& e) {
    unsent_.push_back({id, {.error = e.what()}});
  }
}

void WebhookSender::Loop::finish(std::uint64_t id, const Outcome& outcome, TimePoint now) {
  const auto found = under_way_.find(id);
  if (found == under_way_.end()) return;
  const UnderWay done = std::move(found->second);
  under_way_.erase(found);
  const auto count_of = in_flight_.find(done.endpoint);
  if (count_of != in_flight_.end() && --count_of->second == 0) in_flight_.erase(count_of);
  const store::Delivery& d = done.delivery;
  const std::int64_t now_ms = clock_.now_ms(now);
  finished_.push_back({.attempt = {.api_key = d.event.api_key,
                                   .delivery = d.id,
                                   .status = outcome.status,
                                   .error = outcome.error,
                                   .at_ms = now_ms},
                       .decision = decide(options_.retry, outcome, d.attempts, d.event.created_ms,
                                          now_ms, jitter())});
  next_turn_ = std::min(next_turn_, now);
  if (finished_.back().decision.verdict == Verdict::dead)
    log::warn("Webhook {} is given up: {}", d.event.event_id, outcome.error.value_or(""));
}

void WebhookSender::Loop::count(Verdict verdict) {
  if (verdict == Verdict::delivered) ++delivered_;
  if (verdict == Verdict::retry) ++failed_;
  if (verdict == Verdict::dead) ++dead_;
}

WebhookSender::WebhookSender(store::Store& store, Options options)
    : loop_(std::make_unique<Loop>(store, std::move(options))) {
  thread_ = std::thread([this] { loop_->run(); });
}

WebhookSender::~WebhookSender() { stop(0ms); }

void WebhookSender::wake() { loop_->wake(); }

void WebhookSender::stop(Duration deadline) {
  if (!thread_.joinable()) return;
  loop_->stop(std::max<Duration>(deadline, 0ms));
  thread_.join();
}

WebhookSender::Counters WebhookSender::counters() const { return loop_->counters(); }

}  // namespace plenum::webhooks
