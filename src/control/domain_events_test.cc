#include "control/domain_events.h"

#include "control/test_room.h"

namespace plenum::control::testing {
namespace {

using ::testing::ElementsAre;

struct Observed {
  explicit Observed(TestRoom& room) {
    room.control.on_domain_event([this](const DomainEvent& e) {
      if (!std::holds_alternative<FocusChanged>(e.what)) events.push_back(e);
    });
  }
  std::vector<std::size_t> kinds() const {
    std::vector<std::size_t> out;
    for (const DomainEvent& e : events) out.push_back(e.what.index());
    return out;
  }
  std::vector<DomainEvent> events;
};

JoinRequest request_of_key(const std::string& key, const std::string& identity) {
  JoinRequest r = TestRoom::request(identity);
  r.api_key = key;
  return r;
}

TEST(DomainEvents, tell_a_room_from_its_first_join_to_its_end) {
  TestRoom t;
  Observed seen(t);
  Client& alice = t.active(request_of_key("key", "alice"));
  t.publish_audio(alice, "mic");
  t.control.leave(alice.id(), t.now);
  t.advance(21s);

  // started, joined, activated, track added, track removed, left, finished
  EXPECT_THAT(seen.kinds(), ElementsAre(0u, 2u, 3u, 5u, 6u, 4u, 1u));
  for (const DomainEvent& e : seen.events) EXPECT_EQ(e.api_key, "key");
  const auto left = std::get<ParticipantLeft>(seen.events[5].what);
  EXPECT_TRUE(left.was_active);
  EXPECT_EQ(left.reason, DisconnectReason::client_initiated);
  EXPECT_EQ(seen.events[5].participant->identity, "alice");
  EXPECT_EQ(std::get<RoomFinished>(seen.events[6].what).reason, DisconnectReason::room_closed);
}

TEST(DomainEvents, know_who_left_before_media_flowed) {
  TestRoom t;
  Observed seen(t);
  t.control.leave(t.join("alice").id(), t.now);

  EXPECT_FALSE(std::get<ParticipantLeft>(seen.events.back().what).was_active);
}

TEST(Room, belongs_to_the_key_that_opened_it) {
  TestRoom t;
  t.active(request_of_key("key", "alice"));
  Moderation& m = t.control.moderation();

  EXPECT_EQ(t.control.join(request_of_key("other", "eve"), {}, t.now).error(),
            JoinRefusal::room_not_found);
  EXPECT_FALSE(t.control.resume({"room", "alice", "", true, 17, 0, "other"}, {}, t.now).ok());
  EXPECT_EQ(m.create_room("other", "room", {}, t.now).error(), JoinRefusal::room_not_found);
  EXPECT_TRUE(m.list_rooms("other", {}).empty());
  EXPECT_TRUE(m.list_rooms("other", {"room"}).empty());
  EXPECT_EQ(m.list_rooms("key", {}).size(), 1u);
  EXPECT_TRUE(m.is_foreign("other", "room"));
  EXPECT_FALSE(m.is_foreign("key", "room"));
}

}  // namespace
}  // namespace plenum::control::testing
