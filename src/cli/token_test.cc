#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/token_command.h"

namespace plenum::cli {
namespace {

using testing::HasSubstr;
constexpr std::int64_t kNow = 1'800'000'000;

TokenOrder order(std::vector<std::string> arguments, server::Environment environment = {}) {
  return read_token_order({std::move(arguments), std::move(environment)}, kNow);
}

std::string error_of(std::vector<std::string> arguments) {
  try {
    order(std::move(arguments));
  } catch (const server::ConfigError& e) {
    return e.what();
  }
  return "";
}

TEST(TokenCommand, makes_a_token_for_six_hours_with_the_development_key) {
  const TokenOrder made = order({"--dev", "--room", "r", "--identity=i", "--name", "N"});

  EXPECT_EQ(made.secret, "secret");
  EXPECT_EQ(made.token.api_key, "devkey");
  EXPECT_EQ(made.token.identity, "i");
  EXPECT_EQ(made.token.name, "N");
  EXPECT_EQ(made.token.grants.room, "r");
  EXPECT_TRUE(made.token.grants.room_join);
  EXPECT_EQ(made.token.expires_at, kNow + 6 * 3600);
}

TEST(TokenCommand, signs_so_that_the_server_lets_it_in) {
  const TokenOrder made = order({"--dev", "--room", "r", "--identity", "i"});
  http::KeyStore keys;
  keys.add("devkey", "secret");
  const auto read =
      livekit_api::read_token(livekit_api::write_token(made.token, made.secret), keys, kNow);

  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(livekit_api::check_join(*read).ok());
}

TEST(TokenCommand, takes_the_keys_of_the_server_and_the_one_that_is_named) {
  const server::Environment keys{"PLENUM_KEYS=a:one,b:two"};

  EXPECT_EQ(order({"--room", "r", "--identity", "i"}, keys).secret, "one");
  EXPECT_EQ(order({"--room", "r", "--identity", "i", "--api-key", "b"}, keys).secret, "two");
}

TEST(TokenCommand, adds_and_takes_rights_by_name) {
  const auto grants = order({"--dev", "--room", "r", "--identity", "i", "--grant", "hidden",
                             "--grant", "room-admin", "--deny", "publish", "--source", "camera"})
                          .token.grants;

  EXPECT_TRUE(grants.hidden);
  EXPECT_TRUE(grants.room_admin);
  EXPECT_FALSE(grants.may_publish());
  EXPECT_TRUE(grants.may_subscribe());
  EXPECT_EQ(grants.can_publish_sources, std::vector<std::string>{"camera"});
}

TEST(TokenCommand, says_what_is_wrong) {
  EXPECT_THAT(error_of({"--dev", "--room", "r"}), HasSubstr("--identity"));
  EXPECT_THAT(error_of({"--room", "r", "--identity", "i"}), HasSubstr("no API key"));
  EXPECT_THAT(error_of({"--dev", "--room", "r", "--identity", "i", "--grant", "fly"}),
              HasSubstr("--grant: \"fly\""));
  EXPECT_THAT(error_of({"--dev", "--room", "r", "--identity", "i", "--valid-for", "0"}),
              HasSubstr("--valid-for"));
  EXPECT_THAT(error_of({"--dev", "--room", "r", "--identity", "i", "--attribute", "x"}),
              HasSubstr("KEY=VALUE"));
  EXPECT_THAT(error_of({"--dev", "--room", "r", "--identity"}), HasSubstr("needs a value"));
}

}  // namespace
}  // namespace plenum::cli
