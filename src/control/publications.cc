#include "control/publications.h"

#include <algorithm>

#include "base/crypto.h"

namespace plenum::control {
namespace {

constexpr std::size_t kMaxAudioFeatures = 16;

bool uses_cid(const Track& track, const std::string& cid) {
  return std::any_of(track.description.codecs.begin(), track.description.codecs.end(),
                     [&](const TrackCodec& c) { return c.cid == cid; });
}

std::size_t queued_with(const Participant& p, const std::string& cid) {
  return static_cast<std::size_t>(std::count_if(p.queued_tracks.begin(), p.queued_tracks.end(),
                                                [&](const AddTrack& r) { return r.cid == cid; }));
}

bool exceeds_limits(const AddTrack& r) {
  const auto too_long = [](const std::string& text) { return text.size() > kMaxNameBytes; };
  return too_long(r.cid) || too_long(r.name) || too_long(r.sid) || too_long(r.stream) ||
         r.audio_features.size() > kMaxAudioFeatures ||
         std::any_of(r.codecs.begin(), r.codecs.end(), [&](const AddTrack::Codec& c) {
           return too_long(c.cid) || too_long(c.codec);
         });
}

}  // namespace

Status<Refusal> Publications::add(Participant& p, AddTrack request) {
  if (!p.permissions.may_publish(request.source, request.kind)) return Err{Refusal::not_allowed};
  if (request.cid.empty() || exceeds_limits(request)) return Err{Refusal::invalid_request};
  if (!request.sid.empty()) return add_backup(p, request);
  if (p.pending_tracks() >= kMaxPendingTracks || p.tracks.size() >= kMaxTracks)
    return Err{Refusal::limit_exceeded};
  const bool taken = std::any_of(p.tracks.begin(), p.tracks.end(),
                                 [&](const auto& t) { return uses_cid(*t, request.cid); });
  if (!taken) {
    start(p, request);
    return Ok{};
  }
  if (queued_with(p, request.cid) >= kMaxQueuedPerCid ||
      p.queued_tracks.size() >= kMaxPendingTracks)
    return Err{Refusal::limit_exceeded};
  p.queued_tracks.push_back(std::move(request));
  return Err{Refusal::queued};
}

void Publications::start(Participant& p, const AddTrack& request) {
  auto owned = std::make_unique<Track>();
  Track& track = *owned;
  track.owner = &p;
  track.description = describe(request, "TR_" + crypto::random_text(12));
  track.encodings.resize(track.description.codecs.size());
  p.tracks.push_back(std::move(owned));
  announce(p, track, 0);
  p.emit(TrackPublished{request.cid, track.description});
}

Status<Refusal> Publications::add_backup(Participant& p, const AddTrack& request) {
  Track* track = p.track(request.sid);
  if (!track || track->description.kind != request.kind) return Err{Refusal::not_found};
  AddTrack::Codec asked;
  if (!request.codecs.empty()) asked = request.codecs.front();
  const auto codec = enabled_codec(request.kind, asked.codec);
  if (!codec) return Err{Refusal::unsupported_type};
  auto& codecs = track->description.codecs;
  std::size_t at = 1;
  while (at < codecs.size() && codecs[at].codec != *codec) ++at;
  if (at == codecs.size() || track->encodings[at].id) return Err{Refusal::invalid_request};
  codecs[at].cid = request.cid;
  announce(p, *track, at);
  p.emit(TrackPublished{request.cid, track->description});
  return Ok{};
}

void Publications::announce(Participant& p, Track& track, std::size_t encoding) {
  const TrackId id = world_.new_track_id();
  track.encodings.at(encoding).id = id;
  world_.tracks[id] = {&track, encoding};
  world_.shards.post(
      p.shard, shard::AddPendingTrack{p.transports.publisher, shard_track_info(track, encoding)});
}

void Publications::on_bound(const shard::TrackBound& event, TimePoint now) {
  const World::TrackRef ref = world_.track(event.track);
  if (!ref.track || world_.by_peer(event.peer) != ref.track->owner) return;
  Track& track = *ref.track;
  TrackCodec& codec = track.description.codecs.at(ref.encoding);
  const bool other_codec = codec.codec != event.codec;
  // The client sends in another codec than it agreed to: the track has begun anew on its shard.
  if (other_codec && track.encodings[ref.encoding].bound)
    subscriptions_.encoding_unbound(track, ref.encoding, now);
  if (other_codec) codec.mode = layer_mode(event.codec, LayerMode::unused);
  codec.codec = event.codec;
  codec.red = event.red;
  codec.mid = event.mid;
  if (event.sdp_cid != codec.cid) codec.sdp_cid = event.sdp_cid;
  Track::Encoding& encoding = track.encodings[ref.encoding];
  encoding.bound = true;
  encoding.fmtp = event.fmtp;
  encoding.simulcast = event.simulcast;
  if (ref.encoding == 0) {
    track.description.mid = event.mid;
    if (!track.published) return publish(track, now);
  }
  if (track.description.muted) mute_on_shard(track);  // what has just begun knows of no mute
  updates_.changed_now(*track.owner);
  subscriptions_.encoding_bound(track, ref.encoding, now);
}

void Publications::publish(Track& track, TimePoint now) {
  Participant& owner = *track.owner;
  track.published = true;
  owner.is_publisher = true;
  owner.room->published[track.sid()] = &track;
  if (track.description.muted) mute_on_shard(track);
  // Before the first Subscribe: clients drop media of tracks that they have not been told of.
  updates_.changed_now(owner);
  updates_.counts_changed(*owner.room, now);
  world_.report(owner, TrackAdded{track.description});
  subscriptions_.track_published(track, now);
}

void Publications::on_unbound(const shard::TrackUnbound& event, TimePoint now) {
  const World::TrackRef ref = world_.track(event.track);
  if (!ref.track || world_.by_peer(event.peer) != ref.track->owner) return;
  Track& track = *ref.track;
  Participant& owner = *track.owner;
  if (ref.encoding > 0) {
    // The backup codec alone: it may be announced again under a new cid.
    subscriptions_.encoding_unbound(track, ref.encoding, now);
    world_.shards.post(owner.shard, shard::RemoveTrack{event.peer, event.track});
    world_.tracks.erase(event.track);
    track.encodings[ref.encoding] = {};
    track.description.codecs[ref.encoding].cid.clear();
    track.description.codecs[ref.encoding].mid.clear();
    updates_.changed_now(owner);
    return;
  }
  const std::string cid = track.description.codecs[0].cid;
  remove(owner, track, now);
  updates_.changed_now(owner);
  start_queued(owner, cid);
}

void Publications::remove(Participant& p, Track& track, TimePoint now) {
  speakers_.silence(track);
  if (track.published) {
    p.room->published.erase(track.sid());
    subscriptions_.track_removed(track, now);
    updates_.counts_changed(*p.room, now);
    world_.report(p, TrackRemoved{track.description});
  }
  for (const Track::Encoding& encoding : track.encodings) {
    if (!encoding.id) continue;
    world_.shards.post(p.shard, shard::RemoveTrack{p.transports.publisher, *encoding.id});
    world_.tracks.erase(*encoding.id);
  }
  std::erase_if(p.tracks, [&](const auto& t) { return t.get() == &track; });
  p.is_publisher =
      std::any_of(p.tracks.begin(), p.tracks.end(), [](const auto& t) { return t->published; });
}

void Publications::start_queued(Participant& p, const std::string& cid) {
  const auto it = std::find_if(p.queued_tracks.begin(), p.queued_tracks.end(),
                               [&](const AddTrack& r) { return r.cid == cid; });
  if (it == p.queued_tracks.end()) return;
  const AddTrack request = std::move(*it);
  p.queued_tracks.erase(it);
  if (p.permissions.may_publish(request.source, request.kind)) start(p, request);
}

void Publications::mute_on_shard(const Track& track) {
  for (const Track::Encoding& encoding : track.encodings) {
    if (encoding.id)
      world_.shards.post(track.owner->shard,
                         shard::SetTrackMuted{*encoding.id, track.description.muted});
  }
}

Status<Refusal> Publications::set_muted(Participant& p, const std::string& track_sid, bool muted,
                                        TimePoint now) {
  Track* track = p.track(track_sid);
  if (!track) return Err{Refusal::not_found};
  if (track->description.muted == muted) return Ok{};
  track->description.muted = muted;
  if (!track->published) return Ok{};  // told with the publication
  mute_on_shard(*track);
  subscriptions_.muted_changed(*track, now);
  updates_.changed_now(p);
  world_.report(p, TrackMuteChanged{track->description});
  return Ok{};
}

void Publications::mute_remotely(Participant& p, Track& track, TimePoint now) {
  p.emit(MuteRequested{track.sid(), true});
  track.mute_untold = !p.sink;
  static_cast<void>(set_muted(p, track.sid(), true, now));
}

Status<Refusal> Publications::set_audio_features(Participant& p, const std::string& track_sid,
                                                 std::vector<int> features) {
  Track* track = p.track(track_sid);
  if (!track || track->is_video()) return Err{Refusal::not_found};
  if (features.size() > kMaxAudioFeatures) return Err{Refusal::invalid_request};
  track->description.audio_features = std::move(features);
  if (track->published) updates_.changed_now(p);
  return Ok{};
}

Status<Refusal> Publications::set_video_size(Participant& p, const std::string& track_sid,
                                             std::uint32_t width, std::uint32_t height) {
  Track* track = p.track(track_sid);
  if (!track || !track->is_video()) return Err{Refusal::not_found};
  track->description.width = width;
  track->description.height = height;
  if (track->published) updates_.changed_now(p);
  return Ok{};
}

void Publications::enforce_permissions(Participant& p, TimePoint now) {
  const auto may = [&](const auto& t) { return p.permissions.may_publish(t.source, t.kind); };
  std::erase_if(p.queued_tracks, [&](const AddTrack& r) { return !may(r); });
  std::vector<Track*> lost;
  for (const auto& track : p.tracks)
    if (!may(track->description)) lost.push_back(track.get());
  for (Track* track : lost) {
    p.emit(TrackUnpublished{track->sid()});
    remove(p, *track, now);
  }
}

void Publications::leave_room(Participant& p, TimePoint now) {
  for (const auto& track : p.tracks) {
    if (!track->published) continue;
    speakers_.silence(*track);
    p.room->published.erase(track->sid());
    subscriptions_.track_removed(*track, now);
    world_.report(p, TrackRemoved{track->description});
  }
}

void Publications::enter_room(Participant& p, TimePoint now) {
  for (const auto& track : p.tracks) {
    if (!track->published) continue;
    p.room->published[track->sid()] = track.get();
    subscriptions_.track_published(*track, now);
    world_.report(p, TrackAdded{track->description});
  }
}

void Publications::remove_all(Participant& p, TimePoint now) {
  const bool was_publisher = p.is_publisher;
  p.queued_tracks.clear();
  while (!p.tracks.empty()) {
    Track& track = *p.tracks.back();
    track.speaking = false;  // DISCONNECTED tells enough
    remove(p, track, now);
  }
  p.is_publisher = was_publisher;
}

}  // namespace plenum::control
