#include "api/livekit/token.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "api/http/jwt.h"
#include "proto/livekit_models.pb.h"

namespace plenum::livekit_api {
namespace {

constexpr std::int64_t kNow = 1'700'000'000;
constexpr std::string_view kSecret = "a secret of at least thirty-two bytes";

http::KeyStore keys() {
  http::KeyStore store;
  store.add("key", std::string(kSecret));
  return store;
}

AccessToken from_json(std::string_view text) {
  return token_from_claims(boost::json::parse({text.data(), text.size()}).as_object());
}

AccessToken join_token() {
  AccessToken token;
  token.api_key = "key";
  token.identity = "ann";
  token.grants.room_join = true;
  token.grants.room = "blue";
  token.expires_at = kNow + 100;
  return token;
}

TEST(Grants, tell_absent_from_false) {
  const Grants absent = from_json(R"({"video":{"roomJoin":true}})").grants;
  EXPECT_TRUE(absent.may_publish());
  EXPECT_TRUE(absent.may_subscribe());
  EXPECT_TRUE(absent.may_publish_data());
  EXPECT_FALSE(absent.may_update_own_metadata());

  const Grants denied = from_json(R"({"video":{"canPublish":false,"canSubscribe":false}})").grants;
  EXPECT_FALSE(denied.may_publish());
  EXPECT_FALSE(denied.may_subscribe());
  EXPECT_FALSE(denied.may_publish_data());

  const Grants data = from_json(R"({"video":{"canPublish":false,"canPublishData":true}})").grants;
  EXPECT_TRUE(data.may_publish_data());
}

TEST(Grants, give_no_right_for_a_value_of_the_wrong_type) {
  const Grants g = from_json(R"({"video":{"roomJoin":"true","roomAdmin":1,"canPublish":"yes",
      "canPublishData":null,"canUpdateOwnMetadata":[true],"room":7,"unknown":{}}})")
                       .grants;
  EXPECT_FALSE(g.room_join);
  EXPECT_FALSE(g.room_admin);
  EXPECT_FALSE(g.may_publish());
  EXPECT_FALSE(g.may_update_own_metadata());
  EXPECT_EQ(g.room, "");
  EXPECT_FALSE(from_json(R"({"video":{"canPublishSources":"camera"}})").grants.may_publish());
  EXPECT_FALSE(from_json(R"({"video":{"canPublishSources":[7]}})").grants.may_publish());
  EXPECT_TRUE(from_json(R"({"video":{"canPublishSources":[]}})").grants.may_publish());
  EXPECT_TRUE(from_json(R"({"video":{"canPublishSources":null}})").grants.may_publish());
}

TEST(AccessToken, reads_all_claims) {
  const AccessToken token = from_json(R"({"iss":"key","sub":"ann","name":"Ann","metadata":"m",
      "attributes":{"a":"b","bad":1},"kind":"agent","kindDetails":["x"],"exp":1700000100,
      "nbf":1700000000,"roomConfig":{"emptyTimeout":3},"sha256":"abc","jti":"ignored"})");
  EXPECT_EQ(token.api_key, "key");
  EXPECT_EQ(token.identity, "ann");
  EXPECT_EQ(token.name, "Ann");
  EXPECT_EQ(token.attributes, (Attributes{{"a", "b"}}));
  EXPECT_EQ(token.kind, ParticipantKind::agent);
  EXPECT_EQ(token.kind_details, std::vector<std::string>{"x"});
  EXPECT_EQ(token.expires_at, 1700000100);
  ASSERT_TRUE(token.room_config);
  EXPECT_EQ(token.room_config->at("emptyTimeout").as_int64(), 3);
  EXPECT_EQ(from_json(R"({"jti":"old"})").identity, "old");
}

TEST(AccessToken, survives_writing_and_reading) {
  AccessToken token = join_token();
  token.name = "Ann \"A\" Ä";
  token.metadata = "{\"x\":1}";
  token.attributes = {{"k", "v"}};
  token.kind = ParticipantKind::ingress;
  token.grants.can_publish = false;
  token.grants.can_publish_sources = {"camera", "microphone"};
  token.grants.can_update_own_metadata = true;
  token.grants.room_admin = true;
  token.grants.hidden = true;

  const auto read = read_token(write_token(token, kSecret), keys(), kNow);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->grants, token.grants);
  EXPECT_EQ(read->name, token.name);
  EXPECT_EQ(read->metadata, token.metadata);
  EXPECT_EQ(read->attributes, token.attributes);
  EXPECT_EQ(read->kind, token.kind);
  EXPECT_EQ(read->expires_at, token.expires_at);
}

