// What history does while the store takes nothing, and after a kill in that time.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history/history_fixture.h"
#include "store/migrations.h"
#include "store/sqlite_database.h"
#include "store/test_failing_database.h"

namespace plenum::history {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class StoreAway : public ::testing::Test {
 protected:
  StoreAway() {
    std::string folder = (std::filesystem::temp_directory_path() / "away-XXXXXX").string();
    if (!::mkdtemp(folder.data())) throw std::runtime_error("no temporary folder");
    folder_ = folder;
    spool_ = folder_ / "history.spool";
    store_ = std::make_unique<store::Store>(
        [this] {
          return std::make_unique<store::FailingDatabase>(
              store::open_sqlite((folder_ / "db").string()), faults_);
        },
        store::Store::Options{});
    start();
  }
  ~StoreAway() override {
    run_.reset();
    store_->stop();
    std::filesystem::remove_all(folder_);
  }

  /// kill -9 and a new start: nothing of the old run's memory is left.
  void start() {
    run_.reset();
    run_ = std::make_unique<ServerRun>(*store_, spool_);
    store_->run([](store::Database& db) {
      while (close_dangling(db, "node", audience())) {
      }
    });
  }
  void join(const std::string& who) { run_->tell(control::ParticipantJoined{}, person(who)); }
  void leave(const std::string& who) {
    run_->tell(control::ParticipantLeft{control::DisconnectReason::client_initiated, true},
               person(who));
  }
  void finish() { run_->tell(control::RoomFinished{control::DisconnectReason::room_closed}); }
  /// After ada's join; the store is back then.
  void the_rest_happens_while_away_and_then_a_kill() {
    faults_.every_statement = true;
    leave("ada");
    join("ben");
    leave("ben");
    finish();
    EXPECT_FALSE(run_->settle());
    run_.reset();
    faults_.every_statement = false;
  }
  /// Sets the time of the spool.
  void touched(std::int64_t at_ms) {
    const timespec at{at_ms / 1000, at_ms % 1000 * 1'000'000};
    const timespec both[] = {at, at};
    ASSERT_EQ(::utimensat(AT_FDCWD, spool_.c_str(), both, 0), 0);
  }
  std::size_t spool_bytes() { return std::filesystem::file_size(spool_); }

  /// Of a call in which ada was from the first second to the second, and ben from the third to the
  /// fourth, when the room ended after the fifth.
  void expect_the_call() {
    const auto all = sessions_in(*store_);
    ASSERT_THAT(all, SizeIs(1));
    EXPECT_EQ(all[0].started_ms, kStart + 1000);
    EXPECT_EQ(all[0].ended_ms, kStart + 5000);
    EXPECT_EQ(all[0].end_reason, "empty");
    const auto who = people_in(*store_, all[0].id);
    ASSERT_THAT(who, SizeIs(2));
    EXPECT_THAT(who[0].stays, ElementsAre(store::Interval{kStart + 3000, kStart + 4000}));
    EXPECT_THAT(who[1].stays, ElementsAre(store::Interval{kStart + 1000, kStart + 2000}));
    EXPECT_THAT(told_in(*store_),
                ElementsAre("start2", "event2", "event4", "event2", "event4", "end1", "event1"));
  }

  std::filesystem::path folder_, spool_;
  store::Faults faults_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<ServerRun> run_;
};

TEST_F(StoreAway, what_happens_meanwhile_is_stored_when_it_is_back) {
  join("ada");
  ASSERT_TRUE(run_->settle());
  faults_.every_statement = true;
  leave("ada");
  join("ben");
  EXPECT_FALSE(run_->settle());
  EXPECT_EQ(run_->recorder().counters().waiting, 2u);
  leave("ben");
  finish();
  EXPECT_FALSE(run_->settle());
  faults_.every_statement = faults_.answer_to_commit = false;
  run_->tick();

  expect_the_call();
  EXPECT_EQ(run_->recorder().counters().waiting, 0u);
  EXPECT_EQ(spool_bytes(), 0u);
}

TEST_F(StoreAway, what_happened_before_a_kill_is_stored_at_the_next_start) {
  join("ada");
  ASSERT_TRUE(run_->settle());
  the_rest_happens_while_away_and_then_a_kill();
  start();

  expect_the_call();
  EXPECT_EQ(spool_bytes(), 0u);
}

TEST_F(StoreAway, a_session_that_a_kill_left_open_ends_when_the_file_was_last_touched) {
  join("ada");
  ASSERT_TRUE(run_->settle());
  faults_.every_statement = true;
  join("ben");
  EXPECT_FALSE(run_->settle());
  run_.reset();
  touched(kStart + 9000);
  faults_.every_statement = faults_.answer_to_commit = false;
  start();

  const auto all = sessions_in(*store_);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].ended_ms, kStart + 9000);
  EXPECT_EQ(all[0].end_reason, "server-restart");
  EXPECT_THAT(told_in(*store_),
              ElementsAre("start2", "event2", "event2", "event4", "event4", "end1", "event1"));
}

