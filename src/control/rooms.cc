#include "control/rooms.h"

#include "base/crypto.h"

namespace plenum::control {
namespace {

void set_present(Room& room, const RoomSettings& settings) {
  if (settings.empty_timeout) room.empty_timeout = *settings.empty_timeout;
  if (settings.departure_timeout) room.departure_timeout = *settings.departure_timeout;
  if (settings.max_participants) room.max_participants = *settings.max_participants;
  if (settings.metadata && settings.metadata->size() <= kMaxMetadataBytes)
    room.metadata = *settings.metadata;
}

}  // namespace

Result<Room*, JoinRefusal> Rooms::create(const std::string& api_key, const std::string& name,
                                         const RoomSettings& settings) {
  if (world_.rooms.size() >= world_.config.max_rooms) return Err{JoinRefusal::too_many_rooms};
  auto room = std::make_unique<Room>();
  room->id = world_.new_room_id();
  room->sid = "RM_" + crypto::random_text(12);
  room->name = name;
  room->api_key = api_key;
  room->empty_timeout = world_.config.empty_timeout;
  room->departure_timeout = world_.config.departure_timeout;
  room->max_participants = world_.config.max_participants;
  room->creation_time_ms = world_.unix_ms();
  room->sif_trailer = crypto::random_text(32);
  set_present(*room, settings);
  Room* created = room.get();
  world_.rooms.emplace(name, std::move(room));
  world_.report(*created, RoomStarted{});
  return created;
}

void Rooms::apply(Room& room, const RoomSettings& settings, TimePoint now) {
  set_present(room, settings);
  updates_.room_changed(room, now);
}

void Rooms::set_metadata(Room& room, std::string metadata, TimePoint now) {
  room.metadata = std::move(metadata);
  updates_.room_changed(room, now);
}

void Rooms::erase(Room& room, DisconnectReason reason) {
  world_.timers.cancel(room.batch_timer);
  world_.timers.cancel(room.counts_timer);
  world_.timers.cancel(room.idle_timer);
  world_.timers.cancel(room.focus.timer);
  world_.forget(room);
  world_.report(room, RoomFinished{reason});
  const std::string name = room.name;
  world_.rooms.erase(name);
}

}  // namespace plenum::control
