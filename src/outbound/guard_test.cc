#include "outbound/guard.h"

#include <gtest/gtest.h>

namespace plenum::outbound {
namespace {

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
