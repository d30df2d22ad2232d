#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plenum::egress {

enum class RtmpUrlError : std::uint8_t {
  /// Neither rtmp:// nor rtmps://.
  bad_scheme,
  /// None, or characters that no host name, address or port has.
  bad_host,
  /// No application and stream key.
  bad_path,
  /// A space, a control character, one beyond ASCII: nothing an address has, and what libraries
  /// take for the beginning of options.
  bad_character,
  too_long,
};

/// Where a stream is pushed to: rtmp[s]://[user:password@]host[:port]/application/key[?query].
struct RtmpUrl {
  /// For the muxer alone; it holds the secrets.
  std::string secret;
  /// For people and logs: no user, no query, and of the key only the last two characters.
  std::string masked;
  /// A name or an address, without brackets.
  std::string host;
  /// The one of the scheme when none is given.
  std::uint16_t port = 0;
  bool is_tls = false;
  friend bool operator==(const RtmpUrl&, const RtmpUrl&) = default;
};

/// Text given by a stranger.
Result<RtmpUrl, RtmpUrlError> parse_rtmp_url(std::string_view text);

}  // namespace plenum::egress
