#include "store/sessions.h"

#include <gmock/gmock.h>

#include "store/participants.h"
#include "store/test_database.h"

namespace plenum::store {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class Sessions : public WithTables {
 protected:
  Room make_room(const std::string& custom_id, const std::string& api_key = "key") {
    Room wanted = some_room(api_key);
    wanted.custom_room_id = custom_id;
    return create_room(db, wanted).room;
  }
  void join(const Session& session, const std::string& who, std::int64_t at_ms) {
    ASSERT_TRUE(participant_joined(db, {.api_key = session.api_key,
                                        .session = session.id,
                                        .participant_id = who,
                                        .name = "Name of " + who,
                                        .mode = "SEND_AND_RECV",
                                        .at_ms = at_ms}));
  }
  Session ended_session(const Room& of, std::int64_t from_ms, std::int64_t to_ms) {
    const Session session = start_session(db, some_session(of, from_ms)).session;
    return end_session(db, of.api_key, session.id, to_ms, "api")->session;
  }
  std::vector<std::int64_t> starts(const SessionFilter& filter, const PageRequest& page = {}) {
    std::vector<std::int64_t> all;
    for (const Session& s : list_sessions(db, "key", filter, page).items)
      all.push_back(s.started_ms);
    return all;
  }

  Room room = make_room("standup");
};
ON_BOTH_DATABASES(Sessions);

TEST_P(Sessions, start_open_and_are_found_by_id_and_as_the_rooms_live_one) {
  const StartedSession started = start_session(db, some_session(room));

  EXPECT_TRUE(started.is_new);
  EXPECT_EQ(started.session.room_id, room.room_id);
  EXPECT_EQ(started.session.custom_room_id, "standup");
  EXPECT_EQ(started.session.ended_ms, std::nullopt);
  EXPECT_EQ(find_session(db, "key", started.session.id), started.session);
  EXPECT_EQ(live_session(db, "key", room.room_id), started.session);
}

TEST_P(Sessions, a_room_has_one_live_session_at_a_time) {
  const Session first = start_session(db, some_session(room)).session;
  const StartedSession second = start_session(db, some_session(room, 3000));

  EXPECT_FALSE(second.is_new);
  EXPECT_EQ(second.session, first);
  end_session(db, "key", first.id, 4000, "api");
  EXPECT_TRUE(start_session(db, some_session(room, 5000)).is_new);
}

TEST_P(Sessions, a_room_of_another_key_has_none_for_us) {
  Session stolen = some_session(room);
  stolen.api_key = "other";

  EXPECT_EQ(kind_thrown_by([&] { start_session(db, stolen); }), StoreError::Kind::constraint);
  const Session session = start_session(db, some_session(room)).session;
  EXPECT_EQ(find_session(db, "other", session.id), std::nullopt);
  EXPECT_EQ(live_session(db, "other", room.room_id), std::nullopt);
  EXPECT_FALSE(end_session(db, "other", session.id, 9000, "api"));
  EXPECT_EQ(list_sessions(db, "other", {}, {}).total, 0);
}

TEST_P(Sessions, ending_closes_everything_that_is_open_in_it) {
  const Session session = start_session(db, some_session(room)).session;
  join(session, "ada", 2100);
  join(session, "bob", 2200);
  const ParticipantKey ada{"key", session.id, "ada"};
  stream_started(db, ada, "mic", 2300);
  participant_left(db, {"key", session.id, "bob"}, 2400);
  const auto ended = end_session(db, "key", session.id, 3000, "api");

  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->session.ended_ms, 3000);
  EXPECT_EQ(ended->session.end_reason, "api");
  EXPECT_THAT(ended->left, ElementsAre(EndedSession::Left{"ada", "Name of ada"}));
  const auto after = find_participant(db, ada);
  EXPECT_FALSE(after->present);
  EXPECT_THAT(after->stays, ElementsAre(Interval{2100, 3000}));
  EXPECT_THAT(after->streams, ElementsAre(Participant::Stream{"mic", {2300, 3000}}));
  EXPECT_THAT(find_participant(db, {"key", session.id, "bob"})->stays,
              ElementsAre(Interval{2200, 2400}));
  EXPECT_EQ(find_session(db, "key", session.id)->ended_ms, 3000);
  EXPECT_FALSE(end_session(db, "key", session.id, 4000, "again"));
}

