#pragma once
#include <string_view>

#include "proto/livekit_rtc.pb.h"

namespace plenum::livekit_api {

/// Browsers do not say in their requests to join what they are. Takes browser and operating system
/// from the User-Agent header (RFC 9110 section 10.1.5) where the client itself named none.
void add_user_agent(std::string_view user_agent, ::livekit::ClientInfo& client);

}  // namespace plenum::livekit_api
