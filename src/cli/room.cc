#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <cstdio>
#include <map>
#include <set>

#include "api/videosdk/resources.h"
#include "cli/json_fields.h"
#include "cli/room_command.h"
#include "cli/table.h"

namespace plenum::cli {
namespace {

namespace json = boost::json;

constexpr int kNotFound = 404;

std::vector<json::object> kept_rooms(ApiClient& api) {
  std::vector<json::object> rooms;
  std::set<std::string> seen;  // a room that is made meanwhile moves others to the next page
  for (std::int64_t page = 1, last = 1; page <= last; ++page) {
    const json::object answer = api.get(fmt::format("/v2/rooms?perPage=100&page={}", page));
    for (json::object& room : objects_of(answer, "data"))
      if (seen.insert(text_of(room, "roomId")).second) rooms.push_back(std::move(room));
    last = number_of(object_of(answer, "pageInfo"), "lastPage");
  }
  return rooms;
}

int create(const Context& context) {
  std::string custom_id, webhook;
  ServerCommand command = read_server_command(
      context, {text_option("--custom-id", custom_id), text_option("--webhook", webhook)}, {});
  json::object body;
  if (!custom_id.empty()) body["customRoomId"] = custom_id;
  if (!webhook.empty()) body["webhook"] = json::object{{"endPoint", webhook}};
  std::puts(printable(text_of(command.api.post("/v2/rooms", body), "roomId")).c_str());
  return 0;
}

int list(const Context& context) {
  bool as_json = false;
  ServerCommand command = read_server_command(context, {switch_option("--json", as_json)}, {});
  const auto rooms = list_rooms(command.api);
  const std::string text = as_json ? json::serialize(rooms_json(rooms)) + "\n" : rooms_table(rooms);
  std::fputs(text.c_str(), stdout);
  return 0;
}

int end(const Context& context) {
  ServerCommand command = read_server_command(context, {}, {"ROOM"});
  end_room(command.api, command.words[0]);
  std::puts(("ended " + printable(command.words[0])).c_str());
  return 0;
}

}  // namespace

std::vector<ListedRoom> merge_rooms(const std::vector<json::object>& kept,
                                    const std::vector<json::object>& live) {
  std::vector<ListedRoom> rooms;
  std::map<std::string, std::size_t> at;
  for (const json::object& row : kept) {
    at.emplace(text_of(row, "roomId"), rooms.size());
    rooms.push_back({.room_id = text_of(row, "roomId"),
                     .custom_room_id = text_of(row, "customRoomId"),
                     .disabled = flag_of(row, "disabled"),
                     .created_at = text_of(row, "createdAt")});
  }
  for (const json::object& each : live) {
    const std::string name = text_of(each, "name");
    const auto [found, is_new] = at.emplace(name, rooms.size());
    if (is_new)
      rooms.push_back(
          {.room_id = name,
           .custom_room_id = {},
           .created_at = videosdk_api::time_text(number_of(each, "creation_time") * 1000)});
    rooms[found->second].live = true;
    rooms[found->second].participants = number_of(each, "num_participants");
  }
  std::stable_partition(rooms.begin(), rooms.end(), [](const ListedRoom& r) { return r.live; });
  return rooms;
}

std::string rooms_table(const std::vector<ListedRoom>& rooms) {
  Table table({"ROOM", "CUSTOM ID", "STATE", "PARTICIPANTS", "CREATED"});
  for (const ListedRoom& room : rooms)
    table.add({room.room_id, room.custom_room_id,
               room.live       ? "live"
               : room.disabled ? "disabled"
                               : "idle",
               std::to_string(room.participants), room.created_at});
  return table.text();
}

json::array rooms_json(const std::vector<ListedRoom>& rooms) {
  json::array out;
  for (const ListedRoom& room : rooms) {
    json::object& row = out.emplace_back(json::object()).as_object();
    row["roomId"] = room.room_id;
    row["customRoomId"] =
        room.custom_room_id.empty() ? json::value() : json::value(room.custom_room_id);
    row["disabled"] = room.disabled;
    row["live"] = room.live;
    row["participants"] = room.participants;
    row["createdAt"] = room.created_at;
  }
  return out;
}

std::vector<ListedRoom> list_rooms(ApiClient& api) {
  const auto kept = kept_rooms(api);
  return merge_rooms(kept, objects_of(api.room_service("ListRooms", {}), "rooms"));
}

void end_room(ApiClient& api, const std::string& room) {
  try {
    api.post("/v2/sessions/end", {{"roomId", room}});
    return;
  } catch (const ApiError& e) {
    if (e.status() != kNotFound) throw;
  }
  // REST v2 knows no session there, but LiveKit's clients may have opened the room by themselves.
  api.room_service("DeleteRoom", {{"room", live_room(api, room)}});
}

std::string live_room(ApiClient& api, const std::string& room) {
  json::array names{json::value(room)};
  const std::string query = boost::urls::encode(room, boost::urls::unreserved_chars);
  for (const json::object& row : objects_of(api.get("/v2/rooms?query=" + query), "data"))
    if (text_of(row, "customRoomId") == room) names.emplace_back(text_of(row, "roomId"));
  const auto live = objects_of(api.room_service("ListRooms", {{"names", names}}), "rooms");
  for (const json::value& name : names)
    for (const json::object& each : live)
      if (text_of(each, "name") == name.as_string()) return text_of(each, "name");
  throw std::runtime_error(fmt::format("there is no live room \"{}\"", printable(room)));
}

int room(const Context& context) {
  static constexpr Verb kVerbs[] = {{"create", create}, {"list", list}, {"end", end}};
  return run_verb(context, "room", room_help, kVerbs);
}

}  // namespace plenum::cli
