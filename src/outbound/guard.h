#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/reach.h"

/// Keeps tenants from using the sender to reach what only the server can reach (server-side request
/// forgery): they choose the URL, so they choose the name, and its owner chooses the address.
namespace plenum::outbound {

/// Longest URL of a webhook, in bytes.
inline constexpr std::size_t kMaxUrlBytes = 2048;

/// Why no request may go to that URL, in a few words; nullopt when one may. Only http and https
/// with a host and without user or password. The address behind the name is judged when
/// connecting. Reads the URL with libcurl, so there is no second reader to disagree with.
std::optional<std::string> url_fault(const std::string& url,
                                     std::size_t longest_bytes = kMaxUrlBytes);

/// The same for who wants to be told: also an address that nothing may ever go to, written as
/// such, is a fault. What this lets pass may still be refused by its address when connecting.
std::optional<std::string> hook_fault(const std::string& url);

}  // namespace plenum::outbound
