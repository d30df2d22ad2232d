#pragma once
#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "store/error.h"
#include "store/value.h"

namespace plenum::store {

enum class Access { read, write };
enum class Dialect { sqlite, postgres };

struct Answer {
  std::vector<Row> rows;
  /// Rows inserted, updated or deleted. Means nothing after a SELECT.
  std::int64_t changed = 0;
};

/// One connection to the database, for one thread. Statements are text with `$1`, `$2`, …; the
/// same text has to run on SQLite and on PostgreSQL. Every function throws StoreError.
class Database {
 public:
  virtual ~Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Runs one statement. Its text is the key under which it stays prepared, so texts are few and
  /// values are parameters.
  Answer execute(std::string_view sql, std::initializer_list<Param> params = {}) {
    return execute(sql, std::span(params.begin(), params.size()));
  }
  Answer execute(std::string_view sql, std::span<const Param> params) {
    Answer answer = run(sql, params);
    answered_.fetch_add(1, std::memory_order_relaxed);
    return answer;
  }
  /// Runs several statements separated by semicolons, without parameters.
  virtual void script(std::string_view sql) = 0;

  /// A write transaction of SQLite holds the write lock from its beginning, so that it cannot fail
  /// half way for want of it; a read transaction sees one snapshot and refuses to write.
  virtual void begin(Access access) = 0;
  virtual void commit() = 0;
  virtual void rollback() = 0;
  /// Marks a point inside a transaction; they nest.
  virtual void savepoint() = 0;
  /// Keeps what was done since the latest savepoint and forgets the point.
  virtual void release_savepoint() = 0;
  /// Undoes what was done since the latest savepoint and forgets the point.
  virtual void undo_to_savepoint() = 0;

  virtual Dialect dialect() const = 0;
  /// False once the connection is lost; it does not come back, a new one is needed.
  virtual bool alive() const = 0;

  /// The two functions for other threads.
  /// How many answers have come: whoever waits for a call sees whether anything moves.
  std::uint64_t answered() const { return answered_.load(std::memory_order_relaxed); }
  /// Makes a call that another thread is waiting in fail soon.
  virtual void interrupt() noexcept = 0;

 protected:
  Database() = default;

 private:
  virtual Answer run(std::string_view sql, std::span<const Param> params) = 0;

  std::atomic<std::uint64_t> answered_ = 0;
};

/// A transaction that is rolled back unless it is committed.
class Transaction {
 public:
  Transaction(Database& db, Access access) : db_(db) { db_.begin(access); }
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit() {
    db_.commit();
    open_ = false;
  }

 private:
  Database& db_;
  bool open_ = true;
};

}  // namespace plenum::store
