#pragma once
#include <cstdint>
#include <string>
#include <utility>

#include "base/address.h"
#include "base/time.h"
#include "server/config.h"

/// Texts of single values, as they stand in flags, environment and file. Each throws
/// std::invalid_argument with words that continue the sentence `"x" is not …`.
namespace plenum::server::value {

bool boolean(const std::string& text);
std::uint64_t number(const std::string& text, std::uint64_t min, std::uint64_t max);
/// "10s", "5m", "500ms", "6h"; a bare number means seconds.
Duration duration(const std::string& text, Duration min, Duration max);
/// "192.0.2.1", "2001:db8::1" or "[2001:db8::1]"; the port is 0.
Address ip(const std::string& text);
/// As ip(), and with a port: "192.0.2.1:7882", "[2001:db8::1]:7882".
Address ip_or_endpoint(const std::string& text);
/// "key:secret".
std::pair<std::string, std::string> key(const std::string& text);
/// "http://host" or "https://host/path"; answered without a slash at its end.
std::string base_url(const std::string& text);
/// A URL that webhooks may go to.
std::string webhook_url(const std::string& text);
/// As base_url(), and with nothing behind the path.
std::string s3_endpoint(const std::string& text);
std::string s3_region(const std::string& text);
/// By Amazon's rules for names of buckets.
std::string s3_bucket(const std::string& text);
/// Answered without slashes at its ends; segments are neither empty nor dots.
std::string s3_prefix(const std::string& text);
/// A key or secret: printable ASCII without spaces.
std::string credential(const std::string& text);
/// "url" or "url username credential".
IceServer ice_server(const std::string& text);

}  // namespace plenum::server::value
