#include "api/livekit/test_room_service.h"
#include "proto/livekit_data.pb.h"

namespace plenum::livekit_api::testing {
namespace {

namespace pb = ::livekit;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::pair<int, std::string> kDenied = {
    401, R"({"code":"unauthenticated","msg":"permissions denied"})"};

TEST_F(RoomServiceTest, each_method_needs_its_grant) {
  const std::pair<const char*, bool Grants::*> methods[] = {
      {"CreateRoom", &Grants::room_create},
      {"DeleteRoom", &Grants::room_create},
      {"ListRooms", &Grants::room_list},
      {"ListParticipants", &Grants::room_admin},
      {"GetParticipant", &Grants::room_admin},
      {"RemoveParticipant", &Grants::room_admin},
      {"MutePublishedTrack", &Grants::room_admin},
      {"UpdateParticipant", &Grants::room_admin},
      {"UpdateSubscriptions", &Grants::room_admin},
      {"SendData", &Grants::room_admin},
      {"UpdateRoomMetadata", &Grants::room_admin},
      {"ForwardParticipant", &Grants::room_admin},
      {"MoveParticipant", &Grants::room_admin},
      {"PerformRpc", &Grants::room_admin}};
  for (const auto& [method, grant] : methods) {
    Grants all = admin();
    all.room_join = all.room_create = all.room_list = all.room_record = all.ingress_admin = true;
    all.*grant = false;
    EXPECT_EQ(call(method, R"({"room":"room","name":"room"})", all), kDenied) << method;
    all.*grant = true;
    EXPECT_NE(call(method, R"({"room":"room","name":"room"})", all), kDenied) << method;
  }
}

TEST_F(RoomServiceTest, an_administrator_of_one_room_is_a_stranger_to_others) {
  room.active("alice");
  for (const char* method :
       {"ListParticipants", "GetParticipant", "RemoveParticipant", "MutePublishedTrack",
        "UpdateParticipant", "UpdateSubscriptions", "SendData", "UpdateRoomMetadata",
        "ForwardParticipant", "MoveParticipant", "PerformRpc"}) {
    Grants other = admin();
    for (const char* bound : {"other", ""}) {
      other.room = bound;
      EXPECT_EQ(call(method, R"({"room":"room","identity":"alice"})", other), kDenied) << method;
      EXPECT_EQ(call(method, "{}", other), kDenied) << method;
    }
  }
  EXPECT_EQ(call("MoveParticipant", R"({"room":"room","destinationRoom":"elsewhere"})"), kDenied);
}

TEST_F(RoomServiceTest, a_bad_token_is_unauthenticated_and_says_why) {
  http::Request request = post("{}", admin());
  request.headers.set("Authorization", "Bearer x.y.z");
  const auto bad = serve(request, "livekit.RoomService/ListRooms");
  request.headers.erase("Authorization");
  const auto none = serve(request, "livekit.RoomService/ListRooms");

  EXPECT_EQ(bad.status, 401);
  EXPECT_THAT(bad.body, ::testing::HasSubstr(R"({"code":"unauthenticated","msg":"invalid)"));
  EXPECT_EQ(none.body, kDenied.second);
}

TEST_F(RoomServiceTest, unknown_routes_are_bad_routes_and_absent_services_unimplemented) {
  http::Request request = post("{}", creator());
  const auto code = [&](const char* path) {
    const http::Response r = serve(request, path);
    return std::to_string(r.status) + " " + r.body.substr(9, r.body.find('"', 9) - 9);
  };
  EXPECT_EQ(code("livekit.RoomService/Nothing"), "404 bad_route");
  EXPECT_EQ(code("livekit.Nothing/ListRooms"), "404 bad_route");
  EXPECT_EQ(code("livekit.RoomService"), "404 bad_route");
  for (const char* path : {"livekit.SIP/ListSIPInboundTrunk", "livekit.Ingress/ListIngress",
                           "livekit.AgentDispatchService/ListDispatch"})
    EXPECT_EQ(code(path), "501 unimplemented");
  EXPECT_EQ(code("livekit.RoomService/ListRooms").substr(0, 3), "200");
  request.headers.set("Content-Type", "text/plain");
  EXPECT_EQ(code("livekit.RoomService/ListRooms"), "404 bad_route");
  request = post("{}", creator());
  request.method = http::Method::get;
  EXPECT_EQ(code("livekit.RoomService/ListRooms"), "404 bad_route");
}

TEST_F(RoomServiceTest, a_room_is_made_changed_listed_and_deleted) {
  const auto made = ask<pb::Room>(
      "CreateRoom", R"({"name":"r","emptyTimeout":60,"max_participants":3,"metadata":"m"})",
      creator());
  const auto again = ask<pb::Room>("CreateRoom", R"({"name":"r","departureTimeout":9})", creator());
  const auto listed = ask<pb::ListRoomsResponse>("ListRooms", R"({"names":["r","s"]})", creator());
  ask<pb::DeleteRoomResponse>("DeleteRoom", R"({"room":"r"})", creator());

  EXPECT_EQ(made.empty_timeout(), 60u);
  EXPECT_EQ(again.sid(), made.sid());
  EXPECT_EQ(again.departure_timeout(), 9u);
  EXPECT_EQ(again.max_participants(), 3u);
  EXPECT_EQ(again.metadata(), "m");
  ASSERT_EQ(listed.rooms_size(), 1);
  EXPECT_EQ(listed.rooms(0).sid(), made.sid());
  EXPECT_EQ(call("DeleteRoom", R"({"room":"r"})", creator()).second,
            R"({"code":"not_found","msg":"requested room does not exist"})");
  EXPECT_EQ(changes, 5);
}

TEST_F(RoomServiceTest, a_room_needs_a_name_and_keeps_the_limits) {
  const auto refused = [&](const std::string& body) {
    return call("CreateRoom", body, creator()).second;
  };
  EXPECT_EQ(refused("{}"), R"({"code":"invalid_argument","msg":"no room name"})");
  EXPECT_EQ(refused(R"({"name":")" + std::string(257, 'r') + "\"}"),
            R"({"code":"invalid_argument","msg":"room name length exceeds limits"})");
  EXPECT_EQ(refused(R"({"name":"r","metadata":")" + std::string(600'000, 'm') + "\"}"),
            R"({"code":"invalid_argument","msg":"metadata size exceeds limits"})");
  EXPECT_THAT(refused(R"({"name":"r","egress":{}})"), ::testing::HasSubstr("unimplemented"));
}

TEST_F(RoomServiceTest, participants_are_listed_found_and_removed) {
  Client& alice = room.active("alice");
  room.active("bob");
  const auto listed =
      ask<pb::ListParticipantsResponse>("ListParticipants", R"({"room":"room"})", admin());
  const auto found =
      ask<pb::ParticipantInfo>("GetParticipant", R"({"room":"room","identity":"alice"})", admin());
  ask<pb::RemoveParticipantResponse>("RemoveParticipant", R"({"room":"room","identity":"alice"})",
                                     admin());

  EXPECT_EQ(listed.participants_size(), 2);
  EXPECT_EQ(found.sid(), alice.sid());
  EXPECT_EQ(alice.last<control::LeaveSent>().reason,
            control::DisconnectReason::participant_removed);
  const std::pair<int, std::string> gone = {
      404, R"({"code":"not_found","msg":"participant does not exist"})"};
  EXPECT_EQ(call("GetParticipant", R"({"room":"room","identity":"alice"})"), gone);
  EXPECT_EQ(call("RemoveParticipant", R"({"room":"room","identity":"alice"})"), gone);
}

TEST_F(RoomServiceTest, a_room_that_is_not_there_has_no_participants) {
  EXPECT_EQ(call("ListParticipants", R"({"room":"room"})").second, R"({"participants":[]})");
}

TEST_F(RoomServiceTest, a_participant_is_changed_and_the_answer_shows_it) {
  Client& alice = room.active("alice");
  const auto changed = ask<pb::ParticipantInfo>(
      "UpdateParticipant",
      R"({"room":"room","identity":"alice","name":"A","metadata":"m","attributes":{"k":"v"},
          "permission":{"canSubscribe":true,"can_publish_sources":["CAMERA"]}})",
      admin());

  EXPECT_EQ(changed.name(), "A");
  EXPECT_EQ(changed.metadata(), "m");
  EXPECT_EQ(changed.attributes().at("k"), "v");
  EXPECT_TRUE(changed.permission().can_subscribe());
  EXPECT_FALSE(changed.permission().can_publish_data());
  EXPECT_THAT(changed.permission().can_publish_sources(), ElementsAre(pb::CAMERA));
  EXPECT_FALSE(room.find(alice)->permissions.can_publish);
  EXPECT_EQ(call("UpdateParticipant", R"({"room":"room","identity":"bob"})").first, 404);
}