TEST_P(Sessions, a_restart_closes_what_was_open_at_its_last_sign_of_life) {
  const Session session = start_session(db, some_session(room)).session;
  join(session, "ada", 2100);
  heartbeat(db, "node-1", 7000);
  heartbeat(db, "node-1", 6000);
  heartbeat(db, "node-2", 99'000);
  const auto closed = close_dangling(db, "node-1", "server-restart");

  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].session.ended_ms, 7000);
  EXPECT_EQ(closed[0].session.end_reason, "server-restart");
  EXPECT_EQ(closed[0].left.size(), 1u);
  EXPECT_THAT(find_participant(db, {"key", session.id, "ada"})->stays,
              ElementsAre(Interval{2100, 7000}));
  EXPECT_TRUE(close_dangling(db, "node-1", "server-restart").empty());
}

TEST_P(Sessions, are_overdue_when_their_room_says_so) {
  Room wanted = some_room("key");
  wanted.custom_room_id = "short";
  wanted.auto_close_duration_s = 60;
  const Room brief = create_room(db, wanted).room;
  wanted.custom_room_id = "endless";
  wanted.auto_close_duration_s = 0;
  start_session(db, some_session(create_room(db, wanted).room, 1000));
  const Session session = start_session(db, some_session(brief, 1000)).session;

  EXPECT_TRUE(overdue_sessions(db, "node-1", 60'999).empty());
  EXPECT_TRUE(overdue_sessions(db, "node-2", 61'000).empty());
  EXPECT_EQ(overdue_sessions(db, "node-1", 61'000).at(0).id, session.id);
  end_session(db, "key", session.id, 61'000, "auto-close");
  EXPECT_TRUE(overdue_sessions(db, "node-1", 61'000).empty());
}

TEST_P(Sessions, what_happens_in_a_session_is_a_sign_of_life) {
  const Session session = start_session(db, some_session(room)).session;
  join(session, "ada", 5000);
  stream_started(db, {"key", session.id, "ada"}, "mic", 5500);

  EXPECT_EQ(close_dangling(db, "node-1", "server-restart").at(0).session.ended_ms, 5500);
}

TEST_P(Sessions, a_restart_leaves_other_servers_alone) {
  start_session(db, some_session(room));

  EXPECT_TRUE(close_dangling(db, "node-2", "server-restart").empty());
  EXPECT_TRUE(live_session(db, "key", room.room_id));
}

TEST_P(Sessions, many_dangling_ones_are_closed_in_portions) {
  for (int i = 0; i < 5; ++i)
    start_session(db, some_session(make_room("room-" + std::to_string(i))));

  EXPECT_EQ(close_dangling(db, "node-1", "server-restart", 3).size(), 3u);
  EXPECT_EQ(close_dangling(db, "node-1", "server-restart", 3).size(), 2u);
}

TEST_P(Sessions, are_listed_newest_first_in_pages) {
  for (int i = 1; i <= 5; ++i) ended_session(room, 1000 * i, 1000 * i + 500);

  EXPECT_EQ(list_sessions(db, "key", {}, {.page = 1, .per_page = 2}).total, 5);
  EXPECT_THAT(starts({}, {.page = 1, .per_page = 2}), ElementsAre(5000, 4000));
  EXPECT_THAT(starts({}, {.page = 3, .per_page = 2}), ElementsAre(1000));
}

TEST_P(Sessions, every_filter_narrows_the_listing_and_its_total) {
  const Room other = make_room("retro");
  ended_session(room, 1000, 1500);
  ended_session(room, 2000, 2500);
  const Session of_other = ended_session(other, 3000, 3500);
  start_session(db, some_session(room, 4000));
  using Status = SessionFilter::Status;

  EXPECT_THAT(starts({.room = "standup"}), ElementsAre(4000, 2000, 1000));
  EXPECT_THAT(starts({.room = room.room_id}), ElementsAre(4000, 2000, 1000));
  EXPECT_THAT(starts({.room = "unknown"}), ElementsAre());
  EXPECT_THAT(starts({.status = Status::ongoing}), ElementsAre(4000));
  EXPECT_THAT(starts({.status = Status::ended}), ElementsAre(3000, 2000, 1000));
  EXPECT_THAT(starts({.started_from_ms = 2000, .started_to_ms = 3000}), ElementsAre(3000, 2000));
  EXPECT_THAT(starts({.query = "retro"}), ElementsAre(3000));
  EXPECT_THAT(starts({.query = of_other.id}), ElementsAre(3000));
  EXPECT_THAT(starts({.room = "standup", .query = "retro"}), ElementsAre());
  EXPECT_THAT(starts({.room = "standup", .status = Status::ended, .started_from_ms = 1500}),
              ElementsAre(2000));
  EXPECT_EQ(list_sessions(db, "key", {.status = Status::ended}, {.page = 1, .per_page = 1}).total,
            3);
}

}  // namespace
}  // namespace plenum::store
