#include "server/addresses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plenum::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Address at(std::string_view ip, std::uint16_t port = 0) { return *Address::parse(ip, port); }
const std::vector<Address> kHost{at("192.0.2.7"), at("2001:db8::7"), at("127.0.0.1"), at("::1")};

TEST(Addresses, count_shards_by_cores_up_to_four_unless_told) {
  EXPECT_EQ(shard_count({}, 2), 2u);
  EXPECT_EQ(shard_count({}, 64), 4u);
  EXPECT_EQ(shard_count({.shards = 9}, 2), 9u);
}

TEST(Addresses, leave_loopback_out_of_media_except_in_development) {
  EXPECT_THAT(media_addresses({}, kHost), ElementsAre(kHost[0], kHost[1]));
  EXPECT_EQ(media_addresses({.dev = true}, kHost), kHost);
  EXPECT_THAT(media_addresses({.bind = {at("127.0.0.1")}}, kHost), ElementsAre(at("127.0.0.1")));
  EXPECT_THAT(media_addresses({}, {at("127.0.0.1")}), ElementsAre(at("127.0.0.1")));
}

TEST(Addresses, give_each_shard_the_next_port) {
  const ShardAddresses third =
      shard_addresses({.advertise = {at("198.51.100.1", 9000)}}, {at("192.0.2.7")}, 2);

  EXPECT_THAT(third.udp, ElementsAre(at("192.0.2.7", 7884)));
  EXPECT_THAT(third.tcp, ElementsAre(at("192.0.2.7", 7883)));
  EXPECT_THAT(third.advertised, ElementsAre(at("198.51.100.1", 9002)));
}

TEST(Addresses, leave_port_zero_for_the_kernel_and_the_shard_to_fill) {
  const ShardAddresses a = shard_addresses(
      {.udp_port = 0, .tcp_port = 0, .advertise = {at("198.51.100.1")}}, {at("192.0.2.7")}, 3);

  EXPECT_EQ(a.udp[0].port, 0);
  EXPECT_EQ(a.tcp[0].port, 0);
  EXPECT_EQ(a.advertised[0].port, 0);
}

TEST(Addresses, bind_nothing_for_a_transport_that_is_off) {
  EXPECT_THAT(shard_addresses({.no_udp = true}, kHost, 0).udp, IsEmpty());
  EXPECT_THAT(shard_addresses({.no_tcp = true}, kHost, 0).tcp, IsEmpty());
}

TEST(Addresses, serve_http_on_loopback_first_in_development_and_everywhere_otherwise) {
  EXPECT_EQ(http_addresses({.dev = true}, kHost).front(), at("127.0.0.1", 7880));
  EXPECT_EQ(http_addresses({.dev = true}, kHost).size(), 4u);
  EXPECT_THAT(http_addresses({}, kHost), ElementsAre(at("::", 7880)));
}

}  // namespace
}  // namespace plenum::server
