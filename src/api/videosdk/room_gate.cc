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

struct Found {
  std::optional<std::string> owner;
  std::optional<store::Room> room;
};

}  // namespace

std::optional<Problem> entry_fault(const store::Room& room, const std::string& participant_id) {
  if (room.disabled) return Problem{403, "MEETING_ID_DISABLED", "The room is disabled", 4052};
  if (!is_allowed(room, participant_id))
    return Problem{403, "UNAUTHORIZED_PARTCIPANT_ID", "The room is not for this participant", 4023};
  return std::nullopt;
}

asio::awaitable<std::optional<Problem>> check_entry(store::Store& store, std::string api_key,
                                                    std::string room, std::string participant_id) {
  Found found;
  try {
    auto step = on_store(store, store::Access::read, [=](store::Database& db) {
      Found out;
      out.owner = store::owner_of_room(db, room);
      out.room = store::find_room_by_room_id(db, api_key, room);
      return out;
    });
    found = co_await std::move(step);
  } catch (const store::StoreError& e) {
    log::warn("entering {} without asking the store: {}", room, e.what());
  }
  if (found.owner && *found.owner != api_key) co_return problems::room_not_found();
  if (!found.room) co_return std::nullopt;
  co_return entry_fault(*found.room, participant_id);
}

}  // namespace plenum::videosdk_api
