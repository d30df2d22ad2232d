#pragma once
#include "media/sdp/description.h"

/// Which section of a description speaks for the one transport of the connection.
namespace plenum::peer {

/// Is this section part of the bundle that we take (RFC 8843)? Without any group only the first
/// accepted section can be served.
bool in_bundle(const sdp::Description& description, const sdp::MediaSection& section);

/// The first section in the bundle that is not refused: the others follow it. Null when none is.
const sdp::MediaSection* transport_section(const sdp::Description& description);

}  // namespace plenum::peer
