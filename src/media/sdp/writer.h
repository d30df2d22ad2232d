#pragma once
#include <string>

#include "media/sdp/description.h"

namespace plenum::sdp {

/// The description as text with CRLF line ends, attributes in the order that RFC 8829 section 5
/// shows. A value that carries CR, LF or NUL is cut before it, so no value can forge a line.
std::string write(const Description& description);

}  // namespace plenum::sdp
