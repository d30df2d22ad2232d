#include "server/housekeeping.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "base/log.h"
#include "history/write.h"
#include "io/clock.h"
#include "store/api_keys.h"
#include "store/revocations.h"
#include "store/rooms.h"
#include "store/sessions.h"

namespace plenum::server {
namespace {

constexpr std::chrono::seconds kTick{1};
/// In ticks.
constexpr std::uint64_t kKeysEvery = 2, kBeatEvery = 5, kSweepEvery = 60;

/// For work whose failure only means that it is done the next time.
store::Store::Done logged(const char* what) {
  return [what](std::exception_ptr error) {
    if (!error) return;
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& e) {
      log::warn("{}: {}", what, e.what());
    }
  };
}

}  // namespace

std::vector<store::Session> find_overdue(store::Database& db, const std::string& node,
                                         std::int64_t now_ms) {
  std::vector<store::Session> overdue = store::overdue_sessions(db, node, now_ms);
  for (const store::Session& session : overdue) {
    const auto room = store::find_room(db, session.api_key, session.room);
    if (room && room->auto_close_type == "session-end-and-deactivate")
      store::set_room_disabled(db, session.api_key, room->id, true, now_ms);
  }
  return overdue;
}

void load_keys(store::Database& db, const Config& config, std::int64_t now_s, http::KeyStore keys) {
  http::KeyStore::Keys all;
  for (const auto& [key, secret] : config.keys) all.emplace(key, http::KeyStore::Key{secret});
  for (const store::ApiKey& row : store::list_api_keys(db)) {
    if (row.revoked) {
      all.erase(row.api_key);
      continue;
    }
    http::KeyStore::Key& key = all[row.api_key];
    if (key.secret.empty()) key.secret = row.secret;
    key.enabled = row.enabled;
    key.not_before_s = row.not_before_s;
  }
  http::KeyStore::RevokedTokens revoked;
  for (const store::RevokedToken& token : store::list_revocations(db, now_s).tokens)
    revoked.emplace(token.api_key, token.jti);
  keys.replace(std::move(all), std::move(revoked));
}

Housekeeping::Housekeeping(boost::asio::io_context& io, store::Store& store, http::KeyStore keys,
                           history::Recorder& recorder, history::Audience audience,
                           const Config& config, CloseRoom close_room)
    : io_(io),
      store_(store),
      keys_(std::move(keys)),
      recorder_(recorder),
      audience_(std::move(audience)),
      config_(config),
      close_room_(std::move(close_room)),
      timer_(io) {
  store_.run([&](store::Database& db) { load_keys(db, config_, io::unix_ms() / 1000, keys_); });
  tick();
}

void Housekeeping::tick() {
  timer_.expires_after(kTick);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    ++ticks_;
    recorder_.retry();
    if (ticks_ % kKeysEvery == 0) read_keys();
    if (ticks_ % kBeatEvery == 0) beat();
    if (ticks_ % kSweepEvery == 0) sweep();
    tick();
  });
}

void Housekeeping::read_keys() {
  static_cast<void>(store_.submit_read(
      [keys = keys_, config = &config_](store::Database& db) {
        load_keys(db, *config, io::unix_ms() / 1000, keys);
      },
      logged("reading the keys")));
}

void Housekeeping::beat() {
  const auto overdue = std::make_shared<std::vector<store::Session>>();
  const auto report = logged("heartbeat");
  // A session that looks overdue may have ended in what still waits for the store.
  static_cast<void>(store_.submit(
      [node = config_.node_id, overdue, is_behind = recorder_.is_behind()](store::Database& db) {
        store::heartbeat(db, node, io::unix_ms());
        if (!is_behind) *overdue = find_overdue(db, node, io::unix_ms());
      },
      [this, overdue, report](std::exception_ptr error) {
        report(error);
        if (error || overdue->empty()) return;
        boost::asio::post(io_, [this, overdue] {
          for (const store::Session& session : *overdue) end(session);
        });
      }));
}

/// What nobody has on the wire ends by itself, but only when the store has heard all of the wire:
/// the room may just have closed.
void Housekeeping::end(const store::Session& session) {
  if (close_room_(session)) return;
  recorder_.when_written([this, session](bool ok) {
    if (!ok) return;
    static_cast<void>(store_.submit(
        [session, audience = audience_](store::Database& db) {
          history::end_forgotten(db, session, io::unix_ms(), audience);
        },
        logged("ending a session")));
  });
}

void Housekeeping::sweep() {
  store::Retention retention;
  retention.sessions_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(config_.keep_sessions).count();
  const auto more = std::make_shared<bool>(false);
  static_cast<void>(store_.submit_exclusive(
      [retention, more](store::Database& db) {
        *more = store::sweep(db, retention, io::unix_ms()).more;
      },
      [this, more](std::exception_ptr error) {
        if (!error && *more) boost::asio::post(io_, [this] { sweep(); });
      }));
}

}  // namespace plenum::server
