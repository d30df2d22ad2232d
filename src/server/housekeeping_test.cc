#include "server/housekeeping.h"

#include <gtest/gtest.h>

#include "store/rooms.h"
#include "store/test_database.h"

namespace plenum::server {
namespace {

TEST(Housekeeping, finds_sessions_whose_time_is_over_and_leaves_their_end_to_the_room) {
  const store::TestDatabase database(store::Dialect::sqlite);
  const auto db = database.connect();
  store::migrate(*db);
  store::Room wanted = store::some_room("key");
  wanted.auto_close_duration_s = 60;
  wanted.auto_close_type = "session-end-and-deactivate";
  const store::Room room = store::create_room(*db, wanted).room;
  const std::string id = store::start_session(*db, store::some_session(room, 2000)).session.id;
  EXPECT_TRUE(find_overdue(*db, "node-1", 61'999).empty());
  const auto overdue = find_overdue(*db, "node-1", 62'000);

  ASSERT_EQ(overdue.size(), 1u);
  EXPECT_EQ(overdue[0].id, id);
  EXPECT_TRUE(store::find_room(*db, "key", room.id)->disabled);
  EXPECT_TRUE(store::live_session(*db, "key", room.room_id))
      << "a crash now would lose its webhooks";
}

}  // namespace
}  // namespace plenum::server
