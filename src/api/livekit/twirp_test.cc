#include "api/livekit/twirp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/livekit_room.pb.h"

namespace plenum::livekit_api::twirp {
namespace {

namespace pb = ::livekit;
using ::testing::HasSubstr;

std::optional<Encoding> encoding_for(const std::string& content_type) {
  http::Request request;
  request.headers.set("Content-Type", content_type);
  return encoding_of(request);
}

TEST(Twirp, a_route_is_a_service_and_a_method) {
  const auto route = parse_route("livekit.RoomService/ListRooms");

  ASSERT_TRUE(route);
  EXPECT_EQ(route->service, "livekit.RoomService");
  EXPECT_EQ(route->method, "ListRooms");
}

TEST(Twirp, anything_else_is_no_route) {
  for (const char* path : {"", "/", "a", "a/", "/b", "a/b/", "a/b/c", "//"})
    EXPECT_FALSE(parse_route(path)) << path;
}

TEST(Twirp, parameters_and_casing_of_the_content_type_do_not_matter) {
  EXPECT_EQ(encoding_for("application/json"), Encoding::json);
  EXPECT_EQ(encoding_for("application/json;charset=UTF-8"), Encoding::json);
  EXPECT_EQ(encoding_for("Application/Protobuf ; x=y"), Encoding::protobuf);
  EXPECT_EQ(encoding_for("text/plain"), std::nullopt);
  EXPECT_EQ(encoding_for(""), std::nullopt);
}

TEST(Twirp, json_names_fields_in_either_casing_and_numbers_as_text) {
  for (const char* body : {R"({"room":"r","trackSid":"TR_1","muted":true,"new":[{}]})",
                           R"({"room":"r","track_sid":"TR_1","muted":true})"}) {
    pb::MuteRoomTrackRequest request;
    ASSERT_TRUE(parse_body(body, Encoding::json, request).ok()) << body;
    EXPECT_EQ(request.track_sid(), "TR_1");
    EXPECT_TRUE(request.muted());
  }
  for (const char* body : {R"({"revokeTokenTs":"12"})", R"({"revoke_token_ts":12})"}) {
    pb::RoomParticipantIdentity request;
    ASSERT_TRUE(parse_body(body, Encoding::json, request).ok()) << body;
    EXPECT_EQ(request.revoke_token_ts(), 12);
  }
  for (const char* body : {R"({"data":"AQI=","kind":"LOSSY"})", R"({"data":"AQI","kind":1})"}) {
    pb::SendDataRequest request;
    ASSERT_TRUE(parse_body(body, Encoding::json, request).ok()) << body;
    EXPECT_EQ(request.data(), "\x01\x02");
    EXPECT_EQ(request.kind(), pb::DataPacket::LOSSY);
  }
}

TEST(Twirp, what_is_no_message_is_malformed) {
  for (const std::string& body :
       {std::string(), std::string("{"), std::string("[]"), std::string(R"({"muted":"maybe"})"),
        std::string(R"({"room":{}})"), std::string(100'000, '[')}) {
    pb::MuteRoomTrackRequest request;
    const auto parsed = parse_body(body, Encoding::json, request);
    ASSERT_FALSE(parsed.ok()) << body.substr(0, 40);
    EXPECT_EQ(parsed.error().code, Code::malformed);
    EXPECT_EQ(parsed.error().text, "the json request could not be decoded");
  }
  pb::MuteRoomTrackRequest request;
  for (const std::string& body : {std::string("\x0a\x05r"), std::string("\x0a\x01\xff")}) {
    const auto parsed = parse_body(body, Encoding::protobuf, request);
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(parsed.error().text, "the protobuf request could not be decoded");
  }
}

TEST(Twirp, an_answer_in_json_has_every_field_under_its_schema_name) {
  pb::Room room;
  room.set_creation_time(17);
  const http::Response response = answer(room, Encoding::json);

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.find("Content-Type"), "application/json");
  EXPECT_THAT(response.body, HasSubstr(R"("creation_time":"17")"));
  EXPECT_THAT(response.body, HasSubstr(R"("max_participants":0)"));
  EXPECT_THAT(response.body, HasSubstr(R"("enabled_codecs":[])"));
}

TEST(Twirp, an_answer_in_protobuf_is_the_message) {
  pb::Room room;
  room.set_name("r");
  const http::Response response = answer(room, Encoding::protobuf);

  EXPECT_EQ(response.headers.find("Content-Type"), "application/protobuf");
  EXPECT_EQ(response.body, room.SerializeAsString());
}

TEST(Twirp, a_refusal_is_json_with_code_text_and_status) {
  const http::Response response = refusal({Code::failed_precondition, "not \"now\""});

  EXPECT_EQ(response.status, 412);
  EXPECT_EQ(response.headers.find("Content-Type"), "application/json");
  EXPECT_EQ(response.body, R"({"code":"failed_precondition","msg":"not \"now\""})");
}

TEST(Twirp, a_refusal_may_have_facts_for_programs) {
  const http::Response response = refusal({Code::canceled, "late", {{"rpc_code", "1502"}}});

  EXPECT_EQ(response.status, 408);
  EXPECT_EQ(response.body, R"({"code":"canceled","msg":"late","meta":{"rpc_code":"1502"}})");
}

}  // namespace
}  // namespace plenum::livekit_api::twirp
