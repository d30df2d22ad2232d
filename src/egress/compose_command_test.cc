#include "egress/compose_command.h"

#include <gtest/gtest.h>

namespace plenum::egress {
namespace {

Result<OfflinePlan, std::string> parse(std::vector<std::string> arguments) {
  return parse_compose_arguments(arguments);
}

TEST(ComposeCommand, takes_manifests_an_output_and_what_the_api_calls_layouts) {
  const auto plan = parse({"a.json", "--layout", "SIDEBAR", "--quality=high", "b.json", "--theme",
                           "light", "--orientation", "portrait", "--grid-size", "4", "out.webm"});

  ASSERT_TRUE(plan) << plan.error();
  EXPECT_EQ(plan->manifests, (std::vector<std::string>{"a.json", "b.json"}));
  EXPECT_EQ(plan->output, "out.webm");
  EXPECT_EQ(plan->container, Container::webm);
  EXPECT_EQ(plan->layout, (LayoutConfig{.type = LayoutType::sidebar,
                                        .grid_size = 4,
                                        .orientation = Orientation::portrait,
                                        .theme = Theme::light,
                                        .quality = Quality::high}));
  EXPECT_FALSE(plan->audio_only);
  EXPECT_TRUE(parse({"a.json", "out.m4a"})->audio_only);
  EXPECT_TRUE(parse({"a.json", "out.mp4", "--audio-only"})->audio_only);
  EXPECT_EQ(parse({"--", "--a.json", "out.mp4"})->manifests, std::vector<std::string>{"--a.json"});
}

TEST(ComposeCommand, says_what_is_wrong_with_what_was_typed) {
  EXPECT_EQ(parse({"a.json", "o.mp4", "--layout", "CIRCLE"}).error(),
            "--layout cannot be \"CIRCLE\"");
  EXPECT_EQ(parse({"a.json", "o.mp4", "--size=3"}).error(), "there is no option --size");
  EXPECT_EQ(parse({"a.json", "o.mp4", "--theme"}).error(), "--theme needs a value");
  EXPECT_FALSE(parse({"a.json", "o.mp4", "--grid-size", "26"}));
  EXPECT_FALSE(parse({"a.json", "o.avi"}));
  EXPECT_FALSE(parse({"a.json"}));
  EXPECT_FALSE(parse({}));
}

TEST(ComposeCommand, prints_nothing_that_a_terminal_obeys) {
  EXPECT_EQ(printable("a\x1b[2Jb\nc"), "a?[2Jb?c");
}

}  // namespace
}  // namespace plenum::egress