TEST(AccessToken, keeps_rights_and_the_lobby_in_a_claim_of_ours) {
  EXPECT_FALSE(from_json("{}").rights);
  EXPECT_TRUE(from_json(R"({"plenum":{"rights":"admit"}})").rights->empty());
  EXPECT_TRUE(from_json(R"({"plenum":{"lobby":true}})").waiting);
  AccessToken token = join_token();
  token.rights = {"admit", "publish"};
  token.waiting = token.profile_kept = true;

  const auto read = read_token(write_token(token, kSecret), keys(), kNow);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->rights, token.rights);
  EXPECT_TRUE(read->waiting && read->profile_kept);
}

TEST(AccessToken, refuses_with_401_and_a_text) {
  AccessToken token = join_token();
  const auto refusal = [](std::string_view text, std::int64_t now = kNow) {
    const auto read = read_token(text, keys(), now);
    return read ? TokenError{200, ""} : read.error();
  };
  EXPECT_EQ(refusal("").text, "permissions denied");
  EXPECT_EQ(refusal("x").text, "invalid authorization token: token is malformed");
  EXPECT_EQ(refusal(write_token(token, "wrong")).text,
            "invalid authorization token: signature is invalid");
  EXPECT_EQ(refusal(write_token(token, kSecret), kNow + 161).text,
            "invalid authorization token: token is expired");
  token.api_key = "other";
  EXPECT_EQ(refusal(write_token(token, kSecret)).text, "invalid API key: other");
  EXPECT_EQ(refusal(write_token(token, kSecret)).status, 401);
}

TEST(CheckJoin, demands_the_grant_first_and_then_names_within_limits) {
  EXPECT_TRUE(check_join(join_token()));
  AccessToken token = join_token();
  token.grants.room_join = false;
  EXPECT_EQ(check_join(token).error().status, 401);
  EXPECT_EQ(check_join(token).error().text, "permissions denied");

  for (const auto& spoil :
       std::vector<void (*)(AccessToken&)>{[](AccessToken& t) { t.grants.room.clear(); },
                                           [](AccessToken& t) { t.identity.clear(); },
                                           [](AccessToken& t) { t.identity = "plenum"; },
                                           [](AccessToken& t) { t.grants.room.assign(257, 'a'); },
                                           [](AccessToken& t) { t.identity.assign(257, 'a'); },
                                           [](AccessToken& t) { t.name.assign(257, 'a'); }}) {
    AccessToken spoiled = join_token();
    spoil(spoiled);
    ASSERT_FALSE(check_join(spoiled));
    EXPECT_EQ(check_join(spoiled).error().status, 400);
  }
}

TEST(Refreshed, lives_as_long_as_the_original_and_at_least_ten_minutes) {
  AccessToken token = join_token();
  token.expires_at = kNow + 3600;
  EXPECT_EQ(refreshed(token, kNow).expires_at, kNow + 3600);
  EXPECT_EQ(refreshed(token, kNow + 3500).expires_at, kNow + 3500 + 600);
  EXPECT_EQ(refreshed(token, kNow + 7200).expires_at, kNow + 7200 + 600);
  EXPECT_EQ(refreshed(token, kNow).grants, token.grants);
}

TEST(Permission, follows_the_grants_and_back) {
  Grants grants;
  grants.can_publish_sources = {"camera", "screen_share_audio"};
  grants.can_update_own_metadata = true;
  grants.hidden = true;
  const auto permission = permission_of(grants);
  EXPECT_TRUE(permission.can_publish());
  EXPECT_TRUE(permission.can_subscribe());
  EXPECT_TRUE(permission.can_publish_data());
  EXPECT_TRUE(permission.can_update_metadata());
  EXPECT_TRUE(permission.hidden());
  ASSERT_EQ(permission.can_publish_sources_size(), 2);
  EXPECT_EQ(permission.can_publish_sources(1), ::livekit::SCREEN_SHARE_AUDIO);

  Grants changed;
  changed.room = "blue";
  changed.room_admin = true;
  apply_permission(permission, changed);
  EXPECT_EQ(changed.can_publish_sources, grants.can_publish_sources);
  EXPECT_EQ(changed.can_publish, true);
  EXPECT_TRUE(changed.hidden);
  EXPECT_EQ(changed.room, "blue");
  EXPECT_TRUE(changed.room_admin);
}

TEST(Permission, takes_a_list_of_unknown_sources_as_no_source) {
  Grants grants;
  grants.can_publish_sources = {"hologram"};
  EXPECT_FALSE(permission_of(grants).can_publish());

  ::livekit::ParticipantPermission permission;
  permission.set_can_publish(true);
  permission.add_can_publish_sources(static_cast<::livekit::TrackSource>(99));
  apply_permission(permission, grants);
  EXPECT_FALSE(grants.may_publish());
}

}  // namespace
}  // namespace plenum::livekit_api
