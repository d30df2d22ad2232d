// Messages by topic, as participants call for them (videosdk-api 5.6): "pubsub.*" of
// docs/api/in-room.md.
#pragma once
#include "api/videosdk/room_call.h"

namespace plenum::videosdk_api {

inline constexpr const char* kPubSubTopic = "plenum/pubsub";

/// A page of old messages is not larger, unless one message is.
inline constexpr std::size_t kPageBytes = 14 * 1024;

RoomAnswer subscribe_topic(const RoomCall& call);
RoomAnswer unsubscribe_topic(const RoomCall& call);
RoomAnswer read_topic(const RoomCall& call);
RoomAnswer publish_on_topic(const RoomCall& call);

}  // namespace plenum::videosdk_api
