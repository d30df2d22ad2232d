#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "api/http/jwt.h"
#include "cli/key_command.h"
#include "store/revocations.h"
#include "store/store.h"

namespace plenum::cli {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

constexpr std::int64_t kNowMs = 1'800'000'000'000;
constexpr const char* kSecret = "thirty-two bytes are enough for us";

class KeyCommand : public testing::Test {
 protected:
  KeyCommand() {
    std::string name = (std::filesystem::temp_directory_path() / "plenum-key-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary directory");
    directory_ = name;
  }
  ~KeyCommand() override { std::filesystem::remove_all(directory_); }

  Context on(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--data-dir", (directory_ / "data").string()});
    return {std::move(arguments), {}};
  }
  store::ApiKey add(std::vector<std::string> arguments) const {
    return add_key(on(std::move(arguments)), kNowMs);
  }
  std::optional<store::ApiKey> stored(const std::string& api_key) const {
    std::optional<store::ApiKey> found;
    store::open_store((directory_ / "data" / "plenum.db").string())->run([&](store::Database& db) {
      found = store::find_api_key(db, api_key);
    });
    return found;
  }

  template <class Run>
  static std::string error_of(Run run) {
    try {
      run();
    } catch (const std::exception& e) {
      return e.what();
    }
    return "";
  }

  std::filesystem::path directory_;
};

TEST_F(KeyCommand, makes_up_key_and_secret_and_stores_them) {
  const store::ApiKey made = add({});

  EXPECT_THAT(made.api_key, MatchesRegex("PL[0-9A-Za-z]{14}"));
  EXPECT_GE(made.secret.size(), server::kMinSecretBytes);
  EXPECT_EQ(stored(made.api_key), made);
  EXPECT_NE(add({}).api_key, made.api_key);
}

TEST_F(KeyCommand, takes_the_key_the_name_and_the_secret_that_are_given) {
  add({"acme", "--name", "Acme GmbH", "--secret", kSecret});

  EXPECT_EQ(
      stored("acme"),
      (store::ApiKey{
          .api_key = "acme", .secret = kSecret, .name = "Acme GmbH", .created_at_ms = kNowMs}));
}

TEST_F(KeyCommand, what_cannot_be_a_key_is_the_name_of_one) {
  const store::ApiKey made = add({"Acme GmbH"});

  EXPECT_THAT(made.api_key, MatchesRegex("PL.{14}"));
  EXPECT_EQ(made.name, "Acme GmbH");
  EXPECT_THROW(add({"Acme GmbH", "--name", "Acme"}), server::ConfigError);
}

TEST_F(KeyCommand, refuses_a_short_secret_without_showing_it_and_the_development_key) {
  const std::string error = error_of([&] { add({"a", "--secret", "hush"}); });

  EXPECT_THAT(error, HasSubstr("at least 32 bytes"));
  EXPECT_THAT(error, Not(HasSubstr("hush")));
  EXPECT_THROW(add({"devkey"}), server::ConfigError);
}

TEST_F(KeyCommand, a_key_is_there_once_even_when_it_is_revoked) {
  add({"acme"});
  EXPECT_EQ(revoke_key(on({"acme"})), "acme");

  EXPECT_THAT(error_of([&] { add({"acme"}); }), HasSubstr("there is a key \"acme\" already"));
  EXPECT_THAT(error_of([&] { revoke_key(on({"acme"})); }), HasSubstr("revoked already"));
  EXPECT_THAT(error_of([&] { revoke_key(on({"other"})); }), HasSubstr("not in the database"));
  EXPECT_TRUE(stored("acme")->revoked);
}

TEST_F(KeyCommand, the_list_shows_no_secret) {
  add({"acme", "--name", "Acme GmbH", "--secret", kSecret});
  add({"second"});
  revoke_key(on({"second"}));

  EXPECT_EQ(list_keys(on({})),
            "KEY     NAME       STATE    CREATED\n"
            "acme    Acme GmbH  enabled  2027-01-15T08:00:00.000Z\n"
            "second  -          revoked  2027-01-15T08:00:00.000Z\n");
}

TEST_F(KeyCommand, only_adding_makes_a_database) {
  EXPECT_THAT(error_of([&] { list_keys(on({})); }), HasSubstr("there is no database"));
  EXPECT_THAT(error_of([&] { revoke_key(on({"acme"})); }), HasSubstr("there is no database"));
  EXPECT_FALSE(std::filesystem::exists(directory_ / "data"));
}

TEST_F(KeyCommand, finds_the_directory_in_the_environment_and_must_have_one) {
  const std::string variable = "PLENUM_DATA_DIR=" + (directory_ / "data").string();
  add({"acme"});

  EXPECT_THAT(list_keys({{}, {variable}}), HasSubstr("acme"));
  EXPECT_THROW(list_keys({{}, {}}), server::ConfigError);
}

TEST_F(KeyCommand, tokens_are_revoked_by_their_key_or_one_by_one) {
  add({"acme", "--secret", kSecret});
  EXPECT_EQ(revoke_tokens(on({"acme"}), 1000), "acme");
  EXPECT_EQ(stored("acme")->not_before_s, 1000);
  EXPECT_THAT(error_of([&] { revoke_tokens(on({"other"}), 1000); }),
              HasSubstr("not in the database"));

  const auto token = [](const boost::json::object& claims) {
    return http::sign_jwt(claims, kSecret);
  };
  EXPECT_EQ(revoke_token(on({token({{"iss", "acme"}, {"jti", "t1"}, {"exp", 2000}})}), 1000), "t1");
  EXPECT_THAT(error_of([&] {
                revoke_token(on({token({{"iss", "acme"}})}), 1000);
              }),
              HasSubstr("no id"));
  EXPECT_THAT(error_of([&] { revoke_token(on({"word"}), 1000); }), HasSubstr("no token"));
  store::open_store((directory_ / "data" / "plenum.db").string())->run([](store::Database& db) {
    EXPECT_TRUE(store::is_token_revoked(db, "acme", "t1"));
  });
}

}  // namespace
}  // namespace plenum::cli
