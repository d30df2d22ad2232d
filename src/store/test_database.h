#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "store/migrations.h"
#include "store/postgres_database.h"
#include "store/rooms.h"
#include "store/sessions.h"
#include "store/sqlite_database.h"
#include "store/store.h"

namespace plenum::store {

/// A database of its own for each test: a file in a new folder, or a new schema on the server that
/// PLENUM_TEST_POSTGRES names (tests/services/postgres starts one).
class TestDatabase {
 public:
  explicit TestDatabase(Dialect dialect) : dialect_(dialect) {
    if (dialect == Dialect::sqlite) {
      std::string folder = (std::filesystem::temp_directory_path() / "store-XXXXXX").string();
      if (!::mkdtemp(folder.data())) throw std::runtime_error("no temporary folder");
      folder_ = folder;
      return;
    }
    const char* url = std::getenv("PLENUM_TEST_POSTGRES");
    if (!url) throw std::runtime_error("start with: tests/services/postgres run PROGRAM");
    static int count = 0;
    server_ = url;
    schema_ = "t" + std::to_string(::getpid()) + "_" + std::to_string(++count);
    open_postgres(server_)->script("CREATE SCHEMA " + schema_);
  }
  ~TestDatabase() {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
    if (!schema_.empty()) open_postgres(server_)->script("DROP SCHEMA " + schema_ + " CASCADE");
  }
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  Dialect dialect() const { return dialect_; }
  /// For open_store().
  std::string where() const {
    return dialect_ == Dialect::sqlite ? (folder_ / "plenum.db").string()
                                       : server_ + "?options=-csearch_path%3D" + schema_;
  }
  std::unique_ptr<Database> connect() const {
    return dialect_ == Dialect::sqlite ? open_sqlite(where()) : open_postgres(where());
  }

 private:
  Dialect dialect_;
  std::filesystem::path folder_;
  std::string server_, schema_;
};

/// A test that runs on both databases; declare the suite's instances with ON_BOTH_DATABASES.
class OnBothDatabases : public testing::TestWithParam<Dialect> {
 protected:
  TestDatabase database{GetParam()};
};

/// The same with the schema in place and a connection.
class WithTables : public OnBothDatabases {
 protected:
  WithTables() { migrate(db); }
  std::unique_ptr<Database> connection = database.connect();
  Database& db = *connection;
};

#define ON_BOTH_DATABASES(suite)                                             \
  INSTANTIATE_TEST_SUITE_P(SQLite, suite, testing::Values(Dialect::sqlite)); \
  INSTANTIATE_TEST_SUITE_P(PostgreSQL, suite, testing::Values(Dialect::postgres))

inline Room some_room(const std::string& api_key, std::int64_t created_ms = 1000) {
  Room room;
  room.api_key = api_key;
  room.created_ms = room.updated_ms = created_ms;
  return room;
}

inline Session some_session(const Room& room, std::int64_t started_ms = 2000) {
  Session session;
  session.api_key = room.api_key;
  session.room = room.id;
  session.livekit_sid = "RM_1";
  session.node = "node-1";
  session.started_ms = started_ms;
  return session;
}

inline StoreError::Kind kind_thrown_by(const std::function<void()>& f) {
  try {
    f();
  } catch (const StoreError& e) {
    return e.kind();
  }
  throw std::runtime_error("no StoreError was thrown");
}

}  // namespace plenum::store
