#include "history/recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "store/participants.h"
#include "store/rooms.h"
#include "store/sessions.h"

namespace plenum::history {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr const char* kKey = "key";
constexpr std::int64_t kStart = 1'700'000'000'000;

/// Words that name a record and say when it was.
std::optional<Message> render(const Record& r) {
  const char* names[] = {"event", "start", "end"};
  return Message{names[static_cast<int>(r.what)] + std::to_string(r.event.what.index()), "{}"};
}

Audience audience() {
  return {.livekit = {render, {"https://example.com/livekit"}},
          .videosdk = {render, {}},
          .asks_for = [](const std::string&, const std::string&) { return true; }};
}

control::SnapshotPtr person(const std::string& identity, bool hidden = false) {
  auto p = std::make_shared<control::ParticipantSnapshot>();
  p->identity = identity;
  p->name = identity + " name";
  p->joined_at_ms = kStart;
  p->permissions.hidden = hidden;
  return p;
}

control::TrackDescription camera(const std::string& sid, bool muted = false) {
  control::TrackDescription track;
  track.sid = sid;
  track.kind = MediaKind::video;
  track.source = control::TrackSource::camera;
  track.muted = muted;
  return track;
}

/// A recorder on a store in memory; what the store's thread posts runs in settle().
class RecorderTest : public ::testing::Test {
 protected:
  ~RecorderTest() override { store_->stop(); }

  void tell(control::DomainEvent::What what, control::SnapshotPtr who = nullptr) {
    control::DomainEvent event{.api_key = kKey,
                               .room = {},
                               .participant = std::move(who),
                               .at_ms = at_ms_ += 1000,
                               .what = std::move(what)};
    event.room.sid = "RM_1";
    event.room.name = "room";
    event.room.creation_time_ms = kStart;
    recorder_.on_event(event);
  }

  bool settle() {
    std::optional<bool> ok;
    recorder_.when_written([&](bool written) { ok = written; });
    while (!ok) {
      std::unique_lock lock(mutex_);
      posted_.wait(lock, [&] { return !work_.empty(); });
      auto run = std::move(work_.front());
      work_.pop_front();
      lock.unlock();
      run();
    }
    return *ok;
  }

  std::vector<store::Session> sessions() {
    std::vector<store::Session> out;
    store_->run([&](store::Database& db) { out = list_sessions(db, kKey, {}, {}).items; });
    return out;
  }
  std::vector<store::Participant> people(const std::string& session) {
    std::vector<store::Participant> out;
    store_->run([&](store::Database& db) {
      out = list_participants(db, kKey, session, store::Present::all, {}).items;
    });
    return out;
  }
  /// Types of the webhooks that wait, in order.
  std::vector<std::string> told() {
    std::vector<std::string> out;
    store_->run([&](store::Database& db) {
      for (const store::Row& row : db.execute("SELECT type FROM outbox_events ORDER BY seq").rows)
        out.push_back(row.text(0));
    });
    return out;
  }

  std::mutex mutex_;  // guards the queue of what was posted
  std::condition_variable posted_;
  std::deque<std::function<void()>> work_;
  std::unique_ptr<store::Store> store_ = store::open_store(":memory:");
  Recorder recorder_{*store_,
                     {.node = "node", .audience = audience()},
                     {.post =
                          [this](std::function<void()> run) {
                            const std::lock_guard lock(mutex_);
                            work_.push_back(std::move(run));
                            posted_.notify_one();
                          },
                      .written = nullptr}};
  std::int64_t at_ms_ = kStart;
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
  EXPECT_EQ(recorder_.counters().refused, 0u);
}

TEST_F(RecorderTest, says_when_the_store_takes_nothing_and_keeps_it) {
  store_->stop();
  tell(control::ParticipantJoined{}, person("ada"));

  EXPECT_FALSE(settle());
  EXPECT_EQ(recorder_.counters().waiting, 2u);
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
