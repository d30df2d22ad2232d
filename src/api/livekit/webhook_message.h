// Webhooks in LiveKit's words (livekit-wire 9.5).
#pragma once
#include <optional>

#include "history/record.h"

namespace plenum::livekit_api {

/// The event `record` is in this family, if any: proto JSON of a WebhookEvent.
std::optional<history::Message> webhook_message(const history::Record& record);

}  // namespace plenum::livekit_api
