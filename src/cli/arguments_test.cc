#include "cli/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "cli/command.h"
#include "server/config.h"

namespace plenum::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Texts = std::vector<std::string>;

struct Read {
  std::string custom_id;
  bool json = false;
  Arguments rest;
};

Read read(const Texts& given, std::initializer_list<std::string_view> words = {}) {
  Read r;
  r.rest = read_arguments(
      given, {text_option("--custom-id", r.custom_id), switch_option("--json", r.json)}, words);
  return r;
}

std::string error_of(const Texts& given, std::initializer_list<std::string_view> words = {}) {
  try {
    read(given, words);
  } catch (const server::ConfigError& e) {
    return e.what();
  }
  return "";
}

TEST(Arguments, our_options_the_words_and_the_settings_of_the_server_are_told_apart) {
  const Read r = read({"--dev", "room", "--keys", "a:b", "--json", "--custom-id", "x", "--config=f",
                       "--data-dir", "d", "who"},
                      {"ROOM", "IDENTITY"});

  EXPECT_EQ(r.custom_id, "x");
  EXPECT_TRUE(r.json);
  EXPECT_THAT(r.rest.words, ElementsAre("room", "who"));
  EXPECT_THAT(r.rest.settings,
              ElementsAre("--dev", "--keys", "a:b", "--config=f", "--data-dir", "d"));
}

TEST(Arguments, a_value_may_be_joined_to_its_flag_and_begin_with_dashes) {
  EXPECT_EQ(read({"--custom-id=--x=y"}).custom_id, "--x=y");
  EXPECT_EQ(read({"--custom-id", "--json"}).custom_id, "--json");
}

TEST(Arguments, behind_two_dashes_everything_is_a_word) {
  EXPECT_THAT(read({"room", "--", "--json"}, {"ROOM", "IDENTITY"}).rest.words,
              ElementsAre("room", "--json"));
  EXPECT_FALSE((Context{{"remove", "--", "--help"}, {}}.wants_help()));
}

TEST(Arguments, a_word_in_brackets_may_be_missing) {
  EXPECT_THAT(read({}, {"[KEY]"}).rest.words, IsEmpty());
}

TEST(Arguments, say_what_is_wrong) {
  EXPECT_THAT(error_of({"--custom-id"}), HasSubstr("--custom-id needs a value"));
  EXPECT_THAT(error_of({"--json=yes"}), HasSubstr("--json takes no value"));
  EXPECT_THAT(error_of({}, {"ROOM"}), HasSubstr("ROOM is missing"));
  EXPECT_THAT(error_of({""}, {"ROOM"}), HasSubstr("ROOM is empty"));
  EXPECT_THAT(error_of({"a", "b"}, {"ROOM"}), HasSubstr("unexpected argument \"b\""));
}

TEST(Arguments, an_option_says_what_its_value_should_have_been) {
  const Option picky{"--at", [](const std::string&) { throw std::invalid_argument("a time"); }};

  try {
    read_arguments({"--at", "x"}, {picky});
    ADD_FAILURE();
  } catch (const server::ConfigError& e) {
    EXPECT_STREQ(e.what(), "--at: \"x\" is not a time");
  }
}

TEST(Verbs, run_with_the_arguments_behind_them_and_are_named_when_there_is_none) {
  static constexpr Verb kVerbs[] = {
      {"count", [](const Context& c) { return static_cast<int>(c.arguments.size()); }},
      {"fail", [](const Context&) { return 1; }}};

  EXPECT_EQ(run_verb({{"count", "a", "b"}, {}}, "sum", token_help, kVerbs), 2);
  try {
    run_verb({{"amount"}, {}}, "sum", token_help, kVerbs);
    ADD_FAILURE();
  } catch (const server::ConfigError& e) {
    EXPECT_STREQ(e.what(), "usage: plenum sum count|fail; see plenum help sum");
  }
}

}  // namespace
}  // namespace plenum::cli
