#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/database.h"

namespace plenum::store {

/// The transactional outbox: what happened and whom to tell is stored in the transaction of the
/// change itself, so that neither is ever without the other. Deliveries to one endpoint under one
/// order key (a session) form a queue; only the head of a queue is ever handed out.
struct OutboxEvent {
  /// Stays the same over all attempts and restarts; receivers drop doubles by it.
  std::string event_id;
  std::string api_key;
  /// Events with the same one reach an endpoint in the order in which they were put.
  std::string order_key;
  std::string type;
  Blob body;
  std::int64_t created_ms = 0;
};

/// Whose words and signature a delivery has.
enum class Family : std::uint8_t { videosdk, livekit };

struct Target {
  std::string endpoint;  // URL
  Family family = Family::videosdk;
  /// The recording, livestream, … whose delivery summary counts this.
  std::optional<std::string> job = std::nullopt;
};

/// Call it in the transaction that made the event true. Without targets nothing is stored.
void put_event(Database& db, const OutboxEvent& event, std::span<const Target> targets);

struct Delivery {
  std::int64_t id = 0;
  Target target;
  /// Failed attempts so far.
  std::int64_t attempts = 0;
  std::optional<std::int64_t> last_status = std::nullopt;  // HTTP
  std::optional<std::string> last_error = std::nullopt;
  OutboxEvent event;
};

/// An endpoint with something to do.
struct DueEndpoint {
  std::string api_key, endpoint;
  friend bool operator==(const DueEndpoint&, const DueEndpoint&) = default;
};

/// Endpoints with a delivery whose time has come, most overdue first. Of all tenants: it is the
/// sender's question, who then claims from each as much as that endpoint can take.
std::vector<DueEndpoint> due_endpoints(Database& db, std::int64_t now_ms, std::int64_t limit);
/// When the next delivery is due; nullopt while nothing waits.
std::optional<std::int64_t> next_due_ms(Database& db);

/// Deliveries neither made nor given up, of all tenants. Reads an index from end to end.
std::int64_t count_pending(Database& db);

/// Hands out heads of the endpoint's due queues, and hides those queues until `lease_ms` from now:
/// by then there is a record of success or failure, or the sender has died and they come again.
std::vector<Delivery> claim_deliveries(Database& db, const DueEndpoint& endpoint,
                                       std::int64_t now_ms, std::int64_t lease_ms,
                                       std::int64_t limit);

/// How an attempt ended.
struct Attempt {
  std::string api_key;
  std::int64_t delivery = 0;
  std::optional<std::int64_t> status = std::nullopt;  // HTTP; nullopt when no answer came
  std::optional<std::string> error = std::nullopt;
  std::int64_t at_ms = 0;
};

/// The following say false when the delivery is not pending any more, for instance because another
/// sender took over after the lease and has finished it.

/// Delivered: the queue goes on at once.
bool record_success(Database& db, const Attempt& attempt);
/// Failed, and to be tried again: the whole queue waits until `next_attempt_ms`.
bool record_failure(Database& db, const Attempt& attempt, std::int64_t next_attempt_ms);
/// Given up: a dead letter, and the queue goes on. After a 410 the room's events go to its endpoint
/// no more.
bool record_dead(Database& db, const Attempt& attempt);

/// What a job's resource says of its webhooks.
struct DeliverySummary {
  struct Entry {
    std::string type;
    bool success = false;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  std::int64_t total = 0, success = 0;
  /// Finished deliveries, delivered or dead, in the order of the events.
  std::vector<Entry> entries;
};
DeliverySummary delivery_summary(Database& db, const std::string& api_key, const std::string& job);

/// Deletes at most `limit` deliveries that succeeded before `before_ms`, and events without any
/// delivery left. Answers how many deliveries went.
std::int64_t purge_delivered(Database& db, std::int64_t before_ms, std::int64_t limit);

}  // namespace plenum::store
