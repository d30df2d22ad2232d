#pragma once
#include <memory>
#include <string>

#include "store/database.h"

namespace plenum::store {

/// Connects to the PostgreSQL server that `url` names: a postgresql:// URL or libpq's key=value
/// text. Throws StoreError with the server's reason, without the URL: it may hold a password.
std::unique_ptr<Database> open_postgres(const std::string& url);

}  // namespace plenum::store
