#include "api/videosdk/rest_api.h"

#include "api/videosdk/test_rest_api.h"

namespace plenum::videosdk_api::testing {
namespace {

using boost::json::object;

const boost::json::array kAllowJoin({"allow_join"});

http::Request with_key(http::Request request, const std::string& key) {
  request.headers.set("Idempotency-Key", key);
  return request;
}

TEST_F(RestApiTest, gives_an_answer_again_only_for_the_same_room_and_participant) {
  const std::string room_id = make_room();
  const auto ask_as = [&](object claims) {
    return ask(with_key(
        with_token(request(http::Method::post, "/v2/rooms/deactivate", {{"roomId", room_id}}),
                   token(std::move(claims))),
        "once"));
  };
  EXPECT_EQ(ask_as({{"roomId", room_id}}).status, 200);

  EXPECT_EQ(ask_as({{"roomId", room_id}}).status, 200);
  EXPECT_EQ(ask_as({}).code(), "IDEMPOTENCY_KEY_REUSED");
  EXPECT_EQ(ask_as({{"roomId", room_id}, {"participantId", "ada"}}).code(),
            "IDEMPOTENCY_KEY_REUSED");
}

TEST_F(RestApiTest, gives_no_answer_to_a_join_again) {
  const std::string room_id = make_room();
  const auto join = [&](const char* identity) {
    const std::string text =
        token({{"permissions", kAllowJoin}, {"roomId", room_id}, {"participantId", identity}});
    const auto got = ask(with_key(
        with_token(request(http::Method::post, "/v2/plenum/join", {{"roomId", room_id}}), text),
        "same"));
    return std::string(got.body.at("participantId").as_string().c_str());
  };

  EXPECT_EQ(join("ada"), "ada");
  EXPECT_EQ(join("ben"), "ben");
}

TEST_F(RestApiTest, answers_what_took_effect_though_it_cannot_remember_it) {
  store.run([](store::Database& db) {
    db.script(
        "CREATE TRIGGER full BEFORE INSERT ON idempotency BEGIN "
        "SELECT RAISE(ABORT, 'no room'); END");
  });
  const auto made =
      ask(with_key(with_token(request(http::Method::post, "/v2/rooms"), token()), "once"));

  EXPECT_EQ(made.status, 200);
  EXPECT_EQ(get("/v2/rooms").body.at("pageInfo").at("total"), 1);
}

TEST_F(RestApiTest, takes_the_token_of_a_join_from_the_body_when_there_is_no_header) {
  const object body{{"meetingId", make_room()}, {"token", token({{"permissions", kAllowJoin}})}};
  const http::Request bare = request(http::Method::post, "/v2/plenum/join", body);
  EXPECT_EQ(ask(bare).status, 200);

  EXPECT_EQ(ask(with_token(bare, "another")).code(), "INVALID_TOKEN");
  EXPECT_EQ(ask(request(http::Method::post, "/v2/rooms", body)).code(), "INVALID_TOKEN");
  EXPECT_EQ(ask(request(http::Method::post, "/v2/plenum/join", {{"token", 1}})).status, 401);
}

TEST_F(RestApiTest, exchanges_a_token_that_names_room_and_participant) {
  const std::string room_id = make_room();
  object claims{{"permissions", kAllowJoin}, {"roomId", room_id}, {"participantId", "ada"}};
  const auto exchanged = wait(api.exchange(token(claims)));
  ASSERT_TRUE(exchanged);
  const auto read = keys.verify(*exchanged, kNowMs / 1000);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at("sub"), "ada");
  EXPECT_EQ(read->at("video").at("room").as_string(), room_id);

  claims.erase("participantId");
  EXPECT_EQ(wait(api.exchange(token(claims))).error().status, 401);
  claims["participantId"] = "ada";
  claims["roles"] = boost::json::array({"crawler"});
  EXPECT_EQ(wait(api.exchange(token(claims))).error().number, 4024);
  claims.erase("roles");
  post("/v2/rooms/deactivate", {{"meetingId", room_id}});
  EXPECT_EQ(wait(api.exchange(token(claims))).error().number, 4052);
}

TEST_F(RestApiTest, lists_the_sessions_of_a_tokens_room_by_either_name) {
  const std::string room_id = make_room({{"customRoomId", "standup"}});
  make_room({{"customRoomId", "other"}});
  start_session(room_id);
  const object scope{{"roomId", room_id}};

  EXPECT_EQ(get("/v2/sessions?customRoomId=standup", scope).body.at("pageInfo").at("total"), 1);
  EXPECT_EQ(get("/v2/sessions?roomId=" + room_id, scope).body.at("pageInfo").at("total"), 1);
  EXPECT_EQ(get("/v2/sessions?customRoomId=other", scope).code(), "UNAUTHORIZED_MEETING_ID");
}

TEST_F(RestApiTest, does_not_touch_another_keys_live_room_of_the_same_name) {
  const std::string room_id = make_room(), session = start_session(room_id);
  enter(room_id, "ada", "other");
  const object body{{"roomId", room_id}, {"participantId", "ada"}};

  EXPECT_EQ(post("/v2/sessions/participants/remove", body).status, 404);
  EXPECT_EQ(post("/v2/sessions/end", body).status, 200);
  EXPECT_EQ(post("/v2/rooms/deactivate", body).status, 200);
  EXPECT_TRUE(is_live(room_id, "other"));
  EXPECT_TRUE(room.control.moderation().participant(room_id, "ada"));
}

TEST_F(RestApiTest, closes_a_room_that_it_deactivates_also_when_nobody_has_a_session) {
  const std::string room_id = make_room();
  enter(room_id, "ada");
  EXPECT_EQ(post("/v2/rooms/deactivate", {{"roomId", room_id}}).status, 200);

  EXPECT_FALSE(is_live(room_id));
}

TEST_F(RestApiTest, refuses_a_webhook_that_could_never_be_sent) {
  hook_fault = "the URL has a user or password";
  const auto refused = post(
      "/v2/rooms",
      {{"webhook", {{"endPoint", "https://u@a.example/"}, {"events", boost::json::array({"*"})}}}});

  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.body.at("message"), "body.webhook.endPoint: the URL has a user or password");
}

}  // namespace
}  // namespace plenum::videosdk_api::testing
