// Addresses of live streams as LiveKit's API has them: one text, whose last part is the key.
#pragma once
#include <string>
#include <string_view>

#include "api/livekit/twirp.h"
#include "base/result.h"
#include "control/egress_job.h"

namespace plenum::livekit_api {

/// rtmp[s]://host[:port]/app/KEY, of at most 2048 bytes.
Result<control::EgressTarget, twirp::Error> stream_target(std::string_view url);

/// To be shown: of the key at most the last two characters, in braces.
std::string masked_url(const control::EgressTarget& target);
/// The same for a text that need not be an address; then nothing of it is shown.
std::string masked_url(std::string_view url);

}  // namespace plenum::livekit_api
