#include "outbound/guard.h"

#include <curl/curl.h>

#include <array>
#include <memory>
#include <span>

namespace plenum::outbound {
namespace {

struct Range4 {
  std::array<std::uint8_t, 4> net;
  int bits;
  Reach reach;
};
// RFC 6890 and its updates; the last of the table is Azure's own door to the machine.
constexpr Range4 kRanges4[] = {
    {{0, 0, 0, 0}, 8, Reach::never},         // this network
    {{10, 0, 0, 0}, 8, Reach::local},        // RFC 1918
    {{100, 64, 0, 0}, 10, Reach::local},     // shared, RFC 6598
    {{127, 0, 0, 0}, 8, Reach::local},       // loopback
    {{169, 254, 0, 0}, 16, Reach::never},    // link-local; metadata services
    {{172, 16, 0, 0}, 12, Reach::local},     // RFC 1918
    {{192, 0, 0, 0}, 24, Reach::local},      // protocol assignments
    {{192, 0, 2, 0}, 24, Reach::local},      // documentation
    {{192, 88, 99, 0}, 24, Reach::local},    // 6to4 relays, RFC 7526
    {{192, 168, 0, 0}, 16, Reach::local},    // RFC 1918
    {{198, 18, 0, 0}, 15, Reach::local},     // benchmarks
    {{198, 51, 100, 0}, 24, Reach::local},   // documentation
    {{203, 0, 113, 0}, 24, Reach::local},    // documentation
    {{224, 0, 0, 0}, 3, Reach::never},       // multicast, reserved, broadcast
    {{168, 63, 129, 16}, 32, Reach::never},  // metadata of Azure
};

struct Range6 {
  std::array<std::uint8_t, 8> net;  // no range is longer than 64 bits
  int bits;
  Reach reach;
};
constexpr Range6 kRanges6[] = {
    {{0x20, 0x01, 0x00, 0x00}, 23, Reach::local},  // protocol assignments, Teredo among them
    {{0x20, 0x01, 0x0d, 0xb8}, 32, Reach::local},  // documentation
    {{0x20, 0x02}, 16, Reach::local},              // 6to4: carries an IPv4 address
    {{0x3f, 0xff, 0x00, 0x00}, 20, Reach::local},  // documentation
    {{0x20}, 3, Reach::global},                    // global unicast, RFC 4291 2.4
    {{0xfc}, 7, Reach::local},                     // unique local, RFC 4193
    {{0xfe, 0x80}, 10, Reach::never},              // link-local
    {{0xff}, 8, Reach::never},                     // multicast
};

bool within(std::span<const std::uint8_t> ip, std::span<const std::uint8_t> net, int bits) {
  for (std::size_t i = 0; bits > 0; ++i, bits -= 8) {
    const int kept = bits >= 8 ? 8 : bits;
    const int mask = 0xff00 >> kept & 0xff;
    if ((ip[i] & mask) != (net[i] & mask)) return false;
  }
  return true;
}

/// IPv4-mapped (::ffff:0:0/96): the kernel connects it as IPv4.
bool is_v4_mapped(const Address& a) {
  for (std::size_t i = 0; i < 10; ++i)
    if (a.ip[i] != 0) return false;
  return a.ip[10] == 0xff && a.ip[11] == 0xff;
}

Reach stricter(Reach a, Reach b) { return a > b ? a : b; }

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
/// A part of the URL; empty when it is absent.
std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK || !text) return "";
  std::string copy = text;
  curl_free(text);
  return copy;
}
bool has(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  const bool found = curl_url_get(url, which, &text, 0) == CURLUE_OK;
  curl_free(text);
  return found;
}

using Url = std::unique_ptr<CURLU, UrlDeleter>;

/// nullptr when it is no URL.
Url parse(const std::string& url) {
  Url parsed(curl_url());
  if (parsed && curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK)
    parsed.reset();
  return parsed;
}

}  // namespace

Reach reach_of(const Address& address) {
  if (address.family == Address::Family::v4) {
    for (const Range4& r : kRanges4)
      if (within(address.ip, r.net, r.bits)) return r.reach;
    return Reach::global;
  }
  if (is_v4_mapped(address)) {
    Address inner;
    for (std::size_t i = 0; i < 4; ++i) inner.ip[i] = address.ip[12 + i];
    return stricter(Reach::local, reach_of(inner));
  }
  for (const Range6& r : kRanges6)
    if (within(address.ip, r.net, r.bits)) return r.reach;
  if (address.is_loopback()) return Reach::local;
  if (address == Address{.ip = {}, .port = address.port, .family = Address::Family::v6})
    return Reach::never;  // unspecified: the kernel takes it for loopback
  return Reach::local;    // NAT64 and everything not handed out
}

std::optional<std::string> url_fault(const std::string& url, std::size_t longest_bytes) {
  if (url.size() > longest_bytes) return "the URL is too long";
  for (const char c : url)
    if (c > 0 && (c <= ' ' || c == 0x7f)) return "the URL has spaces or control characters";
  const Url parsed = parse(url);
  if (!parsed) return "not a URL";
  const std::string scheme = part(parsed.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return "the URL is neither http nor https";
  if (has(parsed.get(), CURLUPART_USER) || has(parsed.get(), CURLUPART_PASSWORD))
    return "the URL has a user or password";
  if (part(parsed.get(), CURLUPART_HOST).empty()) return "the URL has no host";
  return std::nullopt;
}

std::optional<std::string> hook_fault(const std::string& url) {
  if (auto fault = url_fault(url)) return fault;
  std::string host = part(parse(url).get(), CURLUPART_HOST);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  const auto address = Address::parse(host, 0);
  if (address && reach_of(*address) == Reach::never)
    return "the address is not allowed for webhooks";
  return std::nullopt;
}

}  // namespace plenum::outbound
