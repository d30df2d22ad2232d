#include "control/control.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/overloaded.h"

namespace plenum::control {
namespace {

/// How soon a full ring is tried again.
constexpr Duration kRetry = 2ms;

}  // namespace

Control::Control(Config config, std::uint32_t shards, Shards::Post post, EditData edit_data,
                 std::function<std::int64_t()> unix_ms)
    : world_(std::move(config), shards, std::move(post), std::move(unix_ms)),
      updates_(world_),
      rooms_(world_, updates_),
      speakers_(world_),
      subscriptions_(world_, [this](Participant& p, TimePoint now) { reconnect(p, now); }),
      publications_(world_, updates_, subscriptions_, speakers_),
      data_(world_, std::move(edit_data)),
      quality_(world_),
      participants_(world_, rooms_, updates_, publications_, subscriptions_, data_),
      moderation_(world_, rooms_, participants_, publications_, subscriptions_, data_),
      meeting_(world_, participants_, publications_),
      focus_(world_),
      taps_(world_, subscriptions_),
      egress_(world_, updates_, taps_) {}

void Control::on_event(ShardId, shard::Event event, TimePoint now) {
  std::visit(overloaded{
                 [](std::monostate) {},
                 [&](shard::LocalAnswer& e) { on_answer(std::move(e)); },
                 [&](shard::LocalOffer& e) { on_offer(std::move(e), now); },
                 [&](shard::NegotiationFailed& e) { on_negotiation_failed(e, now); },
                 [&](shard::SectionsNeeded& e) { participants_.on_sections_needed(e); },
                 [&](shard::PeerConnected& e) { participants_.on_connected(e.peer, now); },
                 [&](shard::PeerDisconnected& e) { participants_.on_disconnected(e, now); },
                 [&](shard::PeerReconnected& e) { participants_.on_reconnected(e.peer); },
                 [&](shard::TrackBound& e) { publications_.on_bound(e, now); },
                 [&](shard::TrackUnbound& e) { publications_.on_unbound(e, now); },
                 [&](shard::SubscriptionBound& e) {
                   if (Participant* p = world_.by_peer(e.peer)) subscriptions_.bound(*p, e.track);
                 },
                 [&](shard::SubscriptionUnsupported& e) {
                   if (Participant* p = world_.by_peer(e.peer))
                     subscriptions_.unsupported(*p, e.track, now);
                 },
                 [&](shard::DataChannelChanged& e) { data_.on_channel(e, now); },
                 [&](shard::DataReceived& e) { data_.on_received(e, now); },
                 [&](shard::Speakers& e) { speakers_.on_levels(e); },
                 [&](shard::Quality& e) { quality_.on_quality(e); },
                 [&](shard::ShardSnapshot& e) {
                   if (snapshot_sink_) snapshot_sink_(e);
                 },
                 [](shard::Stopped&) {},
             },
             event);
}

void Control::on_answer(shard::LocalAnswer event) {
  const Participant* p = world_.by_peer(event.peer);
  if (!p) return;
  p->emit(AnswerReady{PeerTarget::publisher, event.id, std::move(event.sdp),
                      std::move(event.mid_to_track)});
}

void Control::on_offer(shard::LocalOffer event, TimePoint now) {
  Participant* p = world_.by_peer(event.peer);
  if (!p) return;
  p->offer_id = event.id;
  world_.timers.cancel(p->answer_timer);
  p->answer_timer =
      world_.timers.at(now + world_.config.negotiation_timeout, [this, id = p->id](TimePoint t) {
        Participant* late = world_.participant(id);
        if (!late || !late->sink) return;  // gone, or back later: then it is offered anew
        log::warn("participant {} {} does not answer an offer", late->sid, late->identity);
        reconnect(*late, t);
      });
  p->emit(OfferReady{event.id, std::move(event.sdp), std::move(event.mid_to_track)});
}

void Control::reconnect(Participant& p, TimePoint now) {
  participants_.end(p, LeaveAction::reconnect, DisconnectReason::state_mismatch, now);
}

void Control::on_negotiation_failed(const shard::NegotiationFailed& event, TimePoint now) {
  Participant* p = world_.by_peer(event.peer);
  if (!p) return;
  log::warn("participant {} {}: negotiation failed: {}", p->sid, p->identity, event.reason);
  reconnect(*p, now);
}

void Control::handle_timeout(TimePoint now) {
  world_.shards.flush();
  world_.timers.run(now);
  focus_.update(now);
  flush_at_ = world_.shards.waiting() ? now + kRetry : kNever;
}

TimePoint Control::next_timeout() const {
  if (!world_.touched.empty()) return TimePoint{};
  // Commands may have begun to wait since the last turn: TimePoint{} lies in the past.
  const TimePoint flush = world_.shards.waiting() && flush_at_ == kNever ? TimePoint{} : flush_at_;
  return std::min(world_.timers.next_timeout(), flush);
}

void Control::shut_down(TimePoint now) {
  while (!world_.rooms.empty())
    participants_.close_room(*world_.rooms.begin()->second, DisconnectReason::server_shutdown, now);
}

Result<Joined, JoinRefusal> Control::join(JoinRequest request, EventSink sink, TimePoint now) {
  return participants_.join(std::move(request), std::move(sink), now);
}

Result<Resumed, ResumeRefused> Control::resume(const ResumeRequest& request, EventSink sink,
                                               TimePoint now) {
  return participants_.resume(request, std::move(sink), now);
}

void Control::signal_lost(ParticipantId id, std::uint64_t session, TimePoint now) {
  participants_.signal_lost(id, session, now);
}

void Control::leave(ParticipantId id, TimePoint now) {
  if (Participant* p = world_.participant(id))
    participants_.end(*p, std::nullopt, DisconnectReason::client_initiated, now);
}

void Control::end(ParticipantId id, LeaveAction action, DisconnectReason reason, TimePoint now) {
  if (Participant* p = world_.participant(id)) participants_.end(*p, action, reason, now);
}

void Control::offer(ParticipantId id, std::uint32_t sdp_id, std::string sdp) {
  Participant* p = world_.participant(id);
  if (!p) return;
  p->sections_held.reset();  // the shard says anew what is missing
  world_.shards.post(p->shard, shard::RemoteOffer{p->transports.publisher, sdp_id, std::move(sdp)});
}

void Control::answer(ParticipantId id, std::uint32_t sdp_id, std::string sdp) {
  Participant* p = world_.participant(id);
  if (!p || p->transports.single) return;
  // Some clients number no answers (livekit-wire 4.1); one to an older offer answers nothing.
  if (sdp_id == 0 || sdp_id == p->offer_id) world_.timers.cancel(p->answer_timer);
  world_.shards.post(p->shard,
                     shard::RemoteAnswer{p->transports.subscriber, sdp_id, std::move(sdp)});
}

void Control::restart_ice(ParticipantId id, bool tcp_only) {
  if (const Participant* p = world_.participant(id))
    world_.shards.post(p->shard, shard::RestartIce{p->transports.subscriber, tcp_only});
}

Status<Refusal> Control::add_track(ParticipantId id, AddTrack request) {
  Participant* p = world_.participant(id);
  if (!p) return Err{Refusal::not_found};
  return publications_.add(*p, std::move(request));
}

Status<Refusal> Control::set_muted(ParticipantId id, const std::string& track_sid, bool muted,
                                   TimePoint now) {
  Participant* p = world_.participant(id);
  if (!p) return Err{Refusal::not_found};
  return publications_.set_muted(*p, track_sid, muted, now);
}

Status<Refusal> Control::set_audio_features(ParticipantId id, const std::string& track_sid,
                                            std::vector<int> features) {
  Participant* p = world_.participant(id);
  if (!p) return Err{Refusal::not_found};
  return publications_.set_audio_features(*p, track_sid, std::move(features));
}

Status<Refusal> Control::set_video_size(ParticipantId id, const std::string& track_sid,
                                        std::uint32_t width, std::uint32_t height) {
  Participant* p = world_.participant(id);
  if (!p) return Err{Refusal::not_found};
  return publications_.set_video_size(*p, track_sid, width, height);
}

void Control::set_subscription(ParticipantId id, const std::vector<std::string>& track_sids,
                               bool subscribe, TimePoint now) {
  if (Participant* p = world_.participant(id))
    subscriptions_.set_wish(*p, track_sids, subscribe, now);
}

void Control::set_track_settings(ParticipantId id, const std::vector<std::string>& track_sids,
                                 const TrackSettings& settings, TimePoint now) {
  if (Participant* p = world_.participant(id))
    subscriptions_.set_settings(*p, track_sids, settings, now);
}

void Control::set_subscription_permission(ParticipantId id, SubscriptionPermission permission,
                                          TimePoint now) {
  if (Participant* p = world_.participant(id))
    subscriptions_.set_permission(*p, std::move(permission), now);
}

Status<Refusal> Control::change_profile(ParticipantId id, const ProfileChange& change) {
  Participant* p = world_.participant(id);
  if (!p) return Err{Refusal::not_found};
  if (!p->permissions.can_update_metadata) return Err{Refusal::not_allowed};
  for (const auto& [key, value] : change.attributes)
    if (is_reserved(key)) return Err{Refusal::not_allowed};
  return participants_.change_profile(*p, change);
}

void Control::sync(ParticipantId id, const SyncState& state, TimePoint now) {
  if (Participant* p = world_.participant(id)) participants_.sync(*p, state, now);
}

void Control::simulate_speaking(ParticipantId id, Duration length, TimePoint now) {
  if (const Participant* p = world_.participant(id)) speakers_.simulate(*p, length, now);
}

}  // namespace plenum::control
