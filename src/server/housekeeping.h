#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>
#include <vector>

#include "api/http/key_store.h"
#include "history/recorder.h"
#include "server/config.h"
#include "store/retention.h"
#include "store/sessions.h"
#include "store/store.h"

namespace plenum::server {

/// What has to be done now and then: tells the store that this server lives, ends sessions that
/// have lasted long enough, takes over keys and revocations that others put there, writes history
/// that had to wait, and drops what is over its time. Lives on the control thread.
class Housekeeping {
 public:
  /// Closes the live room of a session, whose end is then recorded; false when there is none.
  using CloseRoom = std::function<bool(const store::Session& session)>;

  /// All must outlive it. Reads the keys before it returns. Throws StoreError.
  Housekeeping(boost::asio::io_context& io, store::Store& store, http::KeyStore keys,
               history::Recorder& recorder, history::Audience audience, const Config& config,
               CloseRoom close_room);

  void stop() { timer_.cancel(); }

 private:
  void tick();
  void beat();
  void end(const store::Session& session);
  void read_keys();
  void sweep();

  boost::asio::io_context& io_;
  store::Store& store_;
  http::KeyStore keys_;
  history::Recorder& recorder_;
  history::Audience audience_;
  const Config& config_;
  CloseRoom close_room_;
  boost::asio::steady_timer timer_;
  std::uint64_t ticks_ = 0;
};

/// The sessions that have lasted as long as their rooms say. Disables rooms that are for one
/// session only; the sessions themselves end with their rooms on the wire.
std::vector<store::Session> find_overdue(store::Database& db, const std::string& node,
                                         std::int64_t now_ms);

/// The keys of the configuration and those in the store, and the revoked tokens. Of a key in both
/// the configuration has the secret, the store the rest.
void load_keys(store::Database& db, const Config& config, std::int64_t now_s, http::KeyStore keys);

}  // namespace plenum::server
