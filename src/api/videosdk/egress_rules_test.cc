#include "api/videosdk/egress_rules.h"

#include <gmock/gmock.h>

#include "api/videosdk/test_rest_api.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using control::EgressKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class EgressRulesTest : public testing::RestApiTest {
 protected:
  void tell(control::DomainEvent::What what) {
    control::DomainEvent event;
    event.api_key = "key";
    event.room.name = room_id;
    event.room.sid = "RM_1";
    event.what = std::move(what);
    rules.on_event(event);
    io.restart();
    io.run();
  }
  control::EgressJob failed(const std::string& config) {
    control::EgressJob job;
    job.state = control::EgressState::failed;
    job.api_key = "key";
    job.room = room_id;
    job.config = config;
    return job;
  }

  std::string room_id;
  bool is_running = false;
  std::vector<std::string> ended;
  EgressRules rules{
      store,
      {.io = io,
       .egress = egress,
       .end_session = [this](const auto&, const auto&, const auto& sid) { ended.push_back(sid); },
       .is_running = [this](const auto&, const auto&, EgressKind) { return is_running; },
       .changed = [] {}}};
};

TEST_F(EgressRulesTest, jobs_start_once_with_each_session_when_media_flows) {
  room_id = make_room(
      {{"autoStartConfig",
        json::object{{"recording", json::object{{"config", json::object{{"quality", "high"}}}}},
                     {"hls", json::object{}}}}});
  tell(control::ParticipantJoined{});
  EXPECT_THAT(wishes, IsEmpty());
  tell(control::ParticipantActivated{});
  tell(control::ParticipantActivated{});

  ASSERT_EQ(wishes.size(), 2u);
  EXPECT_EQ(wishes[0].job.kind, EgressKind::recording);
  EXPECT_EQ(wishes[0].job.layout.quality, "high");
  EXPECT_EQ(wishes[0].job.room, room_id);
  EXPECT_EQ(wishes[1].job.kind, EgressKind::hls);
  tell(control::RoomFinished{});
  tell(control::ParticipantActivated{});
  EXPECT_EQ(wishes.size(), 4u);
}

TEST_F(EgressRulesTest, rooms_without_rules_start_nothing) {
  room_id = make_room();
  tell(control::ParticipantActivated{});
  room_id = "nowhere";
  tell(control::RoomFinished{});
  tell(control::ParticipantActivated{});

  EXPECT_THAT(wishes, IsEmpty());
}

TEST_F(EgressRulesTest, a_session_ends_with_its_recording_if_that_was_asked_for) {
  const std::string rule = R"({"onFailure":{"action":"close-room","waitTime":0}})";
  tell(control::EgressChanged{failed("{}")});
  EXPECT_THAT(ended, IsEmpty());
  is_running = true;  // somebody started another
  tell(control::EgressChanged{failed(rule)});
  EXPECT_THAT(ended, IsEmpty());
  is_running = false;
  tell(control::EgressChanged{failed(rule)});

  EXPECT_THAT(ended, ElementsAre("RM_1"));
}

TEST_F(EgressRulesTest, patience_is_at_most_150_seconds) {
  const auto patience = [&](const std::string& config) {
    return patience_after_failure(failed(config));
  };
  EXPECT_EQ(patience(R"({"onFailure":{"action":"close-room"}})"), 150s);
  EXPECT_EQ(patience(R"({"onFailure":{"action":"close-room","waitTime":5}})"), 5s);
  EXPECT_EQ(patience(R"({"onFailure":{"action":"close-room","waitTime":1e99}})"), 150s);
  EXPECT_EQ(patience(R"({"onFailure":{"action":"other"}})"), std::nullopt);
  EXPECT_EQ(patience("{"), std::nullopt);
}

}  // namespace
}  // namespace plenum::videosdk_api
