#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/database.h"
#include "store/outbox.h"
#include "store/signing_keys.h"
#include "webhooks/retry.h"

namespace plenum::webhooks {

struct Limits {
  /// Requests under way to one endpoint of one tenant; each is of another order key.
  std::size_t per_endpoint = 4;
  std::size_t overall = 256;
  /// How long a claim hides a queue. Longer than a request may take, so that only a sender that
  /// died leaves deliveries to others.
  Duration lease = 30s;
};

/// An attempt that ended, and what follows.
struct Finished {
  store::Attempt attempt;
  Decision decision;
};

/// API key and endpoint.
using EndpointKey = std::pair<std::string, std::string>;
using InFlight = std::map<EndpointKey, std::size_t>;

struct TurnRequest {
  std::int64_t now_ms = 0;
  std::vector<Finished> finished{};
  /// Requests under way, those in `finished` not among them.
  InFlight in_flight{};
  Limits limits{};
  /// False when the sender is about to stop: only records.
  bool claim = true;
  /// Counting what waits reads an index from end to end; not in each turn.
  bool count_waiting = false;
};

struct TurnResult {
  std::vector<store::Delivery> claimed;
  /// When something is due that was not claimed now. In the past: an endpoint is at its limit.
  std::optional<std::int64_t> next_due_ms;
  store::SigningKey key;
  std::optional<std::int64_t> waiting;
};

/// All the sender's work on the store at one moment, in one transaction: records how attempts
/// ended, then claims what is due, as much as endpoints and limits leave room for. Repeating it
/// after a lost COMMIT does no harm.
TurnResult run_turn(store::Database& db, const TurnRequest& request);

}  // namespace plenum::webhooks
