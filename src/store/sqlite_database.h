#pragma once
#include <memory>
#include <string>

#include "store/database.h"

namespace plenum::store {

/// Opens (and creates, readable by its owner only) the SQLite file at `path`: write-ahead log, each
/// commit synced to the disk, foreign keys held. Throws StoreError.
std::unique_ptr<Database> open_sqlite(const std::string& path);

}  // namespace plenum::store
