#include "server/webhooks.h"

namespace plenum::server {

std::unique_ptr<webhooks::WebhookSender> start_webhooks(store::Store& store, const Config& config,
                                                        bool allow_private) {
  webhooks::WebhookSender::Options options;
  options.transport.allow_private = allow_private;
  options.secret_of = [keys = config.keys](std::string_view key) -> std::optional<std::string> {
    const auto found = keys.find(key);
    if (found == keys.end()) return std::nullopt;
    return found->second;
  };
  return std::make_unique<webhooks::WebhookSender>(store, std::move(options));
}

}  // namespace plenum::server
