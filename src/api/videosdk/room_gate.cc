#include "api/videosdk/room_gate.h"

#include <algorithm>
#include <boost/json/array.hpp>

#include "api/videosdk/resources.h"
#include "api/videosdk/store_call.h"
#include "base/log.h"

namespace plenum::videosdk_api {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

bool is_allowed(const store::Room& room, const std::string& participant_id) {
  const json::value allowed = stored_json(room.allowed_participant_ids);
  if (!allowed.is_array() || allowed.get_array().empty()) return true;
  return std::ranges::find(allowed.get_array(), json::value(participant_id)) !=
         allowed.get_array().end();
}

Problem disabled() { return {403, "MEETING_ID_DISABLED", "The room is disabled", 4052}; }

bool is_outage(const store::StoreError& e) {
  return e.kind() == store::StoreError::Kind::unavailable;
}

}  // namespace

std::optional<Problem> entry_fault(const store::Room& room, const std::string& participant_id) {
  if (room.disabled) return disabled();
  if (!is_allowed(room, participant_id))
    return Problem{403, "UNAUTHORIZED_PARTCIPANT_ID", "The room is not for this participant", 4023};
  return std::nullopt;
}

void RoomGate::remember(const Name& name, const Found& found) {
  const bool foreign = found.owner && *found.owner != name.first;
  const bool has_rules =
      found.room && (found.room->disabled || found.room->allowed_participant_ids != "[]");
  if (!foreign && !has_rules) {
    // The order still names it: should it come again, it goes earlier.
    known_.erase(name);
    return;
  }
  if (known_.insert_or_assign(name, found).second) order_.push_back(name);
  while (order_.size() > max_known_) {
    known_.erase(order_.front());
    order_.pop_front();
  }
}

asio::awaitable<Result<RoomGate::Found, Problem>> RoomGate::look_up(Name name) {
  try {
    auto step = on_store(store_, store::Access::read, [name](store::Database& db) {
      Found out;
      out.owner = store::owner_of_room(db, name.second);
      out.room = store::find_room_by_room_id(db, name.first, name.second);
      return out;
    });
    Found found = co_await std::move(step);
    remember(name, found);
    co_return found;
  } catch (const store::StoreError& e) {
    log::warn("room {}: the store was not asked who may enter: {}", name.second, e.what());
    if (!is_outage(e)) co_return Err{problems::unavailable()};
  }
  const auto known = known_.find(name);
  co_return known == known_.end() ? Found() : known->second;
}

RoomGate::Verdict RoomGate::check_entry(std::string api_key, std::string room,
                                        std::string participant_id) {
  auto step = look_up({api_key, std::move(room)});
  const auto found = co_await std::move(step);
  if (!found) co_return found.error();
  if (found->owner && *found->owner != api_key) co_return problems::room_not_found();
  if (!found->room) co_return std::nullopt;
  co_return entry_fault(*found->room, participant_id);
}

RoomGate::Verdict RoomGate::check_open(std::string api_key, std::string room) {
  auto step = look_up({api_key, std::move(room)});
  const auto found = co_await std::move(step);
  if (!found) co_return found.error();
  if (found->owner && *found->owner != api_key) co_return problems::room_not_found();
  if (found->room && found->room->disabled) co_return disabled();
  co_return std::nullopt;
}

}  // namespace plenum::videosdk_api
