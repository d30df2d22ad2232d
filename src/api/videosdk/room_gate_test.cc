#include "api/videosdk/room_gate.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "store/test_database.h"
#include "store/test_failing_database.h"

namespace plenum::videosdk_api {
namespace {

using Kind = store::StoreError::Kind;

class RoomGateTest : public ::testing::Test {
 protected:
  ~RoomGateTest() override { store.stop(); }

  /// The status of the refusal; 200 for none.
  int enter(const std::string& room, const std::string& who = "ada",
            const std::string& key = "key") {
    return status_of(gate.check_entry(key, room, who));
  }
  int open(const std::string& room, const std::string& key = "key") {
    return status_of(gate.check_open(key, room));
  }
  int status_of(RoomGate::Verdict verdict) {
    int status = 0;
    boost::asio::co_spawn(io, std::move(verdict),
                          [&](std::exception_ptr, std::optional<Problem> refusal) {
                            status = refusal ? refusal->status : 200;
                          });
    io.restart();
    io.run();
    return status;
  }
  void fail(Kind kind) {
    faults.kind = kind;
    faults.every_statement = true;
  }
  /// Its name on the wire.
  std::string make(bool disabled, const std::string& allowed = "[]") {
    store::Room room = store::some_room("key");
    room.disabled = disabled;
    room.allowed_participant_ids = allowed;
    store.run([&](store::Database& db) { room = create_room(db, room).room; });
    return room.room_id;
  }

  boost::asio::io_context io;
  store::Faults faults;
  store::TestDatabase database{store::Dialect::sqlite};
  store::Store store{
      [this] { return std::make_unique<store::FailingDatabase>(database.connect(), faults); },
      store::Store::Options{}};
  RoomGate gate{store, 2};
};

TEST_F(RoomGateTest, keeps_the_rules_of_a_room_and_lets_others_be) {
  const std::string made = make(false, R"(["ada"])");

  EXPECT_EQ(enter(made), 200);
  EXPECT_EQ(enter(made, "ben"), 403);
  EXPECT_EQ(enter(made, "ada", "other"), 404);
  EXPECT_EQ(enter("unknown"), 200);
}

TEST_F(RoomGateTest, opens_rooms_for_their_key_only) {
  const std::string made = make(false, R"(["ada"])");

  EXPECT_EQ(open(made), 200);
  EXPECT_EQ(open(made, "other"), 404);
  EXPECT_EQ(open(make(true)), 403);
  EXPECT_EQ(open("unknown"), 200);
}

TEST_F(RoomGateTest, goes_by_what_it_knew_while_the_database_is_away) {
  const std::string disabled = make(true), mine = make(false), unseen = make(true);
  EXPECT_EQ(enter(disabled), 403);
  EXPECT_EQ(enter(mine, "ada", "other"), 404);
  fail(Kind::unavailable);

  EXPECT_EQ(enter(disabled), 403);
  EXPECT_EQ(enter(mine, "ada", "other"), 404);
  EXPECT_EQ(enter(mine), 200);
  EXPECT_EQ(enter(unseen), 200);
}

TEST_F(RoomGateTest, forgets_a_rule_that_was_lifted_and_the_oldest_of_too_many) {
  const std::string first = make(true), second = make(true), third = make(true);
  for (const std::string& room : {first, second, third}) EXPECT_EQ(enter(room), 403);
  store.run([&](store::Database& db) { set_room_disabled(db, "key", third, false, 2000); });
  EXPECT_EQ(enter(third), 200);
  fail(Kind::unavailable);

  EXPECT_EQ(enter(first), 200);
  EXPECT_EQ(enter(second), 403);
  EXPECT_EQ(enter(third), 200);
}

TEST_F(RoomGateTest, stays_shut_when_the_store_is_there_and_does_not_answer) {
  const std::string made = make(false);
  for (const Kind kind : {Kind::busy, Kind::corrupt, Kind::other}) {
    fail(kind);
    EXPECT_EQ(enter(made), 503);
    EXPECT_EQ(open(made), 503);
  }
}

}  // namespace
}  // namespace plenum::videosdk_api
