#include "store/sqlite_database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <unordered_map>

#include "base/overloaded.h"

namespace plenum::store {
namespace {

constexpr int kBusyTimeoutMs = 5000;
/// Far above the number of texts in this program; only a text built from values would pass it.
constexpr std::size_t kMaxStatements = 512;

StoreError::Kind kind_of(int code) {
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
      return StoreError::Kind::constraint;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return StoreError::Kind::corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_INTERRUPT:
    case SQLITE_PROTOCOL:
      return StoreError::Kind::unavailable;
    default:
      return StoreError::Kind::other;
  }
}

struct CloseConnection {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

/// A prepared statement and where its `$n` stand: SQLite numbers names by first appearance.
struct Statement {
  std::unique_ptr<sqlite3_stmt, FinalizeStatement> handle;
  std::vector<int> position_of;
};

/// Leaves the statement ready for its next run, whatever happened in this one.
class Run {
 public:
  explicit Run(sqlite3_stmt* statement) : statement_(statement) {}
  ~Run() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

 private:
  sqlite3_stmt* statement_;
};

/// The parameter is lent until the statement has run, so nothing is copied.
int bind(sqlite3_stmt* statement, int at, const Param& param) {
  return std::visit(overloaded{
                        [&](std::monostate) { return sqlite3_bind_null(statement, at); },
                        [&](std::int64_t v) { return sqlite3_bind_int64(statement, at, v); },
                        [&](double v) { return sqlite3_bind_double(statement, at, v); },
                        [&](std::string_view v) {
                          return sqlite3_bind_text64(statement, at, v.data() ? v.data() : "",
                                                     v.size(), SQLITE_STATIC, SQLITE_UTF8);
                        },
                        [&](Bytes v) {
                          return v.empty() ? sqlite3_bind_zeroblob(statement, at, 0)
                                           : sqlite3_bind_blob64(statement, at, v.data(), v.size(),
                                                                 SQLITE_STATIC);
                        },
                    },
                    param.view());
}

Value field(sqlite3_stmt* statement, int i) {
  const auto size = [&] { return static_cast<std::size_t>(sqlite3_column_bytes(statement, i)); };
  switch (sqlite3_column_type(statement, i)) {
    case SQLITE_INTEGER:
      return sqlite3_column_int64(statement, i);
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, i);
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
      return std::string(text, size());
    }
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(statement, i));
      return Blob(bytes, bytes + size());
    }
    default:
      return {};
  }
}

class SqliteDatabase final : public Database {
 public:
  explicit SqliteDatabase(const std::string& path) {
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(
        path.c_str(), &raw,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
        nullptr);
    connection_.reset(raw);
    if (code != SQLITE_OK)
      throw StoreError(kind_of(code),
                       fmt::format("cannot open the database {}: {}", path,
                                   raw ? sqlite3_errmsg(raw) : sqlite3_errstr(code)));
    sqlite3_extended_result_codes(raw, 1);
    sqlite3_busy_timeout(raw, kBusyTimeoutMs);
    script(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384; PRAGMA journal_size_limit=67108864");
  }

  void script(std::string_view sql) override {
    const int code =
        sqlite3_exec(connection_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code);
  }

  void begin(Access access) override {
    if (access != access_) {
      // Not through a prepared statement: SQLite sets this when it compiles the text.
      script(access == Access::read ? "PRAGMA query_only=1" : "PRAGMA query_only=0");
      access_ = access;
    }
    execute(access == Access::read ? "BEGIN" : "BEGIN IMMEDIATE");
  }
  void commit() override { execute("COMMIT"); }
  void rollback() override {
    // SQLite ends the transaction itself after some errors, a full disk for one.
    if (!sqlite3_get_autocommit(connection_.get())) execute("ROLLBACK");
  }
  void savepoint() override { execute("SAVEPOINT point"); }
  void release_savepoint() override { execute("RELEASE point"); }
  void undo_to_savepoint() override {
    execute("ROLLBACK TO point");
    execute("RELEASE point");
  }

  Dialect dialect() const override { return Dialect::sqlite; }
  bool alive() const override { return true; }
  void interrupt() noexcept override { sqlite3_interrupt(connection_.get()); }

 private:
  Answer run(std::string_view sql, std::span<const Param> params) override {
    const Statement& statement = prepared(sql);
    sqlite3_stmt* handle = statement.handle.get();
    const Run reset_afterwards(handle);
    if (statement.position_of.size() != params.size())
      throw StoreError(StoreError::Kind::other,
                       fmt::format("{} parameters for {} places in: {}", params.size(),
                                   statement.position_of.size(), sql));
    for (std::size_t i = 0; i < params.size(); ++i)
      if (const int code = bind(handle, statement.position_of[i], params[i]); code != SQLITE_OK)
        fail(code);
    Answer answer;
    const int columns = sqlite3_column_count(handle);
    int code;
    while ((code = sqlite3_step(handle)) == SQLITE_ROW) {
      std::vector<Value> fields;
      fields.reserve(static_cast<std::size_t>(columns));
      for (int i = 0; i < columns; ++i) fields.push_back(field(handle, i));
      answer.rows.emplace_back(std::move(fields));
    }
    if (code != SQLITE_DONE) fail(code);
    answer.changed = sqlite3_changes64(connection_.get());
    return answer;
  }

  const Statement& prepared(std::string_view sql) {
    std::string text(sql);
    if (const auto found = statements_.find(text); found != statements_.end()) return found->second;
    if (statements_.size() >= kMaxStatements) statements_.clear();
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    Statement statement{.handle = decltype(Statement::handle)(raw), .position_of = {}};
    if (code != SQLITE_OK) fail(code);
    const int places = sqlite3_bind_parameter_count(raw);
    for (int n = 1; n <= places; ++n)
      statement.position_of.push_back(
          sqlite3_bind_parameter_index(raw, fmt::format("${}", n).c_str()));
    return statements_.emplace(std::move(text), std::move(statement)).first->second;
  }

  [[noreturn]] void fail(int code) const {
    throw StoreError(kind_of(code), sqlite3_errmsg(connection_.get()));
  }

  std::unique_ptr<sqlite3, CloseConnection> connection_;
  std::unordered_map<std::string, Statement> statements_;  // closed before the connection
  Access access_ = Access::write;
};

/// SQLite would create the file as the umask says, and it holds the secrets of API keys. Its -wal
/// and -shm files take over the mode of the main one. A file that is there is not opened: closing
/// it again would drop the locks that this process has on it by other connections (POSIX), and the
/// next program that closes the database would delete the log under them.
void create_private(const std::string& path) {
  if (path.empty() || path.front() == ':' || path.starts_with("file:")) return;
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0) ::close(fd);  // else SQLite says what is wrong
}

}  // namespace

std::unique_ptr<Database> open_sqlite(const std::string& path) {
  create_private(path);
  return std::make_unique<SqliteDatabase>(path);
}

}  // namespace plenum::store
