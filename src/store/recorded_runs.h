#pragma once
#include <cstdint>
#include <string>

#include "store/database.h"

namespace plenum::store {

/// How far each run of a server has written what it numbers in its order. Kept in the transaction
/// of the writing itself, so that after a lost COMMIT or a crash it is known what is there already.

/// The last number written; 0 = none.
std::int64_t last_recorded(Database& db, const std::string& run);
void set_last_recorded(Database& db, const std::string& run, const std::string& node,
                       std::int64_t number);
/// For a server's start, when nothing of its former runs can come again.
void forget_recorded(Database& db, const std::string& node);

}  // namespace plenum::store
