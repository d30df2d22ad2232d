#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "store/database.h"

namespace plenum::store {

/// The first answer to a request that carried an Idempotency-Key header, to be given again.
struct StoredAnswer {
  std::string api_key, idempotency_key;
  /// Method and path; the same key on another route is the client's mistake.
  std::string route;
  int status = 0;
  Blob body;
  std::int64_t created_ms = 0;

  friend bool operator==(const StoredAnswer&, const StoredAnswer&) = default;
};

inline constexpr std::int64_t kAnswerLifeMs = 24 * 60 * 60 * 1000;

/// nullopt: none, or older than kAnswerLifeMs.
std::optional<StoredAnswer> find_answer(Database& db, const std::string& api_key,
                                        const std::string& idempotency_key, std::int64_t now_ms);
/// Stores the answer in the transaction of what the request did. False: another request with this
/// key was faster; undo what this one did and give the other's answer.
bool store_answer(Database& db, const StoredAnswer& answer);

}  // namespace plenum::store