TEST_F(RoomServiceTest, sources_that_nobody_knows_do_not_allow_all) {
  Client& alice = room.active("alice");
  call("UpdateParticipant", R"({"room":"room","identity":"alice",
                               "permission":{"canPublish":true,"canPublishSources":[99]}})");

  EXPECT_FALSE(
      room.find(alice)->permissions.may_publish(control::TrackSource::camera, MediaKind::video));
}

TEST_F(RoomServiceTest, a_track_is_muted_but_not_opened_again) {
  Client& alice = room.active("alice");
  const std::string sid = room.publish_audio(alice);
  const std::string of_alice = R"({"room":"room","identity":"alice","track_sid":")" + sid + "\"";
  const auto muted =
      ask<pb::MuteRoomTrackResponse>("MutePublishedTrack", of_alice + R"(,"muted":true})", admin());

  EXPECT_TRUE(muted.track().muted());
  EXPECT_EQ(muted.track().sid(), sid);
  EXPECT_EQ(call("MutePublishedTrack", of_alice + "}"),
            std::pair(412, std::string(R"({"code":"failed_precondition","msg":)"
                                       R"("remote unmute not enabled"})")));
  EXPECT_EQ(call("MutePublishedTrack", R"({"room":"room","identity":"alice","track_sid":"TR_0"})"),
            std::pair(404, std::string(R"({"code":"not_found","msg":"track is not found"})")));
  EXPECT_EQ(call("MutePublishedTrack", R"({"room":"room","identity":"bob"})").second,
            R"({"code":"not_found","msg":"participant does not exist"})");
}

