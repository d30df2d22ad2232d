// Rooms as they are at this moment, in JSON: who is there, what they send and how well it arrives.
#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstddef>

#include "control/room.h"

namespace plenum::videosdk_api {

boost::json::object live_room_json(const control::Room& room);

/// Those of the room in order of joining, without the first `skipped`, at most `count`.
boost::json::array live_participants_json(const control::Room& room, std::size_t skipped,
                                          std::size_t count);

}  // namespace plenum::videosdk_api
