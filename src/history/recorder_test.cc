#include "history/recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "history/history_fixture.h"
#include "store/rooms.h"
#include "store/stats.h"

namespace plenum::history {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class RecorderTest : public ::testing::Test {
 protected:
  void tell(control::DomainEvent::What what, control::SnapshotPtr who = nullptr) {
    run_.tell(std::move(what), std::move(who));
  }
  bool settle() { return run_.settle(); }
  std::vector<store::Session> sessions() { return sessions_in(*store_); }
  std::vector<store::Participant> people(const std::string& session) {
    return people_in(*store_, session);
  }
  std::vector<std::string> told() { return told_in(*store_); }

  std::unique_ptr<store::Store> store_ = store::open_store(":memory:");
  ServerRun run_{*store_};
};

TEST_F(RecorderTest, writes_a_session_from_its_first_join_to_the_rooms_end) {
  tell(control::RoomStarted{});
  tell(control::ParticipantJoined{}, person("ada"));
  tell(control::ParticipantActivated{}, person("ada"));
  tell(control::ParticipantLeft{control::DisconnectReason::client_initiated, true}, person("ada"));
  tell(control::RoomFinished{control::DisconnectReason::room_closed});
  ASSERT_TRUE(settle());

  const auto all = sessions();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].room_id, "room");
  EXPECT_EQ(all[0].started_ms, kStart + 2000);
  EXPECT_EQ(all[0].ended_ms, kStart + 5000);
  EXPECT_EQ(all[0].end_reason, "empty");
  const auto who = people(all[0].id);
  ASSERT_THAT(who, SizeIs(1));
  EXPECT_EQ(who[0].name, "ada name");
  EXPECT_EQ(who[0].init_time_s, 3.0);
  EXPECT_THAT(who[0].stays, ElementsAre(store::Interval{kStart + 2000, kStart + 4000}));
}

