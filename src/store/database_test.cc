#include "store/database.h"

#include <sys/wait.h>

#include "store/test_database.h"

namespace plenum::store {
namespace {

using Kind = StoreError::Kind;

class DatabaseTest : public OnBothDatabases {
 protected:
  DatabaseTest() {
    db.script(
        "CREATE TABLE t (n BIGINT PRIMARY KEY, r DOUBLE PRECISION, s TEXT NOT NULL);"
        "CREATE TABLE child (n BIGINT NOT NULL REFERENCES t (n))");
  }
  std::int64_t count() { return db.execute("SELECT count(*) FROM t").rows[0].integer(0); }
  void insert(std::int64_t n) { db.execute("INSERT INTO t (n, s) VALUES ($1, 'x')", {n}); }

  std::unique_ptr<Database> connection = database.connect();
  Database& db = *connection;
};
ON_BOTH_DATABASES(DatabaseTest);

TEST_P(DatabaseTest, values_come_back_as_they_were_stored) {
  const std::string text = "Grüße, 日本語 'quoted' \\ and $1";
  db.execute("INSERT INTO t (n, r, s) VALUES ($1, $2, $3)",
             {std::numeric_limits<std::int64_t>::min(), 0.1, text});
  const Answer answer = db.execute("SELECT n, r, s FROM t");

  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.rows[0].integer(0), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(answer.rows[0].real(1), 0.1);
  EXPECT_EQ(answer.rows[0].text(2), text);
}

TEST_P(DatabaseTest, bytes_of_every_value_come_back) {
  db.script(database.dialect() == Dialect::sqlite ? "CREATE TABLE b (v BLOB)"
                                                  : "CREATE TABLE b (v BYTEA)");
  Blob all(256);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::byte>(i);
  db.execute("INSERT INTO b (v) VALUES ($1)", {all});
  db.execute("INSERT INTO b (v) VALUES ($1)", {Blob{}});
  const Answer answer = db.execute("SELECT v FROM b ORDER BY v");

  EXPECT_EQ(answer.rows[0].bytes(0), Blob{});
  EXPECT_EQ(answer.rows[1].bytes(0), all);
}

TEST_P(DatabaseTest, null_is_told_from_an_empty_text) {
  db.execute("INSERT INTO t (n, r, s) VALUES ($1, $2, $3)", {1, std::optional<double>(), ""});
  const Answer answer = db.execute("SELECT r, s FROM t");

  EXPECT_TRUE(answer.rows[0].is_null(0));
  EXPECT_FALSE(answer.rows[0].is_null(1));
  EXPECT_EQ(answer.rows[0].text(1), "");
}

TEST_P(DatabaseTest, a_parameter_may_stand_in_several_places_and_in_any_order) {
  insert(5);
  const Answer answer = db.execute("SELECT n FROM t WHERE s = $2 AND n = $1 AND s = $2", {5, "x"});

  EXPECT_EQ(answer.rows.size(), 1u);
}

TEST_P(DatabaseTest, the_same_statement_runs_again_after_it_failed) {
  insert(1);

  EXPECT_EQ(kind_thrown_by([&] { insert(1); }), Kind::constraint);
  insert(2);
  EXPECT_EQ(count(), 2);
}

TEST_P(DatabaseTest, breaches_of_every_sort_of_constraint_are_told_as_such) {
  insert(1);

  EXPECT_EQ(kind_thrown_by([&] { insert(1); }), Kind::constraint);
  EXPECT_EQ(kind_thrown_by([&] { db.execute("INSERT INTO t (n) VALUES ($1)", {2}); }),
            Kind::constraint);
  EXPECT_EQ(kind_thrown_by([&] { db.execute("INSERT INTO child (n) VALUES ($1)", {9}); }),
            Kind::constraint);
}

TEST_P(DatabaseTest, a_mistake_in_the_text_is_not_taken_for_an_outage) {
  EXPECT_EQ(kind_thrown_by([&] { db.execute("SELEC 1"); }), Kind::other);
  EXPECT_TRUE(db.alive());
}

TEST_P(DatabaseTest, a_field_of_another_type_is_corrupt) {
  insert(1);
  const Answer answer = db.execute("SELECT s FROM t");

  EXPECT_EQ(kind_thrown_by([&] { (void)answer.rows[0].integer(0); }), Kind::corrupt);
}

TEST_P(DatabaseTest, changed_counts_the_rows_that_a_statement_touched) {
  insert(1);
  insert(2);

  EXPECT_EQ(db.execute("UPDATE t SET s = 'y'").changed, 2);
  EXPECT_EQ(db.execute("DELETE FROM t WHERE n = $1", {7}).changed, 0);
}

TEST_P(DatabaseTest, a_transaction_that_is_not_committed_leaves_nothing) {
  {
    const Transaction transaction(db, Access::write);
    insert(1);
  }

  EXPECT_EQ(count(), 0);
}

TEST_P(DatabaseTest, undoing_to_a_savepoint_keeps_what_was_before_it) {
  Transaction transaction(db, Access::write);
  insert(1);
  db.savepoint();
  insert(2);
  EXPECT_EQ(kind_thrown_by([&] { insert(2); }), Kind::constraint);
  db.undo_to_savepoint();
  db.savepoint();
  insert(3);
  db.release_savepoint();
  transaction.commit();

  EXPECT_EQ(count(), 2);
}

TEST_P(DatabaseTest, a_read_transaction_refuses_to_write_and_the_next_one_does_not) {
  {
    const Transaction reading(db, Access::read);
    EXPECT_THROW(insert(1), StoreError);
  }
  Transaction writing(db, Access::write);
  insert(1);
  writing.commit();

  EXPECT_EQ(count(), 1);
}

TEST_P(DatabaseTest, a_read_transaction_sees_one_moment) {
  insert(1);
  const auto other = database.connect();
  const Transaction reading(*other, Access::read);
  const auto seen = [&] { return other->execute("SELECT count(*) FROM t").rows[0].integer(0); };
  EXPECT_EQ(seen(), 1);
  insert(2);

  EXPECT_EQ(seen(), 1);
}

TEST(SqliteDatabase, only_its_owner_may_read_the_file) {
  const TestDatabase database(Dialect::sqlite);
  const auto db = database.connect();
  db->script("CREATE TABLE t (n BIGINT)");
  using std::filesystem::perms;
  for (const char* suffix : {"", "-wal", "-shm"})
    EXPECT_EQ(std::filesystem::status(database.where() + suffix).permissions(),
              perms::owner_read | perms::owner_write)
        << suffix;
}

/// The child begins when told to: SQLite must not yet know the file when the process forks.
TEST(SqliteDatabase, another_process_that_comes_and_goes_leaves_the_log_in_place) {
  TestDatabase database(Dialect::sqlite);
  int start[2];
  ASSERT_EQ(::pipe(start), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    char byte = 0;
    const bool told = ::read(start[0], &byte, 1) == 1;
    if (told) database.connect()->script("INSERT INTO t VALUES (1)");
    ::_exit(told ? 0 : 1);
  }
  const auto first = database.connect(), second = database.connect();
  first->script("CREATE TABLE t (n BIGINT)");
  ASSERT_EQ(::write(start[1], "x", 1), 1);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);

