#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "media/codec/codec.h"

/// The words in which control describes rooms, participants and tracks to whoever serves a public
/// protocol. Plain values. Where an enum has numbers they are those of the LiveKit protocol, so
/// that its adapter need not translate.
namespace plenum::control {

/// One session of a participant on this node. Never reused within a process.
using ParticipantId = Strong<struct ParticipantIdTag, std::uint64_t>;

enum class ParticipantState : std::uint8_t { joining, joined, active, disconnected };

enum class ParticipantKind : std::uint8_t {
  standard = 0,
  ingress = 1,
  egress = 2,
  sip = 3,
  agent = 4,
  connector = 7,
  bridge = 8,
};

enum class TrackSource : std::uint8_t {
  unknown,
  camera,
  microphone,
  screen_share,
  screen_share_audio,
};

/// "camera", "microphone", "screen_share", "screen_share_audio", as tokens have them; "" = unknown.
constexpr std::string_view source_name(TrackSource source) {
  constexpr std::string_view kNames[] = {"", "camera", "microphone", "screen_share",
                                         "screen_share_audio"};
  return kNames[static_cast<std::size_t>(source)];
}
constexpr TrackSource source_named(std::string_view name) {
  using enum TrackSource;
  for (const TrackSource s : {camera, microphone, screen_share, screen_share_audio})
    if (source_name(s) == name) return s;
  return unknown;
}

enum class Encryption : std::uint8_t { none, gcm, custom };
enum class VideoQuality : std::uint8_t { low, medium, high, off };
enum class ConnectionQuality : std::uint8_t { poor, good, excellent, lost };
enum class LeaveAction : std::uint8_t { disconnect, resume, reconnect };

enum class DisconnectReason : std::uint8_t {
  unknown = 0,
  client_initiated = 1,
  duplicate_identity = 2,
  server_shutdown = 3,
  participant_removed = 4,
  room_deleted = 5,
  state_mismatch = 6,
  join_failure = 7,
  migration = 8,
  signal_close = 9,
  room_closed = 10,
  /// The answer to who asked to enter was no.
  user_rejected = 12,
  connection_timeout = 14,
};

/// How spatial layers are carried: each in a stream of its own (simulcast) or all in one (SVC).
enum class LayerMode : std::uint8_t { unused = 0, one_per_stream = 1, multiple_per_stream = 2 };

/// What a participant may do now: the effective set, after the defaults of absent grants.
struct Permissions {
  bool can_subscribe = true;
  bool can_publish = true;
  bool can_publish_data = true;
  bool can_update_metadata = false;
  bool can_subscribe_metrics = false;
  bool hidden = false;
  bool recorder = false;
  bool agent = false;
  /// Empty = every source. Not empty restricts, and a source then has the kind of media that its
  /// name says; can_publish = false still wins.
  std::vector<TrackSource> can_publish_sources;

