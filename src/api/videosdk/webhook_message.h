// Webhooks in VideoSDK's words (videosdk-api 4).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "api/videosdk/media_links.h"
#include "history/record.h"

namespace plenum::videosdk_api {

/// The event `record` is in this family, if any. `links`: for what a recording or an HLS stream
/// left.
std::optional<history::Message> webhook_message(const history::Record& record,
                                                const MediaLinks& links = {});

/// Whether one of `patterns`, a JSON array of texts, matches the whole of `type`: `*` stands for
/// any run of characters, everything else for itself.
bool asks_for(const std::string& patterns, std::string_view type);

}  // namespace plenum::videosdk_api
