#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "api/http/key_store.h"
#include "api/videosdk/media_links.h"
#include "history/recorder.h"
#include "server/abandoned_jobs.h"
#include "server/config.h"
#include "server/housekeeping.h"
#include "storage/uploader.h"
#include "store/store.h"
#include "webhooks/sender.h"

namespace plenum::server {

/// PostgreSQL, a file, or memory, as configured. Throws StoreError.
std::unique_ptr<store::Store> open_store(const Config& config);

/// Everything between control's events and what outlives the process: the recorder, the sender of
/// its webhooks, the uploads of recordings, the housekeeping of their store, and what a crash left
/// open. Lives on the control thread.
class Chronicle {
 public:
  /// `store` and `config` must outlive it. Writes what the last run left on disk, ends the
  /// sessions that it left open, and begins to save its recordings. `media`: for links in webhooks.
  /// Throws std::exception.
  Chronicle(boost::asio::io_context& io, store::Store& store, const http::KeyStore& keys,
            const Config& config, const videosdk_api::MediaLinks& media,
            Housekeeping::CloseRoom close_room);

  void on_event(const control::DomainEvent& event) { recorder_.on_event(event); }
  /// Waits until the store holds all that was told so far; false: it cannot now.
  boost::asio::awaitable<bool> settled();
  std::string session_of(const std::string& room_sid) const {
    return recorder_.session_of(room_sid);
  }
  void wake_sender() { sender_.wake(); }
  /// Nothing more will be told: sends what can be sent until then and returns.
  void stop(Duration deadline);

  history::Recorder::Counters recorded() const { return recorder_.counters(); }
  webhooks::WebhookSender::Counters sent() const { return sender_.counters(); }

 private:
  void wake();

  boost::asio::io_context& io_;
  webhooks::WebhookSender sender_;
  /// nullptr: there are no files. Wakes the sender.
  std::unique_ptr<storage::Uploader> uploader_;
  history::Recorder recorder_;
  Housekeeping housekeeping_;
  AbandonedJobs abandoned_;
};

}  // namespace plenum::server