TEST_F(RoomServiceTest, subscriptions_are_changed_by_either_list_of_tracks) {
  Client& alice = room.active("alice");
  room.active("bob");
  const std::string mic = room.publish_audio(alice), camera = room.publish_video(alice);
  ask<pb::UpdateSubscriptionsResponse>("UpdateSubscriptions",
                                       R"({"room":"room","identity":"bob","trackSids":[")" + mic +
                                           R"("],"participantTracks":[{"trackSids":[")" + camera +
                                           R"("]}]})",
                                       admin());

  EXPECT_THAT(room.commands<shard::Unsubscribe>(), SizeIs(2));
  EXPECT_EQ(call("UpdateSubscriptions", R"({"room":"room","identity":"x"})").first, 404);
}

TEST_F(RoomServiceTest, data_reaches_those_it_is_for_as_a_packet_without_a_sender) {
  Client& alice = room.active("alice");
  Client& bob = room.active("bob");
  const std::string body =
      R"({"room":"room","data":"aGk=","kind":"RELIABLE","topic":"t","nonce":"AAE=",)"
      R"("destinationIdentities":["bob"]})";
  ask<pb::SendDataResponse>("SendData", body, admin());
  ask<pb::SendDataResponse>("SendData", body, admin());

  EXPECT_THAT(room.sent_to(alice), IsEmpty());
  ASSERT_THAT(room.sent_to(bob), SizeIs(1));
  pb::DataPacket packet;
  ASSERT_TRUE(packet.ParseFromString(room.sent_to(bob).front()));
  EXPECT_EQ(packet.user().payload(), "hi");
  EXPECT_EQ(packet.user().topic(), "t");
  EXPECT_EQ(packet.participant_identity() + packet.participant_sid(), "");
  EXPECT_EQ(packet.sequence(), 0u);
  EXPECT_THAT(packet.destination_identities(), ElementsAre("bob"));
}

TEST_F(RoomServiceTest, data_must_fit_a_channel_and_have_a_room) {
  room.active("alice");
  const std::string large = R"({"room":"room","data":")" + std::string(400'000, 'A') + "\"}";
  const std::string nonce = R"({"room":"room","nonce":")" + std::string(100, 'A') + "\"}";
  Grants other = admin();
  other.room = "other";

  EXPECT_EQ(call("SendData", large).second,
            R"({"code":"invalid_argument","msg":"data size exceeds limits"})");
  EXPECT_EQ(call("SendData", nonce).first, 400);
  EXPECT_EQ(call("SendData", R"({"room":"other"})", other).first, 404);
}

