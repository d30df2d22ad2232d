#include "media/ice/candidate.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

namespace plenum::ice {
namespace {

/// RFC 8445 section 5.1.2.2 recommends 126 for host candidates; TCP stands below every kind of UDP
/// (RFC 6544 section 4.2), 90 as browsers have it.
constexpr std::uint32_t kUdpHostPreference = 126;
constexpr std::uint32_t kTcpHostPreference = 90;
/// RFC 6544 section 4.2: direction preference 4 for a passive host candidate, in the top 3 bits.
constexpr std::uint32_t kPassiveDirection = 4u << 13;
/// More words than any candidate has; the rest of a longer line is not read.
constexpr std::size_t kMaxWords = 64;

constexpr std::string_view kTypeNames[] = {"host", "srflx", "prflx", "relay"};
constexpr std::string_view kTcpTypeNames[] = {"active", "passive", "so"};

template <class E, std::size_t N>
std::optional<E> by_name(const std::string_view (&names)[N], std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty() && words.size() < kMaxWords) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end != 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

template <class T>
bool read_number(std::string_view word, T& out) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out);
  return error == std::errc{} && end == word.data() + word.size();
}

/// ice-char of RFC 8839 section 5.1: also what keeps CR, LF and NUL out of copied values.
bool is_ice_text(std::string_view s, std::size_t max) {
  if (s.empty() || s.size() > max) return false;
  for (const char c : s) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && c != '+' && c != '/') return false;
  }
  return true;
}

bool equals_ignoring_case(std::string_view a, std::string_view lower) {
  if (a.size() != lower.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const char c = a[i] >= 'A' && a[i] <= 'Z' ? static_cast<char>(a[i] - 'A' + 'a') : a[i];
    if (c != lower[i]) return false;
  }
  return true;
}

bool is_host_name(std::string_view s) {
  if (s.size() > 255) return false;
  bool letter = false;
  for (const char c : s) {
    const bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    letter |= alpha;
    if (!alpha && !(c >= '0' && c <= '9') && c != '-' && c != '.') return false;
  }
  return letter;
}

/// The name/value pairs behind the type.
bool read_extensions(const std::vector<std::string_view>& words, std::size_t at, Candidate& c) {
  for (; at + 1 < words.size(); at += 2) {
    if (words[at] == "tcptype") {
      c.tcp_type = by_name<TcpType>(kTcpTypeNames, words[at + 1]);
      if (!c.tcp_type) return false;
    } else if (words[at] == "ufrag") {
      if (!is_ice_text(words[at + 1], 256)) return false;
      c.ufrag = words[at + 1];
    }
  }
  return c.tcp_type.has_value() == (c.transport == Transport::tcp);
}

}  // namespace

Candidate host_candidate(Transport transport, const Address& address, std::uint16_t index) {
  const bool udp = transport == Transport::udp;
  // The other-preference shares the local preference with the TCP direction (13 bits of 16).
  const std::uint32_t other = udp ? 65535u - index : kPassiveDirection + 8191u - (index & 8191u);
  Candidate c;
  // Same base, same type, same transport: same foundation (RFC 8445 section 5.1.1.3).
  c.foundation = fmt::format("{}{}", udp ? 'u' : 't', index);
  c.transport = transport;
  c.priority = priority(udp ? kUdpHostPreference : kTcpHostPreference, other, 1);
  c.address = address;
  if (!udp) c.tcp_type = TcpType::passive;
  return c;
}

std::string to_sdp(const Candidate& c) {
  std::string out =
      fmt::format("candidate:{} {} {} {} {} {} typ {}", c.foundation, c.component,
                  c.transport == Transport::udp ? "udp" : "tcp", c.priority, c.address.ip_text(),
                  c.address.port, kTypeNames[static_cast<std::size_t>(c.type)]);
  if (c.tcp_type) {
    out += " tcptype ";
    out += kTcpTypeNames[static_cast<std::size_t>(*c.tcp_type)];
  }
  if (!c.ufrag.empty()) out += " ufrag " + c.ufrag;
  return out;
}

Result<Candidate, CandidateError> parse_candidate(std::string_view text) {
  constexpr std::string_view kAttribute = "a=";
  constexpr std::string_view kName = "candidate:";
  if (text.starts_with(kAttribute)) text.remove_prefix(kAttribute.size());
  if (!text.starts_with(kName)) return Err{CandidateError::malformed};
  const auto words = words_of(text.substr(kName.size()));
  if (words.size() < 8 || words[6] != "typ") return Err{CandidateError::malformed};

  Candidate c;
  if (!is_ice_text(words[0], 32)) return Err{CandidateError::malformed};
  c.foundation = words[0];
  if (!read_number(words[1], c.component) || c.component < 1 || c.component > 256)
    return Err{CandidateError::malformed};
  if (equals_ignoring_case(words[2], "tcp")) {
    c.transport = Transport::tcp;
  } else if (!equals_ignoring_case(words[2], "udp")) {
    return Err{CandidateError::unknown_transport};
  }
  std::uint16_t port = 0;
  if (!read_number(words[3], c.priority) || !read_number(words[5], port))
    return Err{CandidateError::malformed};
  const auto type = by_name<CandidateType>(kTypeNames, words[7]);
  if (!type || !read_extensions(words, 8, c)) return Err{CandidateError::malformed};
  c.type = *type;
  const auto address = Address::parse(words[4], port);
  if (!address)
    return Err{is_host_name(words[4]) ? CandidateError::unresolvable : CandidateError::malformed};
  c.address = *address;
  return c;
}

}  // namespace plenum::ice
