// Where an egress is to go, from the several shapes in which LiveKit's requests say it.
#pragma once
#include <string>
#include <vector>

#include "api/livekit/egress_path.h"
#include "api/livekit/twirp.h"
#include "base/result.h"
#include "control/egress_job.h"
#include "proto/livekit_egress.pb.h"

namespace plenum::livekit_api {

/// All that a request asks for, in one shape.
struct AskedOutputs {
  std::vector<::livekit::EncodedFileOutput> files{};
  std::vector<::livekit::SegmentedFileOutput> segments{};
  std::vector<::livekit::StreamOutput> streams{};
  bool images = false;
  /// The caller's own storage with its credentials.
  bool storage = false;
};

struct EgressOutputs {
  std::vector<control::EgressOutput> outputs{};
  /// What the caller calls the list of the live edge; "" = nothing.
  std::string live_playlist{};
};

/// At most one file and one list of segments, and any streams; at least one of all. Or what of it
/// is not offered.
Result<EgressOutputs, twirp::Error> egress_outputs(const AskedOutputs& asked,
                                                   const PathFacts& facts);

}  // namespace plenum::livekit_api
