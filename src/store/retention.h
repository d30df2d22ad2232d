#pragma once
#include <cstdint>

#include "store/database.h"

namespace plenum::store {

/// How long history is kept.
struct Retention {
  /// Sessions with everything in them, from their end; rooms that a join made, when no session of
  /// theirs is left.
  std::int64_t sessions_ms = std::int64_t{90} * 24 * 60 * 60 * 1000;
  /// Delivered webhooks, from their delivery, and uploads, from their end. Dead webhooks stay until
  /// they are replayed or their key's owner no longer wants them: nobody has seen them yet.
  std::int64_t delivered_ms = std::int64_t{7} * 24 * 60 * 60 * 1000;
};

struct Swept {
  std::int64_t sessions = 0, rooms = 0, deliveries = 0, uploads = 0, revocations = 0, answers = 0;
  /// Something reached its chunk's limit: call again, after others have had their turn.
  bool more = false;
};

/// Deletes one chunk of what is over its time, at most `chunk` rows of each sort (participants and
/// their rows go with their session).
Swept sweep(Database& db, const Retention& retention, std::int64_t now_ms,
            std::int64_t chunk = 100);

}  // namespace plenum::store