TEST_F(StoreAway, a_second_in_which_nothing_happens_is_a_sign_of_life_too) {
  faults_.every_statement = true;
  join("ada");
  EXPECT_FALSE(run_->settle());
  touched(kStart);
  const auto before = std::filesystem::last_write_time(spool_);
  run_->tick();

  EXPECT_GT(std::filesystem::last_write_time(spool_), before);
}

TEST_F(StoreAway, a_kill_between_commit_and_cut_stores_nothing_twice) {
  join("ada");
  ASSERT_TRUE(run_->settle());
  the_rest_happens_while_away_and_then_a_kill();
  {
    Scribe dying({.node = "node", .audience = audience(), .spool = spool_});
    store_->run([&](store::Database& db) { dying.write(db, {}); });
  }
  ASSERT_GT(spool_bytes(), 0u);
  start();
  expect_the_call();
  start();

  expect_the_call();
}

TEST_F(StoreAway, a_commit_whose_answer_is_lost_stores_nothing_twice) {
  faults_.answer_to_commit = true;
  join("ada");
  leave("ada");
  join("ben");
  EXPECT_FALSE(run_->settle());
  faults_.every_statement = faults_.answer_to_commit = false;
  leave("ben");
  finish();
  EXPECT_TRUE(run_->settle());

  expect_the_call();
}

TEST_F(StoreAway, a_long_time_away_is_made_up_for_in_order) {
  faults_.every_statement = true;
  for (int i = 0; i < 500; ++i) {
    join("ada");
    leave("ada");
  }
  EXPECT_FALSE(run_->settle());
  EXPECT_EQ(run_->recorder().counters().waiting, 1001u);
  faults_.every_statement = faults_.answer_to_commit = false;
  join("ada");
  run_->tick();
  EXPECT_TRUE(run_->settle());

  const auto who = people_in(*store_, sessions_in(*store_).at(0).id);
  ASSERT_THAT(who, SizeIs(1));
  EXPECT_THAT(who[0].stays, SizeIs(501));
  EXPECT_EQ(run_->recorder().counters().refused, 0u);
  EXPECT_EQ(spool_bytes(), 0u);
}

TEST_F(StoreAway, beyond_the_cap_events_wait_in_memory_and_then_the_newest_are_lost) {
  run_.reset();
  run_ = std::make_unique<ServerRun>(*store_, spool_, 2000, 10);
  faults_.every_statement = true;
  for (int i = 0; i < 20; ++i) {
    join("ada");
    static_cast<void>(run_->settle());
  }
  const auto away = run_->recorder().counters();
  EXPECT_LE(spool_bytes(), 2000u);
  EXPECT_GT(away.dropped, 0u);
  EXPECT_EQ(away.waiting + away.dropped, 21u);
  faults_.every_statement = faults_.answer_to_commit = false;
  run_->tick();
  EXPECT_TRUE(run_->settle());

  EXPECT_EQ(told_in(*store_).size(), away.waiting);
  EXPECT_EQ(run_->recorder().counters().waiting, 0u);
}

TEST_F(StoreAway, without_a_spool_events_wait_in_memory) {
  run_.reset();
  run_ = std::make_unique<ServerRun>(*store_);
  faults_.every_statement = true;
  join("ada");
  leave("ada");
  join("ben");
  leave("ben");
  finish();
  EXPECT_FALSE(run_->settle());
  faults_.every_statement = faults_.answer_to_commit = false;
  run_->tick();

  expect_the_call();
}

}  // namespace
}  // namespace plenum::history
