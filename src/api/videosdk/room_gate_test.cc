#include "api/videosdk/room_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "store/test_database.h"

namespace plenum::videosdk_api {
namespace {

using Kind = store::StoreError::Kind;
constexpr int kNone = -1;

/// Does nothing more once it is told how to fail.
class FailingDatabase : public store::Database {
 public:
  FailingDatabase(std::unique_ptr<store::Database> inner, const std::atomic<int>& fault)
      : inner_(std::move(inner)), fault_(fault) {}

  void script(std::string_view sql) override { inner_->script(sql); }
  void begin(store::Access access) override { inner_->begin(access); }
  void commit() override { inner_->commit(); }
  void rollback() override { inner_->rollback(); }
  void savepoint() override { inner_->savepoint(); }
  void release_savepoint() override { inner_->release_savepoint(); }
  void undo_to_savepoint() override { inner_->undo_to_savepoint(); }
  store::Dialect dialect() const override { return inner_->dialect(); }
  bool alive() const override { return inner_->alive(); }
  void interrupt() noexcept override { inner_->interrupt(); }

 private:
  store::Answer run(std::string_view sql, std::span<const store::Param> params) override {
    if (fault_ != kNone) throw store::StoreError(static_cast<Kind>(fault_.load()), "told to fail");
    return inner_->execute(sql, params);
  }

  std::unique_ptr<store::Database> inner_;
  const std::atomic<int>& fault_;
};

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
  void fail(Kind kind) { fault = static_cast<int>(kind); }
  /// Its name on the wire.
  std::string make(bool disabled, const std::string& allowed = "[]") {
    store::Room room = store::some_room("key");
    room.disabled = disabled;
    room.allowed_participant_ids = allowed;
    store.run([&](store::Database& db) { room = create_room(db, room).room; });
    return room.room_id;
  }

  boost::asio::io_context io;
  std::atomic<int> fault = kNone;
  store::TestDatabase database{store::Dialect::sqlite};
  store::Store store{
      [this] { return std::make_unique<FailingDatabase>(database.connect(), fault); },
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
