#include "store/migrations.h"

#include "store/api_keys.h"
#include "store/test_database.h"

namespace plenum::store {
namespace {

class Migrations : public OnBothDatabases {
 protected:
  std::unique_ptr<Database> connection = database.connect();
  Database& db = *connection;
};
ON_BOTH_DATABASES(Migrations);

std::int64_t version(Database& db) {
  return db.execute("SELECT version FROM schema_version").rows.at(0).integer(0);
}

/// The real steps and one that a later release might add.
std::vector<Migration> with_a_second_step(const char* sql) {
  std::vector<Migration> steps(migrations().begin(), migrations().end());
  steps.push_back({.version = steps.back().version + 1, .sql = sql});
  return steps;
}

TEST_P(Migrations, are_numbered_without_a_gap) {
  int expected = 0;
  for (const Migration& step : migrations()) EXPECT_EQ(step.version, ++expected);
  migrate(db);

  EXPECT_EQ(version(db), expected);
}

TEST_P(Migrations, running_them_again_changes_nothing) {
  migrate(db);
  add_api_key(db, {.api_key = "key", .secret = "s", .name = "n"});
  migrate(db);

  EXPECT_EQ(list_api_keys(db).size(), 1u);
}

TEST_P(Migrations, an_older_schema_is_upgraded_in_place_with_its_rows) {
  migrate(db);
  add_api_key(db, {.api_key = "key", .secret = "s", .name = "n"});
  const auto steps = with_a_second_step(
      "ALTER TABLE api_keys ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey';"
      "CREATE TABLE notes (id {serial}, body {bytes} NOT NULL)");
  migrate(db, steps);

  EXPECT_EQ(version(db), steps.back().version);
  EXPECT_EQ(db.execute("SELECT colour FROM api_keys").rows.at(0).text(0), "grey");
  db.execute("INSERT INTO notes (body) VALUES ($1)", {Blob{std::byte{1}}});
  EXPECT_EQ(db.execute("SELECT id FROM notes").rows.at(0).integer(0), 1);
}

TEST_P(Migrations, a_step_that_fails_leaves_the_schema_as_it_was) {
  migrate(db);
  const auto before = version(db);
  EXPECT_THROW(migrate(db, with_a_second_step("CREATE TABLE half (n BIGINT); SELECT nonsense FROM "
                                              "nowhere")),
               StoreError);

  EXPECT_EQ(version(db), before);
  EXPECT_THROW(db.execute("SELECT n FROM half"), StoreError);
}

TEST_P(Migrations, a_newer_schema_is_refused_with_both_versions) {
  const auto steps = with_a_second_step("CREATE TABLE future (n BIGINT)");
  migrate(db, steps);
  try {
    migrate(db);
    FAIL();
  } catch (const StoreError& e) {
    EXPECT_EQ(e.what(), "the database has schema version " + std::to_string(steps.size()) +
                            ", this program knows only " + std::to_string(steps.size() - 1) +
                            ": start the newer program, or restore an older backup");
  }
}

TEST_P(Migrations, several_servers_may_start_at_once) {
  std::vector<std::thread> servers;
  std::vector<std::string> errors(4);
  for (std::string& error : errors)
    servers.emplace_back([&] {
      try {
        migrate(*database.connect());
      } catch (const StoreError& e) {
        error = e.what();
      }
    });
  for (std::thread& server : servers) server.join();

  EXPECT_EQ(errors, std::vector<std::string>(4));
  EXPECT_EQ(db.execute("SELECT version FROM schema_version").rows.size(), 1u);
}

}  // namespace
}  // namespace plenum::store