  EXPECT_TRUE(std::filesystem::exists(database.where() + "-wal"));
  EXPECT_EQ(second->execute("SELECT n FROM t").rows.size(), 1u);
  ::close(start[0]);
  ::close(start[1]);
}

TEST(SqliteDatabase, a_file_of_something_else_is_called_corrupt) {
  const TestDatabase database(Dialect::sqlite);
  FILE* file = std::fopen(database.where().c_str(), "w");
  std::fputs("This is a letter to my grandmother, and it is longer than a header.", file);
  for (int i = 0; i < 100; ++i) std::fputs("It goes on and on. ", file);
  std::fclose(file);

  EXPECT_EQ(kind_thrown_by([&] { (void)database.connect(); }), Kind::corrupt);
}

TEST(SqliteDatabase, a_folder_that_is_not_there_is_named) {
  try {
    (void)open_sqlite("/nowhere/plenum.db");
    FAIL();
  } catch (const StoreError& e) {
    EXPECT_NE(std::string(e.what()).find("/nowhere/plenum.db"), std::string::npos);
  }
}

TEST(PostgresDatabase, a_server_that_is_not_there_is_unavailable_and_the_password_stays_secret) {
  try {
    (void)open_postgres("postgresql://u:hunter2@127.0.0.1:1/x");
    FAIL();
  } catch (const StoreError& e) {
    EXPECT_EQ(e.kind(), Kind::unavailable);
    EXPECT_EQ(std::string(e.what()).find("hunter2"), std::string::npos);
  }
}

class PostgresConnection : public OnBothDatabases {};
INSTANTIATE_TEST_SUITE_P(PostgreSQL, PostgresConnection, testing::Values(Dialect::postgres));

TEST_P(PostgresConnection, a_connection_that_the_server_ends_is_lost_for_good) {
  const auto victim = database.connect();
  const auto pid = victim->execute("SELECT pg_backend_pid()").rows[0].integer(0);
  victim->begin(Access::write);
  // Answers once the other session is gone.
  (void)database.connect()->execute("SELECT pg_terminate_backend($1::int, 5000)", {pid});

  EXPECT_EQ(kind_thrown_by([&] { victim->execute("SELECT 1"); }), Kind::unavailable);
  EXPECT_FALSE(victim->alive());
  EXPECT_EQ(kind_thrown_by([&] { victim->execute("SELECT 1"); }), Kind::unavailable);
}

}  // namespace
}  // namespace plenum::store
