// What a session does with each kind of SignalRequest. Kinds without a handler are ignored:
// `trickle`, because this server is an ICE-lite agent and learns addresses from checks;
// `update_layers`, because only outdated clients send it; and whatever newer clients invent.
#include "api/livekit/signal_session.h"

#include <algorithm>

namespace plenum::livekit_api {
namespace {

namespace pb = ::livekit;

constexpr int kMaxSimulatedSeconds = 60;

/// Data tracks and blobs are not offered; asking for them must not leave a client waiting.
Status<control::Refusal> refuse_data_track(const control::Participant* p) {
  if (p && !p->permissions.can_publish_data) return Err{control::Refusal::not_allowed};
  return Err{control::Refusal::unsupported_type};
}

}  // namespace

SignalSession::Handler SignalSession::handler_for(Request::MessageCase kind) {
  static const std::map<Request::MessageCase, Handler> kHandlers = {
      {Request::kOffer, &SignalSession::on_offer},
      {Request::kAnswer, &SignalSession::on_answer},
      {Request::kAddTrack, &SignalSession::on_add_track},
      {Request::kMute, &SignalSession::on_mute},
      {Request::kSubscription, &SignalSession::on_subscription},
      {Request::kTrackSetting, &SignalSession::on_track_setting},
      {Request::kLeave, &SignalSession::on_leave},
      {Request::kSubscriptionPermission, &SignalSession::on_subscription_permission},
      {Request::kSyncState, &SignalSession::on_sync_state},
      {Request::kSimulate, &SignalSession::on_simulate},
      {Request::kPing, &SignalSession::on_ping},
      {Request::kPingReq, &SignalSession::on_ping_req},
      {Request::kUpdateMetadata, &SignalSession::on_update_metadata},
      {Request::kUpdateAudioTrack, &SignalSession::on_update_audio_track},
      {Request::kUpdateVideoTrack, &SignalSession::on_update_video_track},
      {Request::kPublishDataTrackRequest, &SignalSession::on_publish_data_track},
      {Request::kUnpublishDataTrackRequest, &SignalSession::on_unpublish_data_track},
  };
  const auto it = kHandlers.find(kind);
  return it == kHandlers.end() ? nullptr : it->second;
}

void SignalSession::on_offer(const Request& request, TimePoint) {
  context_.control.offer(participant_, request.offer().id(), request.offer().sdp());
}

void SignalSession::on_answer(const Request& request, TimePoint) {
  context_.control.answer(participant_, request.answer().id(), request.answer().sdp());
}

void SignalSession::on_add_track(const Request& request, TimePoint) {
  const pb::AddTrackRequest& asked = request.add_track();
  Status<control::Refusal> result = Err{control::Refusal::unsupported_type};
  if (asked.type() == pb::AUDIO || asked.type() == pb::VIDEO)
    result = context_.control.add_track(participant_, add_track_request(asked));
  if (result) return;  // answered by track_published
  answer_request(result, 0, [&](auto& out) { *out.mutable_add_track() = asked; });
}

void SignalSession::on_mute(const Request& request, TimePoint now) {
  const pb::MuteTrackRequest& asked = request.mute();
  const auto result = context_.control.set_muted(participant_, asked.sid(), asked.muted(), now);
  if (!result) answer_request(result, 0, [&](auto& out) { *out.mutable_mute() = asked; });
}

void SignalSession::on_subscription(const Request& request, TimePoint now) {
  context_.control.set_subscription(participant_, track_sids(request.subscription()),
                                    request.subscription().subscribe(), now);
}

void SignalSession::on_track_setting(const Request& request, TimePoint now) {
  const pb::UpdateTrackSettings& asked = request.track_setting();
  context_.control.set_track_settings(participant_,
                                      {asked.track_sids().begin(), asked.track_sids().end()},
                                      track_settings(asked), now);
}

void SignalSession::on_leave(const Request&, TimePoint now) {
  context_.control.leave(participant_, now);
  close();  // some clients leave the closing to us
}

void SignalSession::on_subscription_permission(const Request& request, TimePoint now) {
  context_.control.set_subscription_permission(
      participant_, subscription_permission(request.subscription_permission()), now);
}

void SignalSession::on_sync_state(const Request& request, TimePoint now) {
  context_.control.sync(participant_, sync_state(request.sync_state()), now);
}

void SignalSession::on_ping(const Request&, TimePoint) {
  pb::SignalResponse response;
  response.set_pong(context_.unix_ms());
  send(response);
}

void SignalSession::on_ping_req(const Request& request, TimePoint) {
  pb::SignalResponse response;
  response.mutable_pong_resp()->set_last_ping_timestamp(request.ping_req().timestamp());
  response.mutable_pong_resp()->set_timestamp(context_.unix_ms());
  send(response);
}

void SignalSession::on_update_metadata(const Request& request, TimePoint) {
  const pb::UpdateParticipantMetadata& asked = request.update_metadata();
  control::ProfileChange change{asked.metadata(), asked.name(), {}};
  for (const auto& [key, value] : asked.attributes()) change.attributes[key] = value;
  const auto result = context_.control.change_profile(participant_, change);
  answer_request(result, asked.request_id(),
                 [&](auto& out) { *out.mutable_update_metadata() = asked; });
}

void SignalSession::on_update_audio_track(const Request& request, TimePoint) {
  const pb::UpdateLocalAudioTrack& asked = request.update_audio_track();
  const auto result = context_.control.set_audio_features(
      participant_, asked.track_sid(), {asked.features().begin(), asked.features().end()});
  if (!result)
    answer_request(result, 0, [&](auto& out) { *out.mutable_update_audio_track() = asked; });
}

void SignalSession::on_update_video_track(const Request& request, TimePoint) {
  const pb::UpdateLocalVideoTrack& asked = request.update_video_track();
  const auto result = context_.control.set_video_size(participant_, asked.track_sid(),
                                                      asked.width(), asked.height());
  if (!result)
    answer_request(result, 0, [&](auto& out) { *out.mutable_update_video_track() = asked; });
}

void SignalSession::on_publish_data_track(const Request& request, TimePoint) {
  const auto& asked = request.publish_data_track_request();
  answer_request(refuse_data_track(context_.control.participant(participant_)), 0,
                 [&](auto& out) { *out.mutable_publish_data_track() = asked; });
}

void SignalSession::on_unpublish_data_track(const Request& request, TimePoint) {
  const auto& asked = request.unpublish_data_track_request();
  answer_request(Err{control::Refusal::not_found}, 0,
                 [&](auto& out) { *out.mutable_unpublish_data_track() = asked; });
}

void SignalSession::on_simulate(const Request& request, TimePoint now) {
  using Scenario = pb::SimulateScenario;
  using control::DisconnectReason;
  using control::LeaveAction;
  if (!context_.config.dev) return;
  const control::Participant* p = context_.control.participant(participant_);
  if (!p) return;
  const std::string sid = p->sid;
  const Scenario& scenario = request.simulate();
  switch (scenario.scenario_case()) {
    case Scenario::kSpeakerUpdate: {
      const int seconds = std::clamp(scenario.speaker_update(), 0, kMaxSimulatedSeconds);
      return context_.control.simulate_speaking(participant_, std::chrono::seconds(seconds), now);
    }
    case Scenario::kNodeFailure:
      // As after a crash: nothing is said, and a resume finds nobody.
      context_.control.leave(participant_, now);
      return close();
    case Scenario::kMigration:
      return leave(LeaveAction::resume, DisconnectReason::migration);
    case Scenario::kServerLeave:
      return context_.control.end(participant_, LeaveAction::disconnect,
                                  DisconnectReason::server_shutdown, now);
    case Scenario::kLeaveRequestFullReconnect:
      return context_.control.end(participant_, LeaveAction::reconnect, DisconnectReason::unknown,
                                  now);
    case Scenario::kSwitchCandidateProtocol:
      context_.control.restart_ice(participant_, scenario.switch_candidate_protocol() != pb::UDP);
      // With one peer connection only the client can restart ICE; it does so when it resumes.
      if (p->transports.single) leave(LeaveAction::resume, DisconnectReason::unknown);
      return;
    case Scenario::kDisconnectSignalOnResume:
      context_.resume_tests[sid] = SignalContext::ResumeTest::cut_after_messages;
      return close();
    case Scenario::kDisconnectSignalOnResumeNoMessages:
      context_.resume_tests[sid] = SignalContext::ResumeTest::cut_at_once;
      return close();
    default:
      return;
  }
}

}  // namespace plenum::livekit_api
