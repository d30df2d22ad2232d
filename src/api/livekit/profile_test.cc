// What a join says of the client and its participant, and what of it survives a full reconnect.
#include "api/http/jwt.h"
#include "api/livekit/test_session.h"

namespace plenum::livekit_api::testing {
namespace {

using ::testing::ElementsAre;

AccessToken handed_out(const SignalContext& context, const Socket& socket) {
  const std::string text = socket.last(Kind::kRefreshToken).refresh_token();
  EXPECT_LE(text.size(), http::kMaxJwtBytes);
  auto token = read_token(text, context.keys, 50'000);
  EXPECT_TRUE(token.ok());
  return token ? *token : AccessToken{};
}

TEST_F(SignalSessionTest, known_capabilities_are_kept_once_each) {
  JoinParameters p = parameters();
  const int known = pb::ClientInfo::Capability_MAX;
  for (const int capability : {known, 4711, known, -1})
    p.client.add_capabilities(static_cast<pb::ClientInfo::Capability>(capability));

  EXPECT_THAT(join_request(token("alice"), p).client.capabilities, ElementsAre(known));
}

TEST_F(SignalSessionTest, texts_about_the_client_are_shortened_between_characters) {
  JoinParameters p = parameters();
  p.client.set_version(std::string(255, 'x') + "\u00e4");
  p.client.set_os(std::string(5000, 'x'));
  p.client.set_browser(std::string(256, 'x'));
  const control::ClientInfo client = join_request(token("alice"), p).client;

  EXPECT_EQ(client.version, std::string(255, 'x'));
  EXPECT_EQ(client.os.size(), 256u);
  EXPECT_EQ(client.browser.size(), 256u);
}

TEST_F(SignalSessionTest, a_small_profile_travels_in_the_refresh_token) {
  AccessToken t = token("alice");
  t.metadata = std::string(4096, 'm');
  t.attributes = {{"k", std::string(4095, 'a')}};
  const AccessToken fresh = handed_out(context, connect(t, parameters()));

  EXPECT_EQ(fresh.metadata, t.metadata);
  EXPECT_EQ(fresh.attributes, t.attributes);
  EXPECT_FALSE(fresh.profile_kept);
}

TEST_F(SignalSessionTest, a_large_profile_survives_a_full_reconnect_with_a_small_token) {
  AccessToken t = token("alice");
  t.metadata = std::string(4097, 'm');
  t.attributes = {{"k", std::string(4096, 'a')}};
  const AccessToken fresh = handed_out(context, connect(t, parameters()));
  EXPECT_TRUE(fresh.profile_kept);
  EXPECT_EQ(fresh.metadata, "");
  EXPECT_TRUE(fresh.attributes.empty());
  connect(fresh, parameters());

  EXPECT_EQ(who("alice").metadata, t.metadata);
  EXPECT_EQ(who("alice").attributes, t.attributes);
}

TEST_F(SignalSessionTest, a_profile_that_grows_when_written_is_left_out_too) {
  AccessToken t = token("alice");
  t.metadata = std::string(4000, '\x01');  // six bytes each in JSON
  const AccessToken fresh = handed_out(context, connect(t, parameters()));

  EXPECT_TRUE(fresh.profile_kept);
}

TEST_F(SignalSessionTest, a_token_from_elsewhere_without_a_profile_gives_none) {
  AccessToken t = token("alice");
  t.metadata = "old";
  connect(t, parameters());
  connect("alice");

  EXPECT_EQ(who("alice").metadata, "");
}

TEST_F(SignalSessionTest, a_profile_claim_of_another_form_means_nothing) {
  boost::json::object claims;
  claims["plenum"] = "kept";
  EXPECT_FALSE(token_from_claims(claims).profile_kept);
  claims["plenum"] = boost::json::object{{"profile", true}};
  EXPECT_FALSE(token_from_claims(claims).profile_kept);
  claims["plenum"] = boost::json::object{{"profile", "kept"}};
  EXPECT_TRUE(token_from_claims(claims).profile_kept);
}

}  // namespace
}  // namespace plenum::livekit_api::testing
