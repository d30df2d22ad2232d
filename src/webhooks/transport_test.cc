#include "webhooks/transport.h"

#include <gtest/gtest.h>

namespace plenum::webhooks {
namespace {

TEST(WebhookTransport, does_not_tell_which_address_it_did_not_connect_to) {
  Transport transport({.allow_private = false});
  transport.start(1, {.url = "http://localhost:1/", .headers = {}, .body = "{}"});
  std::vector<Transport::Done> done;
  while (done.empty()) done = transport.poll(1s);

  EXPECT_EQ(done.at(0).outcome.error, "the address is not allowed for webhooks");
  EXPECT_FALSE(done.at(0).outcome.hopeless) << "the name may get another one";
}

}  // namespace
}  // namespace plenum::webhooks
