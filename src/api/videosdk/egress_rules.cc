#include "api/videosdk/egress_rules.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "api/videosdk/egress_wish.h"
#include "api/videosdk/resources.h"
#include "api/videosdk/store_call.h"
#include "base/log.h"

namespace plenum::videosdk_api {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using control::EgressKind;

constexpr std::int64_t kMostPatience = 150;

struct Automatic {
  const char* name;
  EgressKind kind;
};
constexpr Automatic kAutomatic[] = {{"recording", EgressKind::recording},
                                    {"hls", EgressKind::hls},
                                    {"composite", EgressKind::composite}};

/// The room's row and what it wants; an empty object when it wants nothing.
json::object wanted_by(const std::optional<store::Room>& room) {
  if (!room || !room->auto_start) return {};
  const json::value stored = stored_json(*room->auto_start);
  return stored.is_object() ? stored.get_object() : json::object();
}

}  // namespace

std::optional<Duration> patience_after_failure(const control::EgressJob& job) {
  const json::value config = stored_json(job.config);
  const json::value* rule =
      config.is_object() ? config.get_object().if_contains("onFailure") : nullptr;
  if (!rule || !rule->is_object()) return std::nullopt;
  const json::value* action = rule->get_object().if_contains("action");
  if (!action || *action != "close-room") return std::nullopt;
  const json::value* wait = rule->get_object().if_contains("waitTime");
  json::error_code ec;
  const auto seconds = wait ? wait->to_number<std::int64_t>(ec) : kMostPatience;
  return std::clamp<std::int64_t>(ec ? kMostPatience : seconds, 0, kMostPatience) * 1s;
}

void EgressRules::on_event(const control::DomainEvent& event) {
  const std::string& sid = event.room.sid;
  if (std::holds_alternative<control::RoomFinished>(event.what) ||
      std::holds_alternative<control::RoomIdle>(event.what)) {
    live_.erase(sid);
    return;
  }
  if (std::holds_alternative<control::ParticipantActivated>(event.what) && around_.egress.start &&
      live_.insert(sid).second) {
    asio::co_spawn(around_.io, start_jobs(event.api_key, event.room.name), asio::detached);
    return;
  }
  const auto* egress = std::get_if<control::EgressChanged>(&event.what);
  if (!egress || !egress->state_changed || egress->job.state != control::EgressState::failed)
    return;
  if (const auto wait = patience_after_failure(egress->job))
    asio::co_spawn(around_.io,
                   end_later(event.api_key, event.room.name, sid, egress->job.kind, *wait),
                   asio::detached);
}

asio::awaitable<void> EgressRules::start_jobs(std::string api_key, std::string room) {
  try {
    auto row_step = on_store(store_, store::Access::read, [=](store::Database& db) {
      return store::find_room_by_room_id(db, api_key, room);
    });
    const auto row = co_await std::move(row_step);
    const json::object wanted = wanted_by(row);
    for (const auto& [name, kind] : kAutomatic) {
      const json::value* body = wanted.if_contains(name);
      if (!body || !body->is_object()) continue;
      auto wished = egress_wish(kind, body->get_object());
      if (!wished) {
        log::warn("room {}: its {} does not start by itself: {}", room, name,
                  wished.error().message);
        continue;
      }
      control::EgressJobs::Wish wish;
      wish.job = std::move(*wished);
      wish.job.api_key = api_key;
      wish.job.room = room;
      wish.parallel = allows_parallel(kind, row->multi_composition);
      const auto started = around_.egress.start(std::move(wish));
      if (!started) log::warn("room {}: its {} does not start by itself", room, name);
    }
    around_.changed();
  } catch (const std::exception& e) {
    log::error("room {}: what starts by itself is not known: {}", room, e.what());
  }
}

asio::awaitable<void> EgressRules::end_later(std::string api_key, std::string room, std::string sid,
                                             EgressKind kind, Duration wait) {
  asio::steady_timer timer(around_.io);
  timer.expires_after(std::chrono::duration_cast<asio::steady_timer::duration>(wait));
  co_await timer.async_wait(asio::use_awaitable);
  if (around_.is_running(api_key, room, kind)) co_return;
  log::info("room {}: it ends, as its {} has failed", room, egress_kind_name(kind));
  around_.end_session(api_key, room, sid);
}

}  // namespace plenum::videosdk_api
