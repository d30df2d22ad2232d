#include "api/livekit/user_agent.h"

#include <gtest/gtest.h>

#include <string>

namespace plenum::livekit_api {
namespace {

std::string said_by(const char* user_agent) {
  ::livekit::ClientInfo client;
  add_user_agent(user_agent, client);
  return client.browser() + " " + client.browser_version() + ", " + client.os() + " " +
         client.os_version();
}

TEST(UserAgent, names_browser_and_system) {
  EXPECT_EQ(said_by("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                    "HeadlessChrome/142.0.0.0 Safari/537.36"),
            "Chrome 142.0.0.0, Linux ");
  EXPECT_EQ(said_by("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
                    "Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.91"),
            "Edge 120.0.2210.91, Windows 10.0");
  EXPECT_EQ(said_by("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, "
                    "like Gecko) Version/17.2 Safari/605.1.15"),
            "Safari 17.2, macOS 10.15.7");
  EXPECT_EQ(said_by("Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 "
                    "(KHTML, like Gecko) CriOS/120.0 Mobile/15E148 Safari/604.1"),
            "Chrome 120.0, iOS 17.2");
  EXPECT_EQ(said_by("Mozilla/5.0 (Android 13; Mobile; rv:121.0) Gecko/121.0 Firefox/121.0"),
            "Firefox 121.0, Android 13");
}

TEST(UserAgent, says_nothing_of_what_is_no_browser) {
  EXPECT_EQ(said_by("node"), " ,  ");
  EXPECT_EQ(said_by(""), " ,  ");
  EXPECT_EQ(said_by("Mozilla/5.0"), " ,  ");
}

TEST(UserAgent, does_not_overrule_the_client) {
  ::livekit::ClientInfo client;
  client.set_browser("Mine");
  add_user_agent("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", client);

  EXPECT_EQ(client.browser(), "Mine");
  EXPECT_EQ(client.browser_version(), "");
  EXPECT_EQ(client.os(), "Linux");
}

}  // namespace
}  // namespace plenum::livekit_api
