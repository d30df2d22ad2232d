#include "control/relays.h"

namespace plenum::control {

void Relays::acquire(const Track& track, std::size_t encoding, ShardId to) {
  const ShardId home = track.owner->shard;
  if (to == home) return;
  const TrackId id = track.encodings.at(encoding).id.value_or(TrackId{});
  if (users_[{id, to}]++ > 0) return;
  const TrackCodec& codec = track.description.codecs.at(encoding);
  // The replica first: the packets that the relay brings must find it.
  shard::AddReplica replica;
  replica.info = shard_track_info(track, encoding);
  replica.room = track.owner->room->id;
  replica.codec = codec.codec;
  replica.red = codec.red;
  replica.fmtp = track.encodings[encoding].fmtp;
  replica.simulcast = track.encodings[encoding].simulcast;
  replica.home = home;
  world_.shards.post(to, std::move(replica));
  world_.shards.post(home, shard::AddRelay{id, to});
}

void Relays::release(const Track& track, std::size_t encoding, ShardId to) {
  const ShardId home = track.owner->shard;
  if (to == home) return;
  const TrackId id = track.encodings.at(encoding).id.value_or(TrackId{});
  const auto it = users_.find({id, to});
  if (it == users_.end() || --it->second > 0) return;
  users_.erase(it);
  world_.shards.post(home, shard::RemoveRelay{id, to});
  world_.shards.post(to, shard::RemoveReplica{id});
}

}  // namespace plenum::control
