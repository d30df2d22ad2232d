#pragma once
#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "control/types.h"

/// What control tells the session of one participant. The session queues them; it must not call
/// back into control from within the sink.
namespace plenum::control {

/// Which peer connection of the participant an SDP belongs to.
enum class PeerTarget : std::uint8_t { publisher, subscriber };

struct ParticipantsUpdated {
  std::vector<SnapshotPtr> participants;
};
struct TrackPublished {
  std::string cid;
  TrackDescription track;
};
struct TrackUnpublished {
  std::string track_sid;
};
struct AnswerReady {
  PeerTarget target = PeerTarget::publisher;
  std::uint32_t id = 0;
  std::string sdp;
  std::vector<std::pair<std::string, std::string>> mid_to_track;
};
struct OfferReady {
  std::uint32_t id = 0;
  std::string sdp;
  std::vector<std::pair<std::string, std::string>> mid_to_track;
};
struct SectionsRequired {
  std::uint32_t audio = 0;
  std::uint32_t video = 0;
};
/// The server ends this connection: send it, then close the socket.
struct LeaveSent {
  LeaveAction action = LeaveAction::disconnect;
  DisconnectReason reason = DisconnectReason::unknown;
};
/// Another socket serves this participant now: close without a word.
struct SessionReplaced {};
struct MuteRequested {
  std::string track_sid;
  bool muted = false;
};
struct SpeakersChanged {
  struct Entry {
    std::string participant_sid;
    float level = 0;
    bool active = false;
  };
  std::vector<Entry> speakers;
};
struct RoomUpdated {
  RoomSnapshot room;
};
struct QualityChanged {
  struct Entry {
    std::string participant_sid;
    ConnectionQuality quality = ConnectionQuality::excellent;
    float score = 0;
  };
  std::vector<Entry> entries;
};
/// Dynacast: which qualities of which codec anyone wants. `max` = off means none.
struct SubscribedQualities {
  struct Codec {
    codec::Codec codec = codec::Codec::vp8;
    VideoQuality max = VideoQuality::off;
  };
  std::string track_sid;
  std::vector<Codec> codecs;
};
struct SubscriptionPermissionChanged {
  std::string participant_sid;
  std::string track_sid;
  bool allowed = true;
};
enum class SubscriptionError : std::uint8_t { unknown, codec_unsupported, track_not_found };
struct SubscriptionFailed {
  std::string track_sid;
  SubscriptionError error = SubscriptionError::unknown;
};
struct TrackSubscribed {
  std::string track_sid;
};
/// The participant is in another room now, with its transports and tracks. Needs a token for it.
struct RoomMoved {
  RoomSnapshot room;
  SnapshotPtr self;
  std::vector<SnapshotPtr> others;
};
/// Time to hand out a new token made from the participant's present name and permissions.
struct TokenDue {};

using ParticipantEvent =
    std::variant<ParticipantsUpdated, TrackPublished, TrackUnpublished, AnswerReady, OfferReady,
                 SectionsRequired, LeaveSent, SessionReplaced, MuteRequested, SpeakersChanged,
                 RoomUpdated, QualityChanged, SubscribedQualities, SubscriptionPermissionChanged,
                 SubscriptionFailed, TrackSubscribed, RoomMoved, TokenDue>;

using EventSink = std::function<void(ParticipantEvent)>;

}  // namespace plenum::control
