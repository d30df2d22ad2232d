// Requests of livekit.Egress that start something, as control takes them (livekit-wire 9.3).
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "api/livekit/twirp.h"
#include "base/result.h"
#include "control/egress_job.h"
#include "control/types.h"
#include "proto/livekit_egress.pb.h"

namespace plenum::livekit_api {

/// The room of a request, and who is in it.
struct EgressPlace {
  std::string api_key;
  control::RoomSnapshot room;
  std::vector<control::SnapshotPtr> participants;
  /// Milliseconds since 1970.
  std::int64_t unix_ms = 0;
};

/// A job to be started, or what of the request is wrong or not offered.
using EgressWish = Result<control::EgressJob, twirp::Error>;
EgressWish egress_wish(const ::livekit::RoomCompositeEgressRequest& request,
                       const EgressPlace& place);
EgressWish egress_wish(const ::livekit::ParticipantEgressRequest& request,
                       const EgressPlace& place);
EgressWish egress_wish(const ::livekit::TrackCompositeEgressRequest& request,
                       const EgressPlace& place);
EgressWish egress_wish(const ::livekit::StartEgressRequest& request, const EgressPlace& place);
/// The track as it is sent, without encoding it again.
EgressWish egress_wish(const ::livekit::TrackEgressRequest& request, const EgressPlace& place);

}  // namespace plenum::livekit_api
