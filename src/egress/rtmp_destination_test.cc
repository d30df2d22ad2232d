#include "egress/rtmp_destination.h"

#include <gtest/gtest.h>

namespace plenum::egress {
namespace {

Resolver answering(std::vector<const char*> ips) {
  return [ips = std::move(ips)](const std::string&, std::uint16_t port) {
    std::vector<Address> out;
    for (const char* ip : ips) out.push_back(*Address::parse(ip, port));
    return out;
  };
}

std::optional<DestinationError> error_of(const char* url, std::vector<const char*> ips,
                                         bool allow_private = false) {
  const auto found =
      destinations_of(*parse_rtmp_url(url), allow_private, answering(std::move(ips)));
  return found ? std::nullopt : std::optional(found.error());
}

TEST(RtmpDestination, is_the_address_that_was_looked_at_under_the_name_that_was_given) {
  const auto found = destinations_of(*parse_rtmp_url("rtmp://ann:pw@live.example/app/key?x=/1"),
                                     false, answering({"8.8.8.8", "2606:4700::1111"}));

  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2u);
  EXPECT_EQ((*found)[0], (Destination{.url = "rtmp://ann:pw@8.8.8.8:1935/app/key?x=/1",
                                      .tc_url = "rtmp://live.example:1935/app/key?x="}));
  EXPECT_EQ((*found)[1].url, "rtmp://ann:pw@[2606:4700::1111]:1935/app/key?x=/1");
}

TEST(RtmpDestination, tells_the_server_the_application_as_the_muxer_reads_it) {
  const auto tc_url = [](const char* url) {
    return destinations_of(*parse_rtmp_url(url), false, answering({"8.8.8.8"}))->front().tc_url;
  };

  EXPECT_EQ(tc_url("rtmp://h:19350/live/key"), "rtmp://h:19350/live");
  EXPECT_EQ(tc_url("rtmp://h/live/instance/key"), "rtmp://h:1935/live/instance");
  EXPECT_EQ(tc_url("rtmp://h/live/mp4:a/key"), "rtmp://h:1935/live");
  EXPECT_EQ(tc_url("rtmp://h/ondemand/a/key"), "rtmp://h:1935/ondemand");
  EXPECT_EQ(tc_url("rtmp://[2606:4700::1111]/live/key"), "rtmp://[2606:4700::1111]:1935/live");
}

TEST(RtmpDestination, of_rtmps_keeps_the_name_that_the_certificate_is_of) {
  const auto found = destinations_of(*parse_rtmp_url("rtmps://live.example/app/key"), false,
                                     answering({"8.8.8.8"}));

  ASSERT_TRUE(found);
  EXPECT_EQ(*found,
            (std::vector<Destination>{{.url = "rtmps://live.example/app/key", .tc_url = {}}}));
}

TEST(RtmpDestination, is_refused_when_any_of_its_addresses_is_not_for_everybody) {
  for (const char* ip : {"127.0.0.1", "10.1.2.3", "192.168.0.1", "::1", "fd00::1", "::ffff:8.8.8.8",
                         "169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1"})
    for (const char* url : {"rtmp://h/a/k", "rtmps://h/a/k"})
      EXPECT_EQ(error_of(url, {"8.8.8.8", ip}), DestinationError::forbidden_address) << ip;
  EXPECT_EQ(error_of("rtmp://h/a/k", {}), DestinationError::unknown_host);
}

TEST(RtmpDestination, may_be_private_when_allowed_but_never_a_metadata_service) {
  EXPECT_EQ(error_of("rtmp://h/a/k", {"127.0.0.1", "10.1.2.3"}, true), std::nullopt);
  EXPECT_EQ(error_of("rtmp://h/a/k", {"169.254.169.254"}, true),
            DestinationError::forbidden_address);
}

TEST(RtmpDestination, reads_addresses_in_all_their_spellings) {
  for (const char* host : {"127.1", "2130706433", "0x7f.0.0.1", "017700000001", "::1", "localhost"})
    for (const Address& a : resolve_host(host, 1935)) EXPECT_TRUE(a.is_loopback()) << host;
  EXPECT_EQ(resolve_host("127.1", 1935).size(), 1u);
}

}  // namespace
}  // namespace plenum::egress
