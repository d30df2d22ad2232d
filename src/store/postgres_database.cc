#include "store/postgres_database.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <charconv>
#include <pqxx/pqxx>
#include <unordered_map>

#include "base/overloaded.h"

namespace plenum::store {
namespace {

constexpr std::size_t kMaxStatements = 512;

/// Types of pg_type.dat that our schema and count() produce.
constexpr pqxx::oid kBool = 16, kBytea = 17, kInt8 = 20, kInt2 = 21, kInt4 = 23, kFloat4 = 700,
                    kFloat8 = 701;

/// What the operator did not set himself: a dead server is noticed within seconds, and a server
/// that loses us does not keep our locks.
std::string with_defaults(const std::string& url) {
  const bool is_url = url.find("://") != std::string::npos;
  std::string all = url;
  const auto add = [&](std::string_view key, std::string_view value) {
    if (url.find(fmt::format("{}=", key)) != std::string::npos) return;
    if (is_url)
      all += fmt::format("{}{}={}", all.find('?') == std::string::npos ? '?' : '&', key, value);
    else
      all += fmt::format(" {}={}", key, value);
  };
  add("connect_timeout", "2");
  add("tcp_user_timeout", "5000");
  add("keepalives_idle", "5");
  add("keepalives_interval", "2");
  add("application_name", "plenum");
  return all;
}

/// PostgreSQL appendix A: error codes. Class 40 is a conflict with another transaction, 53 a lack
/// of resources, 57 an operator's intervention.
StoreError::Kind kind_of(std::string_view sqlstate) {
  if (sqlstate.starts_with("23")) return StoreError::Kind::constraint;
  if (sqlstate.starts_with("XX001") || sqlstate.starts_with("XX002"))
    return StoreError::Kind::corrupt;
  for (const char* temporary : {"08", "40", "53", "55P03", "57", "58"})
    if (sqlstate.starts_with(temporary)) return StoreError::Kind::unavailable;
  return StoreError::Kind::other;
}

/// libpq ends each message with a line feed.
std::string line(const std::exception& e) {
  std::string text = e.what();
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

template <class T>
T number(const pqxx::field& f) {
  T v{};
  const auto [end, error] = std::from_chars(f.c_str(), f.c_str() + f.size(), v);
  if (error != std::errc{} || end != f.c_str() + f.size())
    throw StoreError(StoreError::Kind::corrupt, fmt::format("not a number: {}", f.c_str()));
  return v;
}

Value value_of(const pqxx::field& f) {
  if (f.is_null()) return {};
  switch (f.type()) {
    case kInt2:
    case kInt4:
    case kInt8:
      return number<std::int64_t>(f);
    case kBool:
      return std::int64_t{f.c_str()[0] == 't'};
    case kFloat4:
    case kFloat8:
      return number<double>(f);
    case kBytea: {
      const pqxx::binarystring raw(f);
      const auto* bytes = reinterpret_cast<const std::byte*>(raw.data());
      return Blob(bytes, bytes + raw.size());
    }
    default:
      return std::string(f.c_str(), f.size());
  }
}

/// The text form of a parameter: the server takes its type from the place where it stands.
std::optional<std::string> text_of(const Param& param) {
  using Text = std::optional<std::string>;
  return std::visit(overloaded{
                        [](std::monostate) -> Text { return std::nullopt; },
                        [](std::int64_t v) -> Text { return std::to_string(v); },
                        [](double v) -> Text { return fmt::format("{}", v); },
                        [](std::string_view v) -> Text {
                          if (v.find('\0') != std::string_view::npos)
                            throw StoreError(StoreError::Kind::constraint,
                                             "text with a NUL character");
                          return std::string(v);
                        },
                        [](Bytes v) -> Text {
                          constexpr std::string_view kHex = "0123456789abcdef";
                          std::string text = "\\x";
                          text.reserve(2 + 2 * v.size());
                          for (const std::byte b : v) {
                            text += kHex[std::to_integer<std::size_t>(b >> 4)];
                            text += kHex[std::to_integer<std::size_t>(b & std::byte{15})];
                          }
                          return text;
                        },
                    },
                    param.view());
}

class PostgresDatabase final : public Database {
 public:
  explicit PostgresDatabase(const std::string& url)
      : connection_(with_defaults(url)), quiet_(connection_), session_(connection_) {
    // Plans are made anew for each run: one that was kept from when a table was empty reads all of
    // it, until the server happens to gather statistics.
    script(
        "SET client_min_messages=warning; SET idle_in_transaction_session_timeout='10s';"
        "SET plan_cache_mode=force_custom_plan");
  }

  void script(std::string_view sql) override {
    guarded([&] { return session_.exec(std::string(sql)); });
  }
  void begin(Access access) override {
    script(access == Access::read ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN");
  }
  void commit() override { script("COMMIT"); }
  void rollback() override { script("ROLLBACK"); }
  void savepoint() override { script("SAVEPOINT point"); }
  void release_savepoint() override { script("RELEASE point"); }
  void undo_to_savepoint() override { script("ROLLBACK TO point; RELEASE point"); }

  Dialect dialect() const override { return Dialect::postgres; }
  bool alive() const override { return alive_; }
  /// libpq then reads the end of the stream and gives up. A cancel request would need the server.
  void interrupt() noexcept override { ::shutdown(socket_, SHUT_RDWR); }

 private:
  Answer run(std::string_view sql, std::span<const Param> params) override {
    std::vector<std::optional<std::string>> texts;
    texts.reserve(params.size());
    for (const Param& p : params) texts.push_back(text_of(p));
    std::vector<const char*> values;
    values.reserve(texts.size());
    for (const auto& text : texts) values.push_back(text ? text->c_str() : nullptr);

    const pqxx::result result = guarded([&] {
      return session_.exec_prepared(prepared(sql), pqxx::prepare::make_dynamic_params(values));
    });
    Answer answer;
    answer.changed = static_cast<std::int64_t>(result.affected_rows());
    answer.rows.reserve(result.size());
    for (const pqxx::row& row : result) {
      std::vector<Value> fields;
      fields.reserve(row.size());
      for (const pqxx::field& f : row) fields.push_back(value_of(f));
      answer.rows.emplace_back(std::move(fields));
    }
    return answer;
  }

  const std::string& prepared(std::string_view sql) {
    std::string text(sql);
    if (const auto found = statements_.find(text); found != statements_.end()) return found->second;
    if (statements_.size() >= kMaxStatements) {
      for (const auto& [old, name] : statements_) connection_.unprepare(name);
      statements_.clear();
    }
    std::string name = fmt::format("s{}", ++statement_number_);
    connection_.prepare(name, text);
    return statements_.emplace(std::move(text), std::move(name)).first->second;
  }

  /// libpqxx would open a new connection behind our back, in the middle of a transaction; so a lost
  /// one is never touched again. (It also leaks a result of a few kilobytes when that happens.)
  template <class F>
  pqxx::result guarded(F statement) {
    if (!alive_ || !connection_.is_open()) {
      alive_ = false;
      throw StoreError(StoreError::Kind::unavailable, "the connection to PostgreSQL is lost");
    }
    try {
      return statement();
    } catch (const pqxx::sql_error& e) {
      alive_ = connection_.is_open();
      throw StoreError(alive_ ? kind_of(e.sqlstate()) : StoreError::Kind::unavailable, line(e));
    } catch (const pqxx::transaction_rollback& e) {
      throw StoreError(StoreError::Kind::unavailable, line(e));
    } catch (const pqxx::broken_connection& e) {
      alive_ = false;
      throw StoreError(StoreError::Kind::unavailable, line(e));
    } catch (const std::exception& e) {  // libpqxx finds many words for a lost connection
      alive_ = connection_.is_open();
      throw StoreError(alive_ ? StoreError::Kind::other : StoreError::Kind::unavailable, line(e));
    }
  }

  pqxx::connection connection_;
  pqxx::quiet_errorhandler quiet_;
  pqxx::nontransaction session_;
  const int socket_ = connection_.sock();
  bool alive_ = true;
  std::unordered_map<std::string, std::string> statements_;
  std::uint64_t statement_number_ = 0;
};

}  // namespace

std::unique_ptr<Database> open_postgres(const std::string& url) {
  try {
    return std::make_unique<PostgresDatabase>(url);
  } catch (const pqxx::pqxx_exception& e) {
    throw StoreError(StoreError::Kind::unavailable,
                     fmt::format("cannot connect to PostgreSQL: {}", line(e.base())));
  }
}

}  // namespace plenum::store
