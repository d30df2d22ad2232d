#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "egress/rtmp_url.h"

// What is taken is an address of one of two schemes without anything that begins an option, and the
// form for people is as good as the other, shorter or longer by the stars alone, and holds no
// query.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plenum::egress;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto url = parse_rtmp_url(text);
  if (!url) return 0;
  const std::string& secret = url->secret;
  const std::string& masked = url->masked;
  if (!secret.starts_with("rtmp://") && !secret.starts_with("rtmps://")) std::abort();
  if (!std::ranges::all_of(secret, [](char c) { return c > 0x20 && c < 0x7f; })) std::abort();
  if (masked.find('?') != std::string::npos) std::abort();
  const std::size_t host = masked.find("://") + 3;
  if (masked.substr(host, masked.find('/', host) - host).find('@') != std::string::npos)
    std::abort();
  const std::size_t stars = masked.rfind("/***");
  if (stars == std::string::npos || masked.size() - stars > 6) std::abort();
  const auto again = parse_rtmp_url(secret);
  if (!again || !(*again == *url)) std::abort();
  return 0;
}
