#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/api_client.h"

namespace plenum::cli {

/// A room that REST v2 keeps, that is live, or both.
struct ListedRoom {
  /// Its name on the wire.
  std::string room_id;
  /// Empty = it has none.
  std::string custom_room_id;
  bool disabled = false;
  bool live = false;
  std::int64_t participants = 0;
  /// ISO 8601.
  std::string created_at;

  friend bool operator==(const ListedRoom&, const ListedRoom&) = default;
};

/// Rows of REST v2 and rooms of ListRooms as one list, the live ones first.
std::vector<ListedRoom> merge_rooms(const std::vector<boost::json::object>& kept,
                                    const std::vector<boost::json::object>& live);
std::string rooms_table(const std::vector<ListedRoom>& rooms);
boost::json::array rooms_json(const std::vector<ListedRoom>& rooms);

/// All rooms that the key may see, page by page.
std::vector<ListedRoom> list_rooms(ApiClient& api);

/// Disconnects everybody in the room, whichever way it was made. Throws std::runtime_error when
/// there is no such live room.
void end_room(ApiClient& api, const std::string& room);

/// The name on the wire of the live room that is called `room`, by that name or by the custom id
/// of REST v2. Throws std::runtime_error when there is none.
std::string live_room(ApiClient& api, const std::string& room);

}  // namespace plenum::cli
