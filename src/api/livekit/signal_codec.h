// Between control's values and the messages of the LiveKit signalling protocol. Pure functions;
// who gets which message when is the session's and control's business.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "api/livekit/join_request.h"
#include "api/livekit/token.h"
#include "control/events.h"
#include "control/participants.h"
#include "proto/livekit_rtc.pb.h"

namespace plenum::livekit_api {

/// One entry of the ICE server list that clients are given.
struct IceServer {
  std::vector<std::string> urls;
  std::string username, credential;
};

/// What the server says about itself in every join.
struct SignalConfig {
  /// Both forms of the signalling protocol, or only the older one.
  bool offer_v1 = true;
  /// `simulate` requests are obeyed.
  bool dev = false;
  /// Joins a second from one client (Address::network); 0 = no limit.
  std::uint32_t join_rate_per_address = 50;
  int ping_interval_seconds = 5;
  int ping_timeout_seconds = 15;
  std::string region;
  std::string node_id = "ND_plenum";
  std::string product_version = "0.1.0";
  std::vector<IceServer> ice_servers;
};

/// Clients switch features on by this: a version of the protocol's reference server.
inline constexpr const char* kServerVersion = "1.13.5";
inline constexpr int kServerProtocol = 17;

// --- models
::livekit::Room room_message(const control::RoomSnapshot& room);
::livekit::ParticipantInfo participant_message(const control::ParticipantSnapshot& participant);
::livekit::TrackInfo track_message(const control::TrackDescription& track);
::livekit::ParticipantPermission permission_message(const control::Permissions& permissions);
control::Permissions permissions_of(const ::livekit::ParticipantPermission& message);
control::Permissions permissions_of(const Grants& grants);

// --- responses
::livekit::JoinResponse join_message(const control::Joined& joined, const SignalConfig& config);
::livekit::ReconnectResponse reconnect_message(const control::Resumed& resumed,
                                               const SignalConfig& config);
::livekit::LeaveRequest leave_message(control::LeaveAction action,
                                      control::DisconnectReason reason);
/// Every event but those that need the session itself (TokenDue, RoomMoved, LeaveSent,
/// SessionReplaced);
/// several messages when one would be too large.
std::vector<::livekit::SignalResponse> event_messages(const control::ParticipantEvent& event);

// --- requests
/// Names of rights in the claim `plenum.rights`.
std::vector<std::string> names_of(const control::Rights& rights);

control::JoinRequest join_request(const AccessToken& token, const JoinParameters& parameters);
control::AddTrack add_track_request(const ::livekit::AddTrackRequest& message);
control::TrackSettings track_settings(const ::livekit::UpdateTrackSettings& message);
control::SubscriptionPermission subscription_permission(
    const ::livekit::SubscriptionPermission& message);
control::SyncState sync_state(const ::livekit::SyncState& message);
/// The sids of both lists of the message.
std::vector<std::string> track_sids(const ::livekit::UpdateSubscription& message);

}  // namespace plenum::livekit_api
