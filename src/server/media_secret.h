#pragma once
#include "api/videosdk/media_links.h"
#include "server/config.h"

namespace plenum::server {

/// How links to recordings are made: with the public URL (of this host when none is set), and
/// signed with a secret that the first start leaves in the data directory. Without one, links end
/// with the process. Throws std::runtime_error when the secret can be neither read nor kept.
videosdk_api::MediaLinks media_links(const Config& config);

}  // namespace plenum::server
