#include "server/chronicle.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <filesystem>
#include <utility>

#include "api/livekit/webhook_message.h"
#include "api/videosdk/webhook_message.h"
#include "history/write.h"

namespace plenum::server {
namespace {

namespace asio = boost::asio;

history::Audience audience(const Config& config) {
  return {.livekit = {livekit_api::webhook_message, config.webhook_livekit},
          .videosdk = {videosdk_api::webhook_message, config.webhook_videosdk},
          .asks_for = videosdk_api::asks_for};
}

webhooks::WebhookSender::Options sender_options(const Config& config, const http::KeyStore& keys) {
  webhooks::WebhookSender::Options options;
  options.transport.allow_private = config.webhook_allow_private;
  options.secret_of = [keys](std::string_view key) { return keys.secret(key); };
  return options;
}

history::Recorder::Options recorder_options(store::Store& store, const Config& config) {
  history::Recorder::Options options{.node = config.node_id, .audience = audience(config)};
  for (bool more = true; more;)
    store.run([&](store::Database& db) {
      more = history::close_dangling(db, options.node, options.audience);
    });
  return options;
}

}  // namespace

std::unique_ptr<store::Store> open_store(const Config& config) {
  if (config.database_url.empty() && !config.data_dir.empty())
    std::filesystem::create_directories(config.data_dir);
  return store::open_store(store_location(config));
}

Chronicle::Chronicle(asio::io_context& io, store::Store& store, const http::KeyStore& keys,
                     const Config& config, Housekeeping::CloseRoom close_room)
    : io_(io),
      sender_(store, sender_options(config, keys)),
      recorder_(store, recorder_options(store, config),
                {.post = [&io](std::function<void()> run) { asio::post(io, std::move(run)); },
                 .written = [this] { sender_.wake(); }}),
      housekeeping_(io, store, keys, recorder_, audience(config), config, std::move(close_room)) {
  sender_.wake();
}

asio::awaitable<bool> Chronicle::settled() {
  const auto start = [this](auto handler) {
    auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
    recorder_.when_written(
        [this, waiting](bool ok) { asio::post(io_, [waiting, ok] { std::move (*waiting)(ok); }); });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(bool)>(
      start, asio::use_awaitable);
}

void Chronicle::stop(Duration deadline) {
  housekeeping_.stop();
  sender_.stop(deadline);
}

}  // namespace plenum::server
