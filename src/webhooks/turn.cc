#include "webhooks/turn.h"

#include <algorithm>

#include "webhooks/signature.h"

namespace plenum::webhooks {
namespace {

void record(store::Database& db, const Finished& f) {
  switch (f.decision.verdict) {
    case Verdict::delivered:
      store::record_success(db, f.attempt);
      break;
    case Verdict::retry:
      store::record_failure(db, f.attempt, f.decision.next_attempt_ms);
      break;
    case Verdict::dead:
      store::record_dead(db, f.attempt);
      break;
  }
}

std::size_t total(const InFlight& in_flight) {
  std::size_t n = 0;
  for (const auto& [endpoint, count] : in_flight) n += count;
  return n;
}

}  // namespace

TurnResult run_turn(store::Database& db, const TurnRequest& request) {
  TurnResult result;
  for (const Finished& f : request.finished) record(db, f);
  std::size_t used = total(request.in_flight);
  const Limits& limits = request.limits;
  if (request.claim && used < limits.overall) {
    const auto lease_ms = std::chrono::duration_cast<std::chrono::milliseconds>(limits.lease);
    // Twice, since as many as there are requests may be at their own limit.
    const auto due =
        store::due_endpoints(db, request.now_ms, static_cast<std::int64_t>(2 * limits.overall));
    for (const store::DueEndpoint& endpoint : due) {
      const auto found = request.in_flight.find({endpoint.api_key, endpoint.endpoint});
      const std::size_t busy = found == request.in_flight.end() ? 0 : found->second;
      if (busy >= limits.per_endpoint) continue;
      const std::size_t room = std::min(limits.per_endpoint - busy, limits.overall - used);
      if (room == 0) break;
      for (store::Delivery& d : store::claim_deliveries(
               db, endpoint, request.now_ms, lease_ms.count(), static_cast<std::int64_t>(room))) {
        result.claimed.push_back(std::move(d));
        ++used;
      }
    }
  }
  result.next_due_ms = store::next_due_ms(db);
  result.key = ensure_signing_key(db, request.now_ms);
  if (request.count_waiting) result.waiting = store::count_pending(db);
  return result;
}

}  // namespace plenum::webhooks
