#pragma once
#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "media/rtp/extension_map.h"
#include "media/sdp/description.h"

/// Which RTP header extensions we agree to per direction of media (RFC 8285 section 6).
namespace plenum::peer {

/// Answer: the offered extensions that we use in either direction, with the offer's ids. A
/// direction attribute is turned round: the client's "sendonly" is our "recvonly". Every section
/// agrees to the same set, whatever flows in it: Chromium offers a new section without an extension
/// that another section of the bundle was once refused (seen with rid, and then its own simulcast
/// offer is invalid), and offers an old one again only with what was agreed before.
std::vector<sdp::ExtMap> answered_extensions(const sdp::MediaSection& offered,
                                             bool allow_abs_send_time);

/// For our offers: one id per extension over the whole connection, as BUNDLE demands.
std::vector<sdp::ExtMap> offered_extensions(MediaKind kind);

/// What may stand in packets from the client, by our description of the section.
rtp::ExtensionMap received_extensions(const std::vector<sdp::ExtMap>& ours);
/// What we write into packets to the client: less than what is agreed, e.g. never a rid.
rtp::ExtensionMap sent_extensions(MediaKind kind, const std::vector<sdp::ExtMap>& ours);

}  // namespace plenum::peer
