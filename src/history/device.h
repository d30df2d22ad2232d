#pragma once
#include <optional>
#include <string>

#include "control/types.h"

namespace plenum::history {

/// What a participant joined with, as JSON of `{"sdkType", "sdkVersion", "platform",
/// "browserUserAgent": {"browser", "os", "platform"}, "deviceModel"}` (videosdk-api 3.2); nullopt
/// when the client said nothing of itself.
std::optional<std::string> device_of(const control::ClientInfo& client);

}  // namespace plenum::history
