// Webhooks in LiveKit's words (livekit-wire 9.5).
#pragma once
#include <optional>

#include "api/livekit/egress_info.h"
#include "history/record.h"

namespace plenum::livekit_api {

/// The event `record` is in this family, if any: proto JSON of a WebhookEvent.
std::optional<history::Message> webhook_message(const history::Record& record,
                                                const EgressLinks& links);

}  // namespace plenum::livekit_api
