#include "store/participants.h"

#include <gmock/gmock.h>

#include "store/test_database.h"

namespace plenum::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Participants : public WithTables {
 protected:
  bool join(const std::string& who, std::int64_t at_ms, const std::string& mode = "SEND_AND_RECV") {
    return participant_joined(db, {.api_key = "key",
                                   .session = session.id,
                                   .participant_id = who,
                                   .name = "Name of " + who,
                                   .mode = mode,
                                   .device = R"({"sdkType":"plenum-js"})",
                                   .at_ms = at_ms});
  }
  std::vector<std::string> ids(Present present, const PageRequest& page = {}) {
    std::vector<std::string> all;
    for (const Participant& p : list_participants(db, "key", session.id, present, page).items)
      all.push_back(p.participant_id);
    return all;
  }

  Session session = start_session(db, some_session(create_room(db, some_room("key")).room)).session;
  ParticipantKey ada{"key", session.id, "ada"};
};
ON_BOTH_DATABASES(Participants);

TEST_P(Participants, come_back_with_what_they_joined_with) {
  ASSERT_TRUE(join("ada", 3000));
  ASSERT_TRUE(set_init_time(db, ada, 0.31));

  Participant expected;
  expected.session = session.id;
  expected.participant_id = "ada";
  expected.name = "Name of ada";
  expected.mode = "SEND_AND_RECV";
  expected.device = R"({"sdkType":"plenum-js"})";
  expected.init_time_s = 0.31;
  expected.joined_ms = 3000;
  expected.stays = {{.start_ms = 3000}};
  expected.modes = {{.mode = "SEND_AND_RECV", .at_ms = 3000}};
  EXPECT_EQ(find_participant(db, ada), expected);
  EXPECT_EQ(list_participants(db, "key", session.id, Present::all, {}).items,
            std::vector{expected});
}

TEST_P(Participants, each_stay_has_a_time_log_of_its_own) {
  join("ada", 3000);
  EXPECT_TRUE(participant_left(db, ada, 4000));
  join("ada", 5000);

  const auto found = find_participant(db, ada);
  EXPECT_THAT(found->stays, ElementsAre(Interval{3000, 4000}, Interval{5000}));
  EXPECT_EQ(found->joined_ms, 3000);
  EXPECT_TRUE(found->present);
  EXPECT_THAT(found->modes, testing::SizeIs(1));
}

TEST_P(Participants, joining_while_present_ends_the_stay_and_the_streams_before) {
  join("ada", 3000);
  stream_started(db, ada, "webcam", 3100);
  join("ada", 4000);

  const auto found = find_participant(db, ada);
  EXPECT_THAT(found->stays, ElementsAre(Interval{3000, 4000}, Interval{4000}));
  EXPECT_THAT(found->streams, ElementsAre(Participant::Stream{"webcam", {3100, 4000}}));
}

TEST_P(Participants, leaving_ends_the_streams_and_happens_once) {
  join("ada", 3000);
  stream_started(db, ada, "mic", 3100);
  EXPECT_TRUE(participant_left(db, ada, 4000));
  EXPECT_FALSE(participant_left(db, ada, 5000));

  const auto found = find_participant(db, ada);
  EXPECT_FALSE(found->present);
  EXPECT_THAT(found->stays, ElementsAre(Interval{3000, 4000}));
  EXPECT_THAT(found->streams, ElementsAre(Participant::Stream{"mic", {3100, 4000}}));
}

TEST_P(Participants, a_stream_is_logged_each_time_it_runs) {
  join("ada", 3000);
  EXPECT_TRUE(stream_started(db, ada, "mic", 3100));
  EXPECT_FALSE(stream_started(db, ada, "mic", 3150));
  EXPECT_TRUE(stream_started(db, ada, "webcam", 3160));
  EXPECT_TRUE(stream_ended(db, ada, "mic", 3200));
  EXPECT_FALSE(stream_ended(db, ada, "mic", 3250));
  EXPECT_TRUE(stream_started(db, ada, "mic", 3300));

  EXPECT_THAT(
      find_participant(db, ada)->streams,
      ElementsAre(Participant::Stream{"mic", {3100, 3200}}, Participant::Stream{"webcam", {3160}},
                  Participant::Stream{"mic", {3300}}));
}

