#include "base/address.h"

#include <gtest/gtest.h>

namespace plenum {
namespace {

TEST(Address, of_one_network_are_all_ports_of_an_ipv4_address) {
  const Address a = *Address::parse("192.0.2.1", 1000);
  EXPECT_EQ(a.network(), Address::parse("192.0.2.1", 2000)->network());
  EXPECT_NE(a.network(), Address::parse("192.0.2.2", 1000)->network());
}

TEST(Address, of_one_network_are_all_addresses_of_an_ipv6_64) {
  const Address a = *Address::parse("2001:db8:1:2::1", 1000);
  EXPECT_EQ(a.network(), Address::parse("2001:db8:1:2:ffff::9", 2000)->network());
  EXPECT_NE(a.network(), Address::parse("2001:db8:1:3::1", 1000)->network());
}

}  // namespace
}  // namespace plenum
