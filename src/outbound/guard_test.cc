#include "outbound/guard.h"

#include <gtest/gtest.h>

namespace plenum::outbound {
namespace {

Reach reach(const char* ip) { return reach_of(Address::parse(ip, 443).value()); }

TEST(OutboundGuard, takes_addresses_that_anybody_can_reach) {
  for (const char* ip : {"8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.0", "172.15.255.255",
                         "172.32.0.0", "192.167.255.255", "223.255.255.255", "2606:4700::1111",
                         "2a00:1450:4001::200e", "2001:4860:4860::8888"})
    EXPECT_EQ(reach(ip), Reach::global) << ip;
}

TEST(OutboundGuard, takes_private_addresses_only_when_allowed) {
  for (const char* ip : {"127.0.0.1",       "127.255.255.255",  "10.0.0.1",
                         "10.255.255.255",  "172.16.0.1",       "172.31.255.255",
                         "192.168.1.1",     "100.64.0.1",       "100.127.255.255",
                         "100.100.100.200", "192.0.0.170",      "192.0.2.1",
                         "198.18.0.1",      "198.19.255.255",   "198.51.100.1",
                         "203.0.113.9",     "192.88.99.1",      "::1",
                         "fc00::1",         "fd00:ec2::254",    "fdff::1",
                         "2001:db8::1",     "2002:7f00:1::",    "2001::1",
                         "64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "::ffff:127.0.0.1",
                         "::ffff:10.0.0.1", "::ffff:8.8.8.8",   "::7f00:1",
                         "100::1",          "5f00::1",          "fec0::1",
                         "64:ff9b:1::a00:1"})
    EXPECT_EQ(reach(ip), Reach::local) << ip;
}

TEST(OutboundGuard, never_takes_metadata_multicast_and_reserved_addresses) {
  for (const char* ip :
       {"0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.0.1", "224.0.0.1", "239.255.255.255",
        "240.0.0.1", "255.255.255.255", "168.63.129.16", "::", "fe80::1", "febf::1", "ff02::1",
        "::ffff:169.254.169.254", "::ffff:0.0.0.0"})
    EXPECT_EQ(reach(ip), Reach::never) << ip;
}

TEST(OutboundGuard, takes_plain_http_and_https_urls_with_any_port) {
  for (const char* url : {"https://app.example/hooks", "http://app.example:8080/x?y=z#f",
                          "https://[2606:4700::1111]:1/", "HTTPS://APP.example"})
    EXPECT_EQ(url_fault(url), std::nullopt) << url;
}

TEST(OutboundGuard, says_why_a_url_is_none_of_ours) {
  for (const char* url :
       {"", "app", "/hooks", "ftp://app.example/", "file:///etc/passwd", "gopher://x/",
        "javascript:alert(1)", "https://", "https://user@app.example/",
        "https://user:pw@app.example/", "https://:pw@app.example/", "https://app.example:99999/",
        "https://app.example/a b", "https://app.example/\r\nHost: x", "https://a\x01.example/"})
    EXPECT_NE(url_fault(url), std::nullopt) << url;
  EXPECT_EQ(url_fault("https://app.example/" + std::string(kMaxUrlBytes, 'a')),
            "the URL is too long");
}

TEST(OutboundGuard, takes_no_hook_at_an_address_that_it_would_never_let_pass) {
  for (const char* url : {"https://169.254.169.254/latest", "https://[fe80::1]/", "http://0/",
                          "https://0xa9.254.43518/", "https://user@app.example/"})
    EXPECT_NE(hook_fault(url), std::nullopt) << url;
  for (const char* url : {"https://app.example/", "http://127.0.0.1:3000/", "https://10.0.0.1/"})
    EXPECT_EQ(hook_fault(url), std::nullopt) << url;
}

}  // namespace
}  // namespace plenum::outbound
