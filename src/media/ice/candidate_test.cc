#include "media/ice/candidate.h"

#include <gtest/gtest.h>

#include "media/ice/credentials.h"

namespace plenum::ice {
namespace {

TEST(IceCandidate, writes_a_udp_host_candidate) {
  const auto c = host_candidate(Transport::udp, *Address::parse("192.0.2.1", 7882));

  EXPECT_EQ(to_sdp(c), "candidate:u0 1 udp 2130706431 192.0.2.1 7882 typ host");
}

TEST(IceCandidate, writes_a_passive_tcp_host_candidate_below_every_udp_one) {
  const auto tcp = host_candidate(Transport::tcp, *Address::parse("2001:db8::1", 7881), 2);
  const auto udp = host_candidate(Transport::udp, *Address::parse("192.0.2.1", 7882), 65535);

  EXPECT_EQ(to_sdp(tcp), "candidate:t2 1 tcp " + std::to_string(tcp.priority) +
                             " 2001:db8::1 7881 typ host tcptype passive");
  EXPECT_LT(tcp.priority, udp.priority);
}

TEST(IceCandidate, computes_the_priority_of_rfc_8445) {
  EXPECT_EQ(priority(126, 65535, 1), 2130706431u);
  EXPECT_EQ(priority(100, 0, 256), 100u << 24);
  EXPECT_GT(host_candidate(Transport::udp, {}, 0).priority,
            host_candidate(Transport::udp, {}, 1).priority);
}

TEST(IceCandidate, reads_what_it_writes) {
  for (const auto transport : {Transport::udp, Transport::tcp}) {
    auto c = host_candidate(transport, *Address::parse("2001:db8::7", 9));
    c.ufrag = "abcd";
    const auto parsed = parse_candidate(to_sdp(c));

    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(*parsed, c);
  }
}

TEST(IceCandidate, reads_what_browsers_write) {
  const auto chromium = parse_candidate(
      "candidate:842163049 1 udp 1677729535 203.0.113.9 46154 typ srflx raddr 10.0.17.1 rport "
      "46154 generation 0 ufrag EsAw network-cost 999");
  const auto firefox =
      parse_candidate("a=candidate:2 1 TCP 2105458943 192.0.2.5 9 typ host tcptype active");

  ASSERT_TRUE(chromium.ok());
  EXPECT_EQ(chromium->type, CandidateType::srflx);
  EXPECT_EQ(chromium->address, *Address::parse("203.0.113.9", 46154));
  EXPECT_EQ(chromium->ufrag, "EsAw");
  ASSERT_TRUE(firefox.ok());
  EXPECT_EQ(firefox->transport, Transport::tcp);
  EXPECT_EQ(firefox->tcp_type, TcpType::active);
}

TEST(IceCandidate, tells_mdns_names_apart_from_malformed_addresses) {
  const std::string_view head = "candidate:1 1 udp 2113937151 ";
  const auto error_of = [&](std::string_view address) {
    return parse_candidate(std::string(head) + std::string(address) + " 50000 typ host").error();
  };

  EXPECT_EQ(error_of("c6bd6ac2-f9e2-4e29-8b9b-d4ff9fa1e1d3.local"), CandidateError::unresolvable);
  EXPECT_EQ(error_of("300.1.2.3"), CandidateError::malformed);
  EXPECT_EQ(error_of("a\r\nb.local"), CandidateError::malformed);
  EXPECT_EQ(error_of("fe80::1%eth0"), CandidateError::malformed);
}

TEST(IceCandidate, rejects_malformed_lines_and_every_truncation_within_the_required_part) {
  const std::string good = "candidate:1 1 udp 2113937151 192.0.2.1 50000 typ host";
  ASSERT_TRUE(parse_candidate(good).ok());
  for (std::size_t n = 0; n < good.size(); ++n)
    EXPECT_FALSE(parse_candidate(good.substr(0, n)).ok()) << n;
  for (const char* bad : {
           "candidate:1 0 udp 1 192.0.2.1 50000 typ host",
           "candidate:1 257 udp 1 192.0.2.1 50000 typ host",
           "candidate:1 1 udp 4294967296 192.0.2.1 50000 typ host",
           "candidate:1 1 udp -1 192.0.2.1 50000 typ host",
           "candidate:1 1 udp 1 192.0.2.1 65536 typ host",
           "candidate:1 1 udp 1 192.0.2.1 50000 typ guest",
           "candidate:1 1 udp 1 192.0.2.1 50000 typ host tcptype passive",
           "candidate:1 1 tcp 1 192.0.2.1 50000 typ host",
           "candidate:1 1 tcp 1 192.0.2.1 50000 typ host tcptype sideways",
           "candidate:a\nb 1 udp 1 192.0.2.1 50000 typ host",
           "candidate:1 1 udp 1 192.0.2.1 50000 typ host ufrag a\rb",
       })
    EXPECT_EQ(parse_candidate(bad).error(), CandidateError::malformed) << bad;
  EXPECT_EQ(parse_candidate("candidate:1 1 sctp 1 192.0.2.1 1 typ host").error(),
            CandidateError::unknown_transport);
}

TEST(IceCredentials, are_long_enough_and_new_each_time) {
  const auto a = Credentials::generate();
  const auto b = Credentials::generate();

  EXPECT_EQ(a.ufrag.size(), 8u);
  EXPECT_EQ(a.pwd.size(), 24u);
  EXPECT_NE(a, b);
}

}  // namespace
}  // namespace plenum::ice
