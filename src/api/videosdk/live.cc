// Live rooms, for who runs the server: straight from control, so also while the database is away.
#include "api/videosdk/live_json.h"
#include "api/videosdk/rest_api.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;

/// A live room of that key.
const control::Room* live_room(const control::World& world, const std::string& api_key,
                               const std::string& name) {
  const control::Room* room = world.room(name);
  return room && room->api_key == api_key ? room : nullptr;
}

std::size_t skipped_by(const store::PageRequest& page) {
  return static_cast<std::size_t>(page.page - 1) * static_cast<std::size_t>(page.per_page);
}

}  // namespace

auto RestApi::list_live_rooms(const Call& call) -> Task {
  const store::PageRequest page = call.page();
  // The token may have the room's other name.
  std::string only = call.caller.room;
  if (!only.empty() && !live_room(control_.world(), call.caller.api_key, only)) {
    const auto room = co_await room_of(call, only);
    if (room) only = room->room_id;
  }
  const std::size_t first = skipped_by(page);
  const auto count = static_cast<std::size_t>(page.per_page);
  std::size_t total = 0;
  json::array data;
  for (const auto& [name, room] : control_.world().rooms) {
    if (room->api_key != call.caller.api_key || (!only.empty() && name != only)) continue;
    if (total >= first && data.size() < count) data.push_back(live_room_json(*room));
    ++total;
  }
  co_return page_json(page, static_cast<std::int64_t>(total), std::move(data));
}

auto RestApi::get_live_room(const Call& call) -> Task {
  std::string name = call.text("roomId");
  const std::string key = call.caller.api_key;
  const bool plain = call.caller.room.empty() || call.caller.room == name;
  if (!plain || !live_room(control_.world(), key, name)) {
    const auto found = co_await room_of(call, name);
    if (!found) co_return Err{found.error()};
    name = found->room_id;
  }
  const control::Room* room = live_room(control_.world(), key, name);
  if (!room) co_return Err{Problem{404, "ROOM_NOT_LIVE", "Nobody is in this room now"}};
  const store::PageRequest page = call.page();
  json::object out = page_json(
      page, static_cast<std::int64_t>(room->participants.size()),
      live_participants_json(*room, skipped_by(page), static_cast<std::size_t>(page.per_page)));
  out["room"] = live_room_json(*room);
  co_return out;
}

}  // namespace plenum::videosdk_api
