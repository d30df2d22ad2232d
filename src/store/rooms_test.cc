#include "store/rooms.h"

#include <gmock/gmock.h>

#include <set>

#include "store/ids.h"
#include "store/test_database.h"

namespace plenum::store {
namespace {

class Rooms : public WithTables {};
ON_BOTH_DATABASES(Rooms);

Room named(const std::string& api_key, const std::string& custom_id, std::int64_t ms = 1000) {
  Room room = some_room(api_key, ms);
  room.custom_room_id = custom_id;
  return room;
}

TEST(Ids, are_24_hex_digits_that_sort_by_time) {
  EXPECT_THAT(new_id(1'767'600'000'000), testing::MatchesRegex("[0-9a-f]{24}"));
  EXPECT_LT(new_id(1'767'600'000'000), new_id(1'767'600'000'001));
  EXPECT_NE(new_id(5), new_id(5));
}

TEST(Ids, a_room_id_is_three_groups_of_four) {
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) {
    ids.insert(new_room_id());
    EXPECT_THAT(*ids.rbegin(), testing::MatchesRegex("[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}"));
  }

  EXPECT_EQ(ids.size(), 100u);
}

TEST_P(Rooms, come_back_whole_by_each_of_their_ids) {
  Room room = named("key", "standup");
  room.geo_fence = "eu001";
  room.webhook_endpoint = "https://app.example/hooks";
  room.webhook_events = R"(["recording-*"])";
  room.auto_close_type = "session-end-and-deactivate";
  room.auto_close_duration_s = 60;
  room.auto_start = R"({"recording":{}})";
  room.multi_composition = R"({"hls":true})";
  room.allowed_participant_ids = R"(["ada"])";
  const CreatedRoom created = create_room(db, room);

  EXPECT_TRUE(created.is_new);
  room.id = created.room.id;
  room.room_id = created.room.room_id;
  EXPECT_EQ(created.room, room);
  EXPECT_EQ(find_room(db, "key", room.id), room);
  EXPECT_EQ(find_room(db, "key", room.room_id), room);
  EXPECT_EQ(find_room(db, "key", "standup"), room);
  EXPECT_EQ(find_room_by_room_id(db, "key", room.room_id), room);
  EXPECT_EQ(find_room_by_room_id(db, "key", "standup"), std::nullopt);
  EXPECT_EQ(owner_of_room(db, room.room_id), "key");
}

TEST_P(Rooms, another_key_sees_and_changes_nothing) {
  const Room room = create_room(db, named("key", "standup")).room;

  EXPECT_EQ(find_room(db, "other", room.id), std::nullopt);
  EXPECT_EQ(find_room(db, "other", room.room_id), std::nullopt);
  EXPECT_EQ(list_rooms(db, "other", {}).total, 0);
  EXPECT_EQ(set_room_disabled(db, "other", room.id, true, 5), std::nullopt);
  EXPECT_FALSE(find_room(db, "key", room.id)->disabled);
}

TEST_P(Rooms, creating_with_a_known_custom_id_returns_the_first_one_unchanged) {
  const Room first = create_room(db, named("key", "standup")).room;
  Room again = named("key", "standup", 9000);
  again.geo_fence = "us002";
  const CreatedRoom second = create_room(db, again);

  EXPECT_FALSE(second.is_new);
  EXPECT_EQ(second.room, first);
  EXPECT_TRUE(create_room(db, named("other", "standup")).is_new);
}

TEST_P(Rooms, creating_the_same_custom_id_from_many_connections_makes_one_room) {
  std::vector<std::thread> threads;
  std::vector<CreatedRoom> made(4);
  for (CreatedRoom& one : made)
    threads.emplace_back([&] {
      const auto own = database.connect();
      Transaction transaction(*own, Access::write);
      one = create_room(*own, named("key", "standup"));
      transaction.commit();
    });
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(list_rooms(db, "key", {}).total, 1);
  for (const CreatedRoom& one : made) EXPECT_EQ(one.room, made[0].room);
}

TEST_P(Rooms, without_a_custom_id_each_is_new) {
  create_room(db, some_room("key"));
  create_room(db, some_room("key"));

  EXPECT_EQ(list_rooms(db, "key", {}).total, 2);
}

TEST_P(Rooms, a_room_id_that_is_taken_is_refused) {
  Room room = create_room(db, some_room("key")).room;
  room.id.clear();

  EXPECT_EQ(kind_thrown_by([&] { create_room(db, room); }), StoreError::Kind::constraint);
}

TEST_P(Rooms, a_room_id_wins_over_a_custom_id_that_looks_like_it) {
  const Room victim = create_room(db, some_room("key")).room;
  create_room(db, named("key", victim.room_id));

  EXPECT_EQ(find_room(db, "key", victim.room_id), victim);
}

TEST_P(Rooms, a_custom_id_wins_over_the_name_of_a_room_that_a_join_made) {
  Room joined = some_room("key");
  joined.room_id = "standup";
  joined.implicit = true;
  create_room(db, joined);
  EXPECT_TRUE(find_room(db, "key", "standup")->implicit);
  EXPECT_EQ(list_rooms(db, "key", {}, "standup").total, 0);
  const Room made = create_room(db, named("key", "standup")).room;

  EXPECT_EQ(find_room(db, "key", "standup"), made);
  EXPECT_EQ(set_room_disabled(db, "key", "standup", true, 2000)->id, made.id);
  EXPECT_EQ(list_rooms(db, "key", {}, "standup").total, 1);
}

TEST_P(Rooms, are_listed_newest_first_in_pages) {
  for (int i = 1; i <= 5; ++i) create_room(db, named("key", "room-" + std::to_string(i), 1000 + i));
  create_room(db, named("other", "foreign"));
  const auto names = [&](std::int64_t page) {
    std::vector<std::string> all;
    for (const Room& room : list_rooms(db, "key", {.page = page, .per_page = 2}).items)
      all.push_back(*room.custom_room_id);
    return all;
  };

  EXPECT_EQ(list_rooms(db, "key", {.page = 1, .per_page = 2}).total, 5);
  EXPECT_THAT(names(1), testing::ElementsAre("room-5", "room-4"));
  EXPECT_THAT(names(3), testing::ElementsAre("room-1"));
  EXPECT_THAT(names(4), testing::ElementsAre());
}

TEST_P(Rooms, are_found_by_a_query_that_is_exactly_one_of_their_ids) {
  const Room room = create_room(db, named("key", "standup")).room;
  create_room(db, named("key", "standup-2"));

  EXPECT_EQ(list_rooms(db, "key", {}, "standup").items, std::vector{room});
  EXPECT_EQ(list_rooms(db, "key", {}, room.room_id).total, 1);
  EXPECT_EQ(list_rooms(db, "key", {}, "stand").total, 0);
}

TEST_P(Rooms, disabling_twice_keeps_the_first_time) {
  const Room room = create_room(db, some_room("key")).room;
  set_room_disabled(db, "key", room.room_id, true, 5000);
  const auto again = set_room_disabled(db, "key", room.room_id, true, 6000);

  ASSERT_TRUE(again);
  EXPECT_TRUE(again->disabled);
  EXPECT_EQ(again->updated_ms, 5000);
  EXPECT_EQ(find_room(db, "key", room.id), again);
  EXPECT_FALSE(set_room_disabled(db, "key", room.id, false, 7000)->disabled);
}

}  // namespace
}  // namespace plenum::store
