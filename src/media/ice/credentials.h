#pragma once
#include <string>

namespace plenum::ice {

/// ICE user name fragment and password of one side (RFC 8445 section 5.3).
struct Credentials {
  std::string ufrag;
  std::string pwd;
  friend bool operator==(const Credentials&, const Credentials&) = default;

  /// Fresh ones: 8 characters (48 bits) and 24 characters (144 bits) of the ICE alphabet.
  static Credentials generate();
};

}  // namespace plenum::ice
