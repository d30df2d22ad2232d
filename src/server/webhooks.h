#pragma once
#include <memory>

#include "server/config.h"
#include "store/store.h"
#include "webhooks/sender.h"

namespace plenum::server {

/// The webhook sender over `store`, with the configured API keys for LiveKit's signature. Call its
/// wake() when an event was committed, and stop() it before the store. `allow_private`: also
/// deliver to loopback and private addresses.
std::unique_ptr<webhooks::WebhookSender> start_webhooks(store::Store& store, const Config& config,
                                                        bool allow_private);

}  // namespace plenum::server
