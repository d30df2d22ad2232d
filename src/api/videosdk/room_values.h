// Values that the participants of a room share, as they call for them (videosdk-api 5.6): "store.*"
// of docs/api/in-room.md.
#pragma once
#include "api/videosdk/room_call.h"

namespace plenum::videosdk_api {

RoomAnswer set_value(const RoomCall& call);
RoomAnswer get_value(const RoomCall& call);
RoomAnswer observe_value(const RoomCall& call);
RoomAnswer unobserve_value(const RoomCall& call);

}  // namespace plenum::videosdk_api