  bool may_publish(TrackSource source, MediaKind kind) const;
  friend bool operator==(const Permissions&, const Permissions&) = default;
};

/// What a participant may do besides sending and receiving media now.
struct Rights {
  /// Sees who asks to enter the room, and answers.
  bool admit = false;
  /// Mutes and removes others, and ends the room for all.
  bool moderate = false;
  /// The most that a mode may give it.
  bool publish = true;
  bool subscribe = true;
  friend bool operator==(const Rights&, const Rights&) = default;
};

using Attributes = std::map<std::string, std::string>;

/// Attributes that begin so are written by the server only.
inline constexpr std::string_view kReservedAttributePrefix = "plenum.";
inline bool is_reserved(std::string_view attribute) {
  return attribute.starts_with(kReservedAttributePrefix);
}
inline constexpr const char* kModeAttribute = "plenum.mode";
/// "waiting": its participant has asked to enter and has no answer yet.
inline constexpr const char* kLobbyAttribute = "plenum.lobby";
/// "cam", "share" or "cam,share": pinned for everybody; and by whom.
inline constexpr const char* kPinAttribute = "plenum.pin";
inline constexpr const char* kPinnedByAttribute = "plenum.pinBy";

/// The identity under which the server itself is called; nobody joins with it.
inline constexpr const char* kServerIdentity = "plenum";

/// What matters to the server about the client's software.
struct ClientInfo {
  /// Version of the signalling protocol; 0 when unknown.
  int protocol = 0;
  /// Version of what clients speak among themselves; copied to the others.
  int client_protocol = 0;
  std::vector<int> capabilities;
  std::string sdk, version, os, os_version, browser, browser_version, device_model;
};

struct VideoLayer {
  VideoQuality quality = VideoQuality::high;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t bitrate_bps = 0;
  std::uint32_t ssrc = 0;
  std::uint32_t repair_ssrc = 0;
  std::uint32_t spatial_layer = 0;
  std::string rid;
  friend bool operator==(const VideoLayer&, const VideoLayer&) = default;
};

/// One encoding of a track: the primary codec, or a backup codec for those who lack the first.
struct TrackCodec {
  codec::Codec codec = codec::Codec::opus;
  /// Opus in RFC 2198 redundancy.
  bool red = false;
  std::string mid, cid, sdp_cid;
  std::vector<VideoLayer> layers;
  LayerMode mode = LayerMode::unused;
};

/// Everything that clients learn about a track.
struct TrackDescription {
  std::string sid, name, mid, stream;
  MediaKind kind = MediaKind::audio;
  TrackSource source = TrackSource::unknown;
  bool muted = false;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  bool disable_dtx = false;
  bool stereo = false;
  bool disable_red = false;
  Encryption encryption = Encryption::none;
  /// Never empty; the first is the primary one.
  std::vector<TrackCodec> codecs;
  std::vector<int> audio_features;
  int backup_codec_policy = 0;
};

/// Everything that clients learn about a participant. A full snapshot: a track that is missing
/// counts as unpublished.
struct ParticipantSnapshot {
  std::string sid, identity, name, metadata;
  ParticipantState state = ParticipantState::joining;
  std::uint32_t version = 0;
  std::int64_t joined_at_ms = 0;
  Permissions permissions;
  bool is_publisher = false;
  ParticipantKind kind = ParticipantKind::standard;
  std::vector<std::string> kind_details;
  Attributes attributes;
  DisconnectReason disconnect_reason = DisconnectReason::unknown;
  int client_protocol = 0;
  std::vector<int> capabilities;
  std::vector<TrackDescription> tracks;
};
/// Shared by the events to all receivers of one update; immutable.
using SnapshotPtr = std::shared_ptr<const ParticipantSnapshot>;

struct RoomSnapshot {
  std::string sid, name, metadata;
  Duration empty_timeout{};
  Duration departure_timeout{};
  std::uint32_t max_participants = 0;
  std::int64_t creation_time_ms = 0;
  std::uint32_t num_participants = 0;
  std::uint32_t num_publishers = 0;
  bool active_recording = false;
};

/// Settings of a room; what is absent stays as it is or takes the server's default.
struct RoomSettings {
  std::optional<Duration> empty_timeout;
  std::optional<Duration> departure_timeout;
  std::optional<std::uint32_t> max_participants;
  std::optional<std::string> metadata;
};

/// The client's wish to publish (livekit-wire 3.6). `codecs[i].codec` is a name such as "vp8".
struct AddTrack {
  struct Codec {
    std::string codec, cid;
    std::vector<VideoLayer> layers;
    LayerMode mode = LayerMode::unused;
  };
  std::string cid, name, sid, stream;
  MediaKind kind = MediaKind::audio;
  TrackSource source = TrackSource::unknown;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  bool muted = false;
  bool disable_dtx = false;
  bool stereo = false;
  bool disable_red = false;
  Encryption encryption = Encryption::none;
  std::vector<VideoLayer> layers;
  std::vector<Codec> codecs;
  std::vector<int> audio_features;
  int backup_codec_policy = 0;
};

/// What a subscriber asked for a track (livekit-wire 6.2).
struct TrackSettings {
  bool disabled = false;
  VideoQuality quality = VideoQuality::high;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t fps = 0;
};

/// Who may subscribe to a publisher's tracks (livekit-wire 6.4).
struct SubscriptionPermission {
  struct Entry {
    std::string sid, identity;
    bool all_tracks = false;
    std::vector<std::string> track_sids;
  };
  bool all_participants = true;
  std::vector<Entry> entries;
};

/// Why a request was refused; numbers of RequestResponse.Reason.
enum class Refusal : std::uint8_t {
  not_found = 1,
  not_allowed = 2,
  limit_exceeded = 3,
  queued = 4,
  unsupported_type = 5,
  unclassified = 6,
  invalid_request = 11,
};

/// Limits for what strangers send (livekit-wire appendix A; the last five are ours).
inline constexpr std::size_t kMaxNameBytes = 256;
inline constexpr std::size_t kMaxMetadataBytes = 512 * 1024;
inline constexpr std::size_t kMaxAttributesBytes = 64 * 1024;
inline constexpr std::size_t kMaxPendingTracks = 20;
inline constexpr std::size_t kMaxQueuedPerCid = 3;
inline constexpr std::size_t kMaxTracks = 100;
inline constexpr std::size_t kMaxWishes = 1000;
inline constexpr std::size_t kMaxPermissionEntries = 1000;
/// Track sids in all entries of one permission together.
inline constexpr std::size_t kMaxPermissionTracks = 10'000;
/// Ours have 15; a longer one names nothing and is not worth remembering.
inline constexpr std::size_t kMaxTrackSidBytes = 64;

}  // namespace plenum::control
