#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/token_bucket.h"
#include "control/events.h"
#include "control/measurement.h"
#include "control/mode.h"
#include "control/timers.h"
#include "control/track.h"
#include "control/types.h"
#include "shard/messages.h"

namespace plenum::control {

struct Room;

/// One track to one participant, as commanded to the shard.
struct Subscription {
  Track* track = nullptr;
  /// Which encoding is forwarded, or wanted while that encoding is not yet sent by the publisher.
  std::size_t encoding = 0;
  /// Subscribe has been posted for that encoding.
  bool commanded = false;
  /// The client's SDP has a section for it.
  bool bound = false;
  Timers::Handle bind_timer;
  shard::LayerTarget target;
  VideoQuality quality = VideoQuality::off;
};

/// What a participant asked for by track sid; kept for tracks that do not exist yet.
struct Wish {
  std::optional<bool> subscribe;
  std::optional<TrackSettings> settings;
  /// No codec of it fits this client; not tried again until asked anew.
  bool codec_failed = false;
  /// The publisher's permission as last told; clients assume allowed.
  bool told_allowed = true;
  Timers::Handle not_found;
};

/// Reliable messages of one sender, kept for receivers that resume or open their channel late.
struct ReliableMessage {
  TimePoint sent;
  std::uint32_t sequence = 0;
  shard::SharedBytes bytes;
  std::vector<std::string> destination_identities, destination_sids;
};

struct DataState {
  bool reliable_open = false;
  bool lossy_open = false;
  /// When the reliable channel was closed last; what was sent since is sent when it opens again.
  TimePoint closed_at{};
  std::uint32_t last_sequence = 0;
  std::deque<ReliableMessage> sent;
  std::size_t sent_bytes = 0;
  std::deque<std::string> nonces;
};

/// The two (v0) or one (v1) peer connections of a participant.
struct Transports {
  /// v1: one peer connection for both ways; `publisher` and `subscriber` are then the same.
  bool single = false;
  PeerId publisher, subscriber;
  /// The peer that must be up for the participant to be ACTIVE, and where data is sent to it.
  PeerId primary;
  bool publisher_up = false, subscriber_up = false;
  bool publisher_lost = false, subscriber_lost = false;
  bool ever_connected = false;
  /// DTLS of one of them is over: only new peer connections help.
  bool closed = false;
  bool lost() const { return publisher_lost || subscriber_lost; }
};

/// The shards' newest figures of what a participant receives.
struct Reported {
  Duration rtt{};
  shard::Quality::Downlink audio, video;
};

/// One participant while its session lives. State only; the rules are in the components that
/// World lists. Owned by its Room, seen only by the control thread.
struct Participant {
  ParticipantId id;
  Room* room = nullptr;
  ShardId shard;
  std::string sid, identity, name, metadata;
  /// See JoinRequest.
  std::optional<std::string> token_identity;
  Attributes attributes;
  Permissions permissions;
  Rights rights;
  /// In the lobby: asks to enter. Sees nobody, is seen by nobody and takes no place meanwhile.
  bool waiting = false;
  /// Came by the lobby: its first token is one that has to ask.
  bool asked = false;
  /// Has called the server: events of the room are sent to those who did.
  bool calls_server = false;
  ParticipantKind kind = ParticipantKind::standard;
  std::vector<std::string> kind_details;
  ClientInfo client;
  bool auto_subscribe = true;
  bool adaptive_stream = false;
  ParticipantState state = ParticipantState::joining;
  DisconnectReason disconnect_reason = DisconnectReason::unknown;
  bool removed_by_server_api = false;
  std::uint32_t version = 1;
  TimePoint joined_at{};
  std::int64_t joined_at_ms = 0;
  bool is_publisher = false;
  Transports transports;

  /// The connected signalling session; null while it is lost.
  EventSink sink;
  /// Tells a late report about a former socket from one about the present one.
  std::uint64_t session = 0;
  TimePoint signal_lost_at{};

  std::vector<std::unique_ptr<Track>> tracks;
  std::deque<AddTrack> queued_tracks;
  SubscriptionPermission subscription_permission;
  std::unordered_map<std::string, Wish> wishes;
  std::map<std::string, Subscription> subscriptions;
  DataState data;
  /// Its calls to the server.
  TokenBucket requests;
  /// See Topics and SharedValues; not for another room.
  std::set<std::string, std::less<>> topics, observed;
  Measurement measurement;
  ConnectionQuality quality = ConnectionQuality::excellent;
  float quality_score = 0;
  Reported reported;
  bool speaking = false;

  Timers::Handle join_timer, grace_timer, token_timer;
  /// Media sections that the client shall offer once media flows: native clients that are asked
  /// while they connect stop hearing their signal connection.
  std::optional<SectionsRequired> sections_held;
  /// Runs while the client owes the answer to the offer with that id.
  Timers::Handle answer_timer;
  std::uint32_t offer_id = 0;
  /// The snapshot of the present version, made on demand.
  SnapshotPtr snapshot;

  void emit(ParticipantEvent event) const {
    if (sink) sink(std::move(event));
  }
  bool visible() const { return !permissions.hidden && !waiting; }
  bool is_recorder() const { return permissions.recorder || kind == ParticipantKind::egress; }
  bool is_agent() const { return permissions.agent || kind == ParticipantKind::agent; }
  /// Keeps the room open and takes one of its places (livekit-wire 8.4).
  bool counts() const { return !is_recorder() && !is_agent() && !waiting; }
  /// A person taking part, not a recorder or somebody unseen.
  bool takes_part() const { return visible() && !is_recorder() && !waiting; }
  Mode mode() const;
  Track* track(std::string_view track_sid) const;
  std::size_t pending_tracks() const;
};

}  // namespace plenum::control
