#pragma once
#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "media/rtp/extension_map.h"
#include "media/sdp/description.h"

/// Which RTP header extensions we agree to per direction of media (RFC 8285 section 6).
namespace plenum::peer {

/// `unused`: nothing flows now, but may later either way. Chromium offers again only what was
/// agreed before, so an idle section has to agree to everything that its later use needs.
enum class Flow : std::uint8_t { uplink, downlink, unused };

/// The offered extensions that we use for media flowing this way, with the offer's ids. A direction
/// attribute is turned round: the client's "sendonly" is our "recvonly"; one that points the wrong
/// way is left out.
std::vector<sdp::ExtMap> answered_extensions(const sdp::MediaSection& offered, Flow flow,
                                             bool allow_abs_send_time);

/// For our offers: one id per extension over the whole connection, as BUNDLE demands.
std::vector<sdp::ExtMap> offered_extensions(MediaKind kind);

rtp::ExtensionMap extension_map(const std::vector<sdp::ExtMap>& extmaps);

}  // namespace plenum::peer
