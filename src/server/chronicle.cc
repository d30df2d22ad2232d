#include "server/chronicle.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <filesystem>
#include <utility>

#include "api/livekit/webhook_message.h"
#include "api/videosdk/webhook_message.h"
#include "base/log.h"
#include "history/write.h"
#include "server/egress_process.h"
#include "server/egress_recovery.h"
#include "server/egress_uploads.h"
#include "server/stored_egress.h"

namespace plenum::server {
namespace {

namespace asio = boost::asio;

history::Audience audience(const Config& config, const videosdk_api::MediaLinks& media) {
  const auto in_videosdk_words = [media](const history::Record& record) {
    return videosdk_api::webhook_message(record, media);
  };
  const auto in_livekit_words = [links = egress_links(media)](const history::Record& record) {
    return livekit_api::webhook_message(record, links);
  };
  return {.livekit = {in_livekit_words, config.webhook_livekit},
          .videosdk = {in_videosdk_words, config.webhook_videosdk},
          .asks_for = videosdk_api::asks_for,
          .job_ended = upload_order(config)};
}

webhooks::WebhookSender::Options sender_options(const Config& config, const http::KeyStore& keys) {
  webhooks::WebhookSender::Options options;
  options.transport.allow_private = config.webhook_allow_private;
  options.secret_of = [keys](std::string_view key) { return keys.secret(key); };
  return options;
}

/// SQLite has none: a disk that does not take the one file would not take the other.
std::filesystem::path spool_of(const Config& config) {
  if (config.database_url.empty()) return {};
  if (config.data_dir.empty()) {
    log::warn("without data-dir, events wait in memory while PostgreSQL is away");
    return {};
  }
  std::filesystem::create_directories(config.data_dir);
  return std::filesystem::path(config.data_dir) / "history.spool";
}

/// What the last run left on disk goes first: it may end sessions that would else count as left
/// open.
std::shared_ptr<history::Scribe> scribe(store::Store& store, const Config& config,
                                        const videosdk_api::MediaLinks& media) {
  const history::Scribe::Options options{
      .node = config.node_id, .audience = audience(config, media), .spool = spool_of(config)};
  auto scribe = std::make_shared<history::Scribe>(options);
  scribe->catch_up(store);
  for (bool more = true; more;)
    store.run([&](store::Database& db) {
      more = history::close_dangling(db, options.node, options.audience);
    });
  return scribe;
}

AbandonedJobs::Surroundings left_by_a_crash(asio::io_context& io, const Config& config,
                                            const videosdk_api::MediaLinks& media,
                                            std::function<void()> written) {
  AbandonedJobs::Surroundings around{.node = config.node_id,
                                     .audience = audience(config, media),
                                     .data_dir = config.data_dir,
                                     .recover = {},
                                     .written = std::move(written)};
  const EgressProgram program = egress_program(config);
  if (program.is_complete())
    around.recover = [&io, program](const std::string& path, auto done) {
      recover_recording(io, program, path, std::move(done));
    };
  return around;
}

}  // namespace

std::unique_ptr<store::Store> open_store(const Config& config) {
  if (config.database_url.empty() && !config.data_dir.empty())
    std::filesystem::create_directories(config.data_dir);
  return store::open_store(store_location(config));
}

Chronicle::Chronicle(asio::io_context& io, store::Store& store, const http::KeyStore& keys,
                     const Config& config, const videosdk_api::MediaLinks& media,
                     Housekeeping::CloseRoom close_room)
    : io_(io),
      sender_(store, sender_options(config, keys)),
      uploader_(make_uploader(store, config, audience(config, media), [this] { sender_.wake(); })),
      recorder_(store, scribe(store, config, media),
                {.post = [&io](std::function<void()> run) { asio::post(io, std::move(run)); },
                 .written = [this] { wake(); }}),
      housekeeping_(io, store, keys, recorder_, audience(config, media), config,
                    std::move(close_room)),
      abandoned_(io, store, left_by_a_crash(io, config, media, [this] { wake(); })) {
  abandoned_.begin();
  sender_.wake();
}

void Chronicle::wake() {
  sender_.wake();
  if (uploader_) uploader_->wake();
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
  if (uploader_) uploader_->stop();
  sender_.stop(deadline);
}

}  // namespace plenum::server
