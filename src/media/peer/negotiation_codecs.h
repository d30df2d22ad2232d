#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "media/codec/codec.h"
#include "media/peer/negotiation_types.h"
#include "media/sdp/description.h"

/// Which payload formats we agree to, in which order, with which parameters and feedback.
/// Pure functions of one section and one track.
namespace plenum::peer {

/// The codec behind a format; nullopt for rtx, red, FEC and everything that we do not forward.
std::optional<codec::Codec> codec_of(MediaKind kind, const sdp::Format& format);

/// Answer for a section in which the client sends: the allowed formats with the client's payload
/// types, the track's preferred codec first. `track` is null for a section not matched yet.
/// Empty when there is nothing to agree on.
std::vector<sdp::Format> uplink_formats(const sdp::MediaSection& offered, const PendingTrack* track,
                                        bool allow_remb);

/// Answer for a section in which we send: the client's own format for the publisher's codec and
/// profile, its rtx, and red if the publisher sends it. Empty when the client cannot decode it.
std::vector<sdp::Format> downlink_formats(const sdp::MediaSection& offered, const SendTrack& track);

/// Our offer of one track, payload types from one fixed table so that a number means the same in
/// every section of the bundle (RFC 8843 section 9.1).
std::vector<sdp::Format> offered_formats(const SendTrack& track);

Feedback feedback_of(const sdp::Format& format);

}  // namespace plenum::peer
