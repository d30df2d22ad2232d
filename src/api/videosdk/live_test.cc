#include "api/videosdk/test_rest_api.h"

namespace plenum::videosdk_api::testing {
namespace {

using boost::json::array;
using boost::json::object;

class LiveRooms : public RestApiTest {
 protected:
  /// Ada's camera, which Ben sees; and what a shard reports of both.
  void film(const std::string& room_id) {
    control::testing::Client& ada = enter(room_id, "ada");
    control::testing::Client& ben = enter(room_id, "ben");
    const std::string sid = room.publish_video(ada);
    room.event(shard::SubscriptionBound{room.primary(ben), room.track_id(ada, sid)});
    shard::Quality quality;
    shard::Quality::Peer& up = quality.peers.emplace_back();
    up.peer = room.publisher(ada);
    up.rtt = std::chrono::milliseconds(12);
    up.uplinks.push_back({.track = room.track_id(ada, sid),
                          .loss = 0.025f,
                          .jitter = std::chrono::microseconds(4210),
                          .bitrate_bps = 900'000,
                          .active_layers = 3});
    shard::Quality::Peer& down = quality.peers.emplace_back();
    down.peer = room.primary(ben);
    down.video = {.loss = 0.5f, .jitter = {}, .bitrate_bps = 800'000};
    room.event(std::move(quality));
  }
  const object& participant(const Answered& answer, std::size_t i) {
    return answer.body.at("data").as_array().at(i).as_object();
  }
};

TEST_F(LiveRooms, show_what_shards_reported_of_each_track) {
  const std::string id = make_room({{"customRoomId", "standup"}});
  film(id);
  const Answered got = get("/v2/plenum/live/rooms/standup");
  ASSERT_EQ(got.status, 200);
  const object& ada = participant(got, 0);
  const object& track = ada.at("tracks").as_array().at(0).as_object();
  const object& encoding = track.at("encodings").as_array().at(0).as_object();

  EXPECT_EQ(ada.at("participantId"), "ada");
  EXPECT_EQ(ada.at("rtt"), 12.0);
  EXPECT_EQ(ada.at("quality"), "good");
  EXPECT_EQ(track.at("source"), "camera");
  EXPECT_EQ(encoding.at("codec"), "vp8");
  EXPECT_EQ(encoding.at("bitrate"), 900'000u);
  EXPECT_EQ(encoding.at("packetLoss"), 2.5);
  EXPECT_EQ(encoding.at("jitter"), 4.21);
  EXPECT_EQ(encoding.at("layers").as_array().size(), 3u);
  EXPECT_EQ(track.at("receivers").at("total"), 1);
  EXPECT_EQ(track.at("receivers").at("byLayer").at("high"), 1);
  EXPECT_EQ(participant(got, 1).at("receives").at("video").at("bitrate"), 800'000u);
  EXPECT_EQ(got.body.at("room").at("bitrateIn"), 900'000u);
  EXPECT_EQ(got.body.at("room").at("bitrateOut"), 800'000u);
}

TEST_F(LiveRooms, have_no_figures_before_the_first_report) {
  enter("adhoc", "ada");
  room.publish_video(room.clients.front());
  const Answered got = get("/v2/plenum/live/rooms/adhoc");
  const object& track = participant(got, 0).at("tracks").as_array().at(0).as_object();

  EXPECT_TRUE(track.at("encodings").as_array().at(0).at("bitrate").is_null());
  EXPECT_TRUE(participant(got, 0).at("rtt").is_null());
  EXPECT_TRUE(participant(got, 0).at("quality").is_null());
}

TEST_F(LiveRooms, come_in_pages) {
  for (const char* name : {"a", "b", "c"}) enter(name, "ada");
  enter("c", "ben");
  const Answered rooms = get("/v2/plenum/live/rooms?perPage=2&page=2");
  const Answered people = get("/v2/plenum/live/rooms/c?perPage=1&page=2");

  EXPECT_EQ(rooms.body.at("pageInfo").at("total"), 3);
  ASSERT_EQ(rooms.body.at("data").as_array().size(), 1u);
  EXPECT_EQ(participant(rooms, 0).at("roomId"), "c");
  EXPECT_EQ(people.body.at("pageInfo").at("total"), 2);
  ASSERT_EQ(people.body.at("data").as_array().size(), 1u);
  EXPECT_EQ(participant(people, 0).at("participantId"), "ben");
}

TEST_F(LiveRooms, of_another_key_are_not_there) {
  enter("theirs", "ada", "other");

  EXPECT_EQ(get("/v2/plenum/live/rooms").body.at("data").as_array().size(), 0u);
  EXPECT_EQ(get("/v2/plenum/live/rooms/theirs").status, 404);
  EXPECT_EQ(get("/v2/plenum/live/rooms/theirs", {{"apikey", "other"}}).status, 200);
}

TEST_F(LiveRooms, are_only_its_own_for_a_token_of_one_room) {
  const std::string id = make_room({{"customRoomId", "standup"}});
  enter(id, "ada");
  enter("adhoc", "ada");
  const object scope{{"roomId", "standup"}};

  EXPECT_EQ(get("/v2/plenum/live/rooms", scope).body.at("pageInfo").at("total"), 1);
  EXPECT_EQ(get("/v2/plenum/live/rooms/" + id, scope).status, 200);
  EXPECT_EQ(get("/v2/plenum/live/rooms/adhoc", scope).status, 403);
  EXPECT_EQ(get("/v2/plenum/live/rooms/" + id, {{"roles", array({"rtc"})}}).status, 403);
}

TEST_F(LiveRooms, that_nobody_is_in_are_told_apart_from_none) {
  EXPECT_EQ(get("/v2/plenum/live/rooms/" + make_room()).code(), "ROOM_NOT_LIVE");
  EXPECT_EQ(get("/v2/plenum/live/rooms/nowhere").code(), "ROOM_NOT_FOUND");
}

}  // namespace
}  // namespace plenum::videosdk_api::testing