TEST_F(RoomServiceTest, the_metadata_of_a_room_is_replaced) {
  Client& alice = room.active("alice");
  const auto changed =
      ask<pb::Room>("UpdateRoomMetadata", R"({"room":"room","metadata":"new"})", admin());

  EXPECT_EQ(changed.metadata(), "new");
  EXPECT_EQ(alice.last<control::RoomUpdated>().room.metadata, "new");
}

TEST_F(RoomServiceTest, a_call_in_protobuf_is_answered_in_protobuf) {
  room.active("alice");
  pb::ListParticipantsRequest request;
  request.set_room("room");
  const http::Response got =
      serve(post(request.SerializeAsString(), admin(), "application/protobuf"),
            "livekit.RoomService/ListParticipants");
  pb::ListParticipantsResponse answer;

  EXPECT_EQ(got.headers.find("Content-Type"), "application/protobuf");
  ASSERT_TRUE(answer.ParseFromString(got.body));
  EXPECT_EQ(answer.participants_size(), 1);
}

TEST_F(RoomServiceTest, a_participant_is_moved_to_the_room_that_the_token_names) {
  Client& alice = room.active("alice");
  Grants mover = admin();
  mover.destination_room = "other";
  const std::string body = R"({"room":"room","identity":"alice","destinationRoom":"other"})";
  ask<pb::MoveParticipantResponse>("MoveParticipant", body, mover);

  EXPECT_EQ(alice.last<control::RoomMoved>().room.name, "other");
  EXPECT_EQ(call("MoveParticipant", body, mover).first, 404);
  EXPECT_EQ(call("MoveParticipant", R"({"room":"room","identity":"alice"})").first, 400);
  mover.destination_room = "room";
  room.active("bob");
  EXPECT_EQ(call("MoveParticipant", R"({"room":"room","identity":"bob","destinationRoom":"room"})",
                 mover),
            std::pair(400, std::string(R"({"code":"invalid_argument","msg":)"
                                       R"("the participant is in that room"})")));
}

TEST_F(RoomServiceTest, a_room_that_the_store_gives_to_another_key_is_not_opened) {
  const auto create = [&] { return call("CreateRoom", R"({"name":"theirs"})", creator()); };
  closed_because = "not for you";
  closed_status = 404;
  const std::string foreign =
      R"({"code":"unauthenticated","msg":"the room belongs to another key"})";
  EXPECT_EQ(create(), std::pair(401, foreign));
  closed_status = 503;
  EXPECT_EQ(create().first, 503);
  closed_status = 403;
  EXPECT_EQ(create().first, 412);

  EXPECT_THAT(room.control.moderation().list_rooms("key", {}), ::testing::IsEmpty());
  closed_because.clear();
  EXPECT_EQ(create().first, 200);
}

TEST_F(RoomServiceTest, names_that_no_database_takes_are_refused) {
  room.active("alice");
  EXPECT_EQ(call("CreateRoom", R"({"name":"a\u0000"})", creator()).first, 400);
  EXPECT_EQ(
      call("UpdateParticipant", R"({"room":"room","identity":"alice","name":"\u0000"})").first,
      400);
  EXPECT_EQ(
      call("RemoveParticipant", R"({"room":"room","identity":"a\u0000","revoke_token_ts":"1"})")
          .first,
      400);
  Grants mover = admin();
  mover.destination_room = std::string("b\0", 2);
  EXPECT_EQ(call("MoveParticipant",
                 R"({"room":"room","identity":"alice","destinationRoom":"b\u0000"})", mover)
                .first,
            400);
}

TEST_F(RoomServiceTest, nobody_is_moved_to_a_room_that_does_not_let_them_in) {
  Client& alice = room.active("alice");
  closed_because = "room is disabled";
  Grants mover = admin();
  mover.destination_room = "other";

  EXPECT_EQ(call("MoveParticipant",
                 R"({"room":"room","identity":"alice","destinationRoom":"other"})", mover),
            std::pair(412, std::string(R"({"code":"failed_precondition","msg":)"
                                       R"("room is disabled"})")));
  EXPECT_EQ(alice.count<control::RoomMoved>(), 0u);
}

}  // namespace
}  // namespace plenum::livekit_api::testing
