#pragma once
#include <cstdint>
#include <string>

#include "store/outbox.h"
#include "store/page.h"

namespace plenum::store {

/// A delivery that was given up. The functions below know only those to endpoints of the key's own
/// rooms, not those of the operator.
struct DeadLetter {
  Delivery delivery;
  std::int64_t died_ms = 0;
};

/// Latest event first.
Page<DeadLetter> list_dead_letters(Database& db, const std::string& api_key,
                                   const PageRequest& page);

/// Puts it back into its queue, with no attempts, in front of younger events. False: no such
/// letter.
bool replay_dead_letter(Database& db, const std::string& api_key, std::int64_t delivery,
                        std::int64_t now_ms);
/// At most `limit` of an endpoint, oldest first. Answers how many.
std::int64_t replay_dead_letters(Database& db, const std::string& api_key,
                                 const std::string& endpoint, std::int64_t now_ms,
                                 std::int64_t limit = 1000);

}  // namespace plenum::store
