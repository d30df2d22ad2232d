#include <optional>

#include "api/videosdk/test_rest_api.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using control::EgressKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EgressInRoomTest : public testing::RestApiTest {
 protected:
  RestApi::Outcome call(EgressKind kind, bool start, json::object arguments = {}) {
    RestApi::InRoom asked;
    asked.api_key = "key";
    asked.room = room_id;
    asked.kind = kind;
    asked.start = start;
    asked.arguments = std::move(arguments);
    return wait(api.call_in_room(std::move(asked)));
  }

  const std::string room_id = make_room();
};

TEST_F(EgressInRoomTest, a_participant_starts_and_stops_what_rest_does) {
  const auto started = call(EgressKind::recording, true,
                            {{"kind", "recording"},
                             {"roomId", "another"},
                             {"meetingId", "another"},
                             {"config", {{"theme", "LIGHT"}}}});
  ASSERT_TRUE(started);
  EXPECT_EQ(started->at("id"), "65a0b0c0d0e0f00000000003");
  ASSERT_THAT(wishes, SizeIs(1));
  EXPECT_EQ(wishes[0].job.room, room_id);
  EXPECT_EQ(wishes[0].job.layout.theme, "LIGHT");
  ASSERT_TRUE(call(EgressKind::hls, false));

  EXPECT_THAT(stops, ElementsAre("key " + room_id + " hls "));
}

TEST_F(EgressInRoomTest, its_arguments_are_checked_as_those_of_rest) {
  EXPECT_EQ(call(EgressKind::recording, true, {{"config", 7}}).error().status, 400);
  EXPECT_EQ(call(EgressKind::livestream, true).error().status, 400);
  hook_fault = "no";
  EXPECT_EQ(call(EgressKind::recording, true, {{"webhookUrl", "http://10.0.0.1/"}}).error().status,
            400);
  EXPECT_THAT(wishes, IsEmpty());
  egress_fault = control::EgressRefusal::already_running;
  EXPECT_EQ(call(EgressKind::hls, true).error().number, 4016);
}

}  // namespace
}  // namespace plenum::videosdk_api
