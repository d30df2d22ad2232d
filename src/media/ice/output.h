#pragma once
#include <variant>

#include "base/address.h"
#include "base/buffer.h"

namespace plenum::ice {

/// What both agents say to their driver.
struct Transmit {
  Path to;
  Buffer datagram;
};
/// An authenticated check was seen (lite: each one) or answered (controlling: the first) on this
/// path.
struct PathValidated {
  Path path;
};
/// Send here from now on.
struct PathSelected {
  Path path;
};
/// Consent is gone (RFC 7675), or no check ever succeeded. A lite agent comes back with the
/// next authenticated check, a controlling one with restart() or set_remote().
struct Failed {};

using Output = std::variant<Transmit, PathValidated, PathSelected, Failed>;

}  // namespace plenum::ice