TEST_F(RecorderTest, keeps_what_somebody_joined_with_and_what_was_measured) {
  control::ClientInfo client;
  client.sdk = "JS";
  client.version = "2.1";
  client.browser = "Firefox";
  client.os = "Linux";
  control::TransportMeasured measured;
  measured.rtt = 25ms;
  measured.audio = {.send_lost = 3, .send_bps = 32'000, .jitter = 2ms, .mos_hundredths = 440};
  measured.watched_s = {0, 5, 0, 0, 0, 0};
  tell(control::ParticipantJoined{client}, person("ada"));
  tell(measured, person("spy"));
  tell(measured, person("ada"));
  ASSERT_TRUE(settle());

  const std::string session = sessions().at(0).id;
  EXPECT_THAT(*people(session).at(0).device,
              ::testing::StartsWith(R"({"sdkType":"js","sdkVersion":"2.1","platform":"desktop")"));
  store_->run([&](store::Database& db) {
    const auto samples = store::participant_stats(db, {kKey, session, "ada"});
    ASSERT_THAT(samples, SizeIs(1));
    EXPECT_EQ(samples[0].at_ms, kStart + 3000);
    EXPECT_EQ(samples[0].audio.send_lost, 3);
    EXPECT_EQ(samples[0].audio.quality,
              (store::MediaStats::Quality{.rtt_ms = 25, .jitter_ms = 2, .mos = 4.4}));
    EXPECT_FALSE(samples[0].video.quality);
    EXPECT_EQ(samples[0].watched_s[1], 5);
    EXPECT_THAT(store::participant_stats(db, {kKey, session, "spy"}), SizeIs(0));
  });
}

TEST_F(RecorderTest, a_stream_is_on_while_one_of_its_kind_is) {
  tell(control::ParticipantJoined{}, person("ada"));
  tell(control::TrackAdded{camera("TR_1")}, person("ada"));
  tell(control::TrackAdded{camera("TR_2")}, person("ada"));
  tell(control::TrackMuteChanged{camera("TR_1", true)}, person("ada"));
  tell(control::TrackRemoved{camera("TR_2")}, person("ada"));
  tell(control::TrackMuteChanged{camera("TR_1", false)}, person("ada"));
  ASSERT_TRUE(settle());

  const auto who = people(sessions().at(0).id);
  EXPECT_THAT(who.at(0).streams,
              ElementsAre(store::Participant::Stream{"webcam", {kStart + 2000, kStart + 5000}},
                          store::Participant::Stream{"webcam", {kStart + 6000, std::nullopt}}));
}

TEST_F(RecorderTest, who_only_watches_over_a_room_begins_no_session) {
  tell(control::RoomStarted{});
  tell(control::ParticipantJoined{}, person("spy", true));
  tell(control::RoomFinished{control::DisconnectReason::room_closed});
  ASSERT_TRUE(settle());

  EXPECT_THAT(sessions(), SizeIs(0));
  EXPECT_THAT(told(), ElementsAre("event0", "event2", "event1"));
}

TEST_F(RecorderTest, a_call_that_only_the_lobby_outlasts_ends_and_the_next_is_another) {
  tell(control::ParticipantJoined{}, person("ada"));
  tell(control::EntryRequested{}, person("eve", true));
  tell(control::ParticipantLeft{control::DisconnectReason::client_initiated, true}, person("ada"));
  tell(control::RoomIdle{});
  tell(control::RoomIdle{});
  tell(control::ParticipantJoined{}, person("ben"));
  tell(control::RoomFinished{control::DisconnectReason::room_closed});
  ASSERT_TRUE(settle());

  const auto all = sessions();
  ASSERT_THAT(all, SizeIs(2));
  for (const store::Session& s : all) EXPECT_EQ(s.end_reason, "empty");
  EXPECT_THAT(people(all[0].id), SizeIs(1));
  EXPECT_THAT(people(all[1].id), SizeIs(1));
}

TEST_F(RecorderTest, who_is_hidden_later_still_leaves_and_who_came_hidden_was_never_there) {
  tell(control::ParticipantJoined{}, person("ada"));
  tell(control::ParticipantJoined{}, person("spy", true));
  tell(control::ParticipantLeft{control::DisconnectReason::client_initiated, true},
       person("ada", true));
  tell(control::ParticipantLeft{control::DisconnectReason::client_initiated, true}, person("spy"));
  ASSERT_TRUE(settle());

  const auto who = people(sessions().at(0).id);
  ASSERT_THAT(who, SizeIs(1));
  EXPECT_THAT(who[0].stays, ElementsAre(store::Interval{kStart + 1000, kStart + 3000}));
}

TEST_F(RecorderTest, modes_have_a_history) {
  tell(control::ParticipantJoined{}, person("ada"));
  tell(control::ModeChanged{control::Mode::recv_only}, person("ada"));
  ASSERT_TRUE(settle());

  const auto who = people(sessions().at(0).id);
  EXPECT_THAT(who.at(0).modes,
              ElementsAre(store::Participant::ModeChange{"SEND_AND_RECV", kStart + 1000},
                          store::Participant::ModeChange{"RECV_ONLY", kStart + 2000}));
}

TEST_F(RecorderTest, a_name_that_another_key_once_joined_is_not_taken) {
  store_->run([](store::Database& db) {
    store::Room foreign;
    foreign.api_key = "other";
    foreign.room_id = "room";
    foreign.implicit = true;
    store::create_room(db, foreign);
  });
  tell(control::ParticipantJoined{}, person("ada"));
  ASSERT_TRUE(settle());

  EXPECT_THAT(sessions(), SizeIs(1));
  EXPECT_EQ(run_.recorder().counters().refused, 0u);
}

TEST_F(RecorderTest, says_when_the_store_takes_nothing_and_keeps_it) {
  store_->stop();
  tell(control::ParticipantJoined{}, person("ada"));

  EXPECT_FALSE(settle());
  EXPECT_EQ(run_.recorder().counters().waiting, 2u);
}

TEST_F(RecorderTest, what_a_crash_left_open_is_closed_and_told) {
  tell(control::ParticipantJoined{}, person("ada"));
  ASSERT_TRUE(settle());
  bool closed = false;
  const auto close = [&] {
    store_->run([&](store::Database& db) { closed = close_dangling(db, "node", audience()); });
  };
  close();
  EXPECT_TRUE(closed);
  EXPECT_EQ(sessions().at(0).end_reason, "server-restart");
  EXPECT_FALSE(people(sessions().at(0).id).at(0).present);
  EXPECT_THAT(told(), ElementsAre("start2", "event2", "event4", "end1", "event1"));
  close();

  EXPECT_FALSE(closed);
}

}  // namespace
}  // namespace plenum::history