TEST_P(Participants, streams_without_end_are_not_all_kept) {
  join("ada", 3000);
  const Transaction transaction(db, Access::write);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(stream_started(db, ada, "mic", 3100));
    ASSERT_TRUE(stream_ended(db, ada, "mic", 3200));
  }

  EXPECT_FALSE(stream_started(db, ada, "mic", 3300));
  EXPECT_TRUE(stream_started(db, ada, "webcam", 3300));
}

TEST_P(Participants, modes_without_end_are_not_all_kept) {
  join("ada", 3000);
  const Transaction transaction(db, Access::write);
  for (int i = 0; i < 600; ++i) {
    ASSERT_TRUE(mode_changed(db, ada, "RECV_ONLY", 3100));
    ASSERT_TRUE(mode_changed(db, ada, "SEND_AND_RECV", 3200));
  }
  ASSERT_TRUE(mode_changed(db, ada, "SIGNALLING_ONLY", 3300));

  const auto found = find_participant(db, ada);
  EXPECT_EQ(found->modes.size(), 1000u);
  EXPECT_EQ(found->mode, "SIGNALLING_ONLY");
}

TEST_P(Participants, modes_are_remembered_in_order_and_repeats_are_not) {
  join("ada", 3000);
  EXPECT_TRUE(mode_changed(db, ada, "RECV_ONLY", 3500));
  EXPECT_TRUE(mode_changed(db, ada, "RECV_ONLY", 3600));
  participant_left(db, ada, 4000);
  join("ada", 5000);

  const auto found = find_participant(db, ada);
  EXPECT_EQ(found->mode, "SEND_AND_RECV");
  EXPECT_THAT(found->modes, ElementsAre(Participant::ModeChange{"SEND_AND_RECV", 3000},
                                        Participant::ModeChange{"RECV_ONLY", 3500},
                                        Participant::ModeChange{"SEND_AND_RECV", 5000}));
}

TEST_P(Participants, who_is_not_there_has_no_events) {
  EXPECT_FALSE(stream_started(db, ada, "mic", 3000));
  EXPECT_FALSE(mode_changed(db, ada, "RECV_ONLY", 3000));
  EXPECT_FALSE(set_init_time(db, ada, 1.0));
  EXPECT_EQ(find_participant(db, ada), std::nullopt);
}

TEST_P(Participants, nothing_happens_in_a_session_that_has_ended_or_is_not_ours) {
  join("ada", 3000);
  const ParticipantKey foreign{"other", session.id, "ada"};
  EXPECT_FALSE(participant_left(db, foreign, 3500));
  EXPECT_FALSE(stream_started(db, foreign, "mic", 3500));
  EXPECT_EQ(find_participant(db, foreign), std::nullopt);
  EXPECT_EQ(list_participants(db, "other", session.id, Present::all, {}).total, 0);
  end_session(db, "key", session.id, 4000, "api");

  EXPECT_FALSE(join("bob", 5000));
  EXPECT_FALSE(participant_left(db, ada, 5000));
}

TEST_P(Participants, are_listed_in_pages_latest_join_first) {
  for (int i = 1; i <= 5; ++i) join("p" + std::to_string(i), 3000 + i);
  participant_left(db, {"key", session.id, "p4"}, 4000);

  EXPECT_THAT(ids(Present::all, {.page = 1, .per_page = 2}), ElementsAre("p5", "p4"));
  EXPECT_THAT(ids(Present::all, {.page = 3, .per_page = 2}), ElementsAre("p1"));
  EXPECT_THAT(ids(Present::only, {.page = 1, .per_page = 2}), ElementsAre("p5", "p3"));
  EXPECT_THAT(ids(Present::only, {.page = 9, .per_page = 2}), IsEmpty());
  EXPECT_EQ(list_participants(db, "key", session.id, Present::all, {}).total, 5);
  EXPECT_EQ(list_participants(db, "key", session.id, Present::only, {}).total, 4);
}

TEST_P(Participants, each_on_a_page_has_its_own_rows) {
  join("ada", 3000);
  join("bob", 3001);
  stream_started(db, {"key", session.id, "bob"}, "mic", 3100);
  participant_left(db, ada, 3200);
  const auto page = list_participants(db, "key", session.id, Present::all, {}).items;

  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0], find_participant(db, {"key", session.id, "bob"}));
  EXPECT_EQ(page[1], find_participant(db, ada));
}

}  // namespace
}  // namespace plenum::store
