// What a participant makes of the server's messages.
#include <boost/json/parse.hpp>

#include "io/clock.h"
#include "load/participant.h"
#include "media/sdp/parser.h"
#include "proto/livekit_rtc.pb.h"

namespace plenum::load {
namespace {

constexpr std::size_t kMaxTrickle = 4'096;

std::string candidate_of(const std::string& candidate_init) {
  if (candidate_init.size() > kMaxTrickle) return "";
  boost::system::error_code ec;
  const boost::json::value v = boost::json::parse(candidate_init, ec);
  if (ec || !v.is_object()) return "";
  const boost::json::value* text = v.get_object().if_contains("candidate");
  return text && text->is_string() ? std::string(text->get_string()) : "";
}

livekit::TrackSource source_of(Source s) {
  switch (s) {
    case Source::camera:
      return livekit::CAMERA;
    case Source::microphone:
      return livekit::MICROPHONE;
    case Source::screen:
      break;
  }
  return livekit::SCREEN_SHARE;
}

void describe(const OutboundTrack& track, livekit::AddTrackRequest& out) {
  const bool audio = track.source() == Source::microphone;
  out.set_cid(track.cid());
  out.set_name(audio ? "microphone" : track.source() == Source::camera ? "camera" : "screen");
  out.set_type(audio ? livekit::AUDIO : livekit::VIDEO);
  out.set_source(source_of(track.source()));
  out.set_disable_red(true);
  if (audio) return;
  const std::size_t n = track.layers().size();
  out.set_width(track.clip(n - 1).width);
  out.set_height(track.clip(n - 1).height);
  for (std::size_t i = 0; i < n; ++i) {
    livekit::VideoLayer& l = *out.add_layers();
    l.set_quality(n == 1 ? livekit::HIGH : static_cast<livekit::VideoQuality>(i));
    l.set_width(track.clip(i).width);
    l.set_height(track.clip(i).height);
    l.set_bitrate(track.clip(i).bitrate_bps);
  }
  livekit::SimulcastCodec& c = *out.add_simulcast_codecs();
  c.set_codec(std::string(codec::name(track.clip(0).codec)));
  c.set_cid(track.cid());
}

}  // namespace

void Participant::on_response(const livekit::SignalResponse& r) {
  using Kind = livekit::SignalResponse;
  const TimePoint now = io::now();
  switch (r.message_case()) {
    case Kind::kJoin:
      on_join(r.join(), now);
      break;
    case Kind::kUpdate:
      for (const auto& p : r.update().participants()) on_participant(p, now);
      break;
    case Kind::kTrackPublished:
      on_track_published(r.track_published().cid(), r.track_published().track().sid(), now);
      break;
    case Kind::kOffer:
      on_offer(r.offer(), now);
      break;
    case Kind::kAnswer:
      on_answer(r.answer(), now);
      break;
    case Kind::kTrickle:
      on_trickle(r.trickle(), now);
      break;
    case Kind::kSubscribedQualityUpdate:
      on_qualities(r.subscribed_quality_update());
      break;
    case Kind::kSpeakersChanged:
      for (const auto& s : r.speakers_changed().speakers())
        if (s.active() && s.sid() != own_sid_) {
          view_.set_speaker(s.sid());
          next_wishes_ = std::min(next_wishes_, now + 1s);
          break;
        }
      break;
    case Kind::kStreamStateUpdate:
      for (const auto& s : r.stream_state_update().stream_states())
        if (s.state() == livekit::PAUSED && subscriber_) subscriber_->pause(s.track_sid());
      break;
    case Kind::kRequestResponse:
      if (r.request_response().has_add_track() &&
          r.request_response().reason() != livekit::RequestResponse::OK &&
          r.request_response().reason() != livekit::RequestResponse::QUEUED)
        fail("the server refused a track: " + r.request_response().message());
      break;
    case Kind::kLeave:
      fail("the server ended the session, reason " + std::to_string(r.leave().reason()));
      break;
    default:
      break;
  }
  arm(now);
}

void Participant::on_join(const livekit::JoinResponse& join, TimePoint now) {
  visit_.signalled = now - visit_.started;
  own_sid_ = join.participant().sid();
  if (join.ping_interval() > 0) ping_interval_ = std::chrono::seconds(join.ping_interval());
  next_ping_ = now + ping_interval_;
  for (const auto& p : join.other_participants()) on_participant(p, now);
  if (config_.who.publishes) publish(now);
}

void Participant::on_participant(const livekit::ParticipantInfo& p, TimePoint now) {
  if (p.sid() == own_sid_ || !config_.who.subscribes) return;
  const bool gone = p.state() == livekit::ParticipantInfo::DISCONNECTED;
  for (const auto& t : p.tracks()) {
    if (t.muted() && subscriber_) subscriber_->pause(t.sid());
    if (t.type() != livekit::VIDEO) continue;
    if (gone)
      view_.remove(t.sid());
    else
      view_.add(t.sid(), p.sid(), t.source() == livekit::SCREEN_SHARE);
  }
  if (gone) view_.remove_participant(p.sid());
  if (world_.scenario.layout != Layout::all) next_wishes_ = std::min(next_wishes_, now + 50ms);
}

void Participant::publish(TimePoint now) {
  const auto phase = static_cast<std::int64_t>(config_.phase * 33'000);
  publisher_ = std::make_unique<Publisher>(
      world_.shared, config_.impairment,
      Publisher::Config{.data = world_.scenario.data_per_second > 0, .phase = Duration(phase)},
      now);
  add_tracks();
  for (const OutboundTrack& t : publisher_->tracks()) {
    livekit::SignalRequest r;
    describe(t, *r.mutable_add_track());
    signal_->send(r);
  }
  if (publisher_->tracks().empty()) on_track_published("", "", now);
}

void Participant::add_tracks() {
  const Scenario& s = world_.scenario;
  const MediaClips& c = world_.clips;
  const std::string& id = config_.who.identity;
  if (s.audio) publisher_->add_track(OutboundTrack(Source::microphone, id + "-audio", {&c.opus}));
  if (s.video) {
    const auto& camera = *s.video == codec::Codec::vp8 ? c.vp8_camera : c.h264_camera;
    std::vector<const MediaClip*> layers{&camera[2]};
    if (s.simulcast) layers = {&camera[0], &camera[1], &camera[2]};
    publisher_->add_track(OutboundTrack(Source::camera, id + "-video", layers));
  }
  if (config_.shares_screen) {
    const bool vp8 = s.video.value_or(codec::Codec::vp8) == codec::Codec::vp8;
    publisher_->add_track(
        OutboundTrack(Source::screen, id + "-screen", {vp8 ? &c.vp8_screen : &c.h264_screen}));
  }
}

void Participant::on_track_published(const std::string& cid, const std::string& sid,
                                     TimePoint now) {
  if (!publisher_ || offered_) return;
  bool all = true;
  for (OutboundTrack& t : publisher_->tracks()) {
    if (t.cid() == cid) t.sid = sid;
    all &= !t.sid.empty();
  }
  if (!all) return;
  offered_ = true;
  livekit::SignalRequest r;
  r.mutable_offer()->set_type("offer");
  r.mutable_offer()->set_sdp(publisher_->offer(now));
  r.mutable_offer()->set_id(1);
  signal_->send(r);
}

void Participant::on_answer(const livekit::SessionDescription& answer, TimePoint now) {
  if (!publisher_) return;
  const auto description = sdp::parse(answer.sdp());
  if (!description || !publisher_->accept(*description, now))
    return fail("the server's answer is of no use");
  watch(kPublisher, publisher_->connection());
  drive(kPublisher, false, now);
}

void Participant::on_offer(const livekit::SessionDescription& offer, TimePoint now) {
  const auto description = sdp::parse(offer.sdp());
  if (!description) return fail("the server's offer is of no use");
  if (!subscriber_)
    subscriber_ = std::make_unique<Subscriber>(world_.shared, config_.impairment, now);
  const std::string answer = subscriber_->answer(*description, now);
  if (answer.empty()) return fail("the server's offer is of no use");
  livekit::SignalRequest r;
  r.mutable_answer()->set_type("answer");
  r.mutable_answer()->set_sdp(answer);
  r.mutable_answer()->set_id(offer.id());
  signal_->send(r);
  watch(kSubscriber, subscriber_->connection());
  drive(kSubscriber, false, now);
}

void Participant::on_trickle(const livekit::TrickleRequest& trickle, TimePoint now) {
  const std::string candidate = candidate_of(trickle.candidateinit());
  if (candidate.empty()) return;
  const auto add = [&](auto& side, Part part) {
    if (!side) return;
    side->connection().add_candidate(candidate, now);
    watch(part, side->connection());
    drive(part, false, now);
  };
  if (trickle.target() == livekit::PUBLISHER)
    add(publisher_, kPublisher);
  else
    add(subscriber_, kSubscriber);
}

void Participant::on_qualities(const livekit::SubscribedQualityUpdate& update) {
  OutboundTrack* track = publisher_ ? publisher_->track(update.track_sid()) : nullptr;
  if (!track) return;
  const auto mask_of = [](const auto& qualities) {
    std::uint32_t mask = 0;
    for (const auto& q : qualities)
      if (q.enabled() && q.quality() <= livekit::HIGH) mask |= 1u << q.quality();
    return mask;
  };
  const std::string_view codec = codec::name(track->clip(0).codec);
  for (const auto& c : update.subscribed_codecs())
    if (c.codec() == codec) return track->set_wanted_layers(mask_of(c.qualities()));
  if (update.subscribed_codecs().empty())
    track->set_wanted_layers(mask_of(update.subscribed_qualities()));
}

}  // namespace plenum::load
