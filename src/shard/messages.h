#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "media/codec/codec.h"

/// Everything that the control thread and the shards say to each other. Commands go down, events
/// come up, each over one bounded single-producer ring per shard; order is kept per ring. Plain
/// values only: no pointer into either side's state.
namespace plenum::shard {

// ---- shared vocabulary ------------------------------------------------------------------------

/// What one peer connection is for. `publisher`: the client offers and sends (LiveKit v0).
/// `subscriber`: we offer and send (v0). `single`: the client offers, both directions (v1).
enum class PeerMode : std::uint8_t { publisher, subscriber, single };

/// The data channels of the LiveKit protocol, told apart by label.
enum class DataChannel : std::uint8_t { reliable, lossy, data_track };

inline constexpr std::size_t kMaxLayers = 3;

/// A track as its publisher announced it; enough to receive, forward and describe it in SDP.
struct TrackInfo {
  TrackId track;
  MediaKind kind = MediaKind::audio;
  /// What the client wants to send, first choice first; the SDP may settle for another.
  std::vector<codec::Codec> preferred_codecs;
  /// MediaStreamTrack id that the client announced (AddTrackRequest.cid).
  std::string cid;
  /// Declared spatial layers, 1…3. Simulcast when > 1 and the client sends rids.
  std::uint8_t layers = 1;
  bool red_disabled = false;
  bool stereo = false;
  bool dtx_disabled = false;
  /// End-to-end encrypted: the payload beyond the codec's clear prefix means nothing to us.
  bool encrypted = false;
  /// Counts for active-speaker detection (microphone-like, not screen audio).
  bool is_voice = false;
  /// Wire names: "PA_x|TR_y" and "TR_y" (livekit-wire 4.6), for a=msid towards subscribers.
  std::string stream_id;
  std::string track_sid;
  /// "PA_x|camera": the same for all tracks that are to be played in lip-sync. Empty = none.
  std::string sync_stream_id;
};

/// What a subscriber wants to see of one video track.
struct LayerTarget {
  bool enabled = true;
  /// Highest spatial layer wanted, 0…2 (LOW, MEDIUM, HIGH of the declared layers).
  std::uint8_t max_spatial = kMaxLayers - 1;
  /// Highest temporal layer wanted; 0xff = all.
  std::uint8_t max_temporal = 0xff;
  friend bool operator==(const LayerTarget&, const LayerTarget&) = default;
};

/// A datagram for many peers. Shared by the commands to several shards and freed by the last.
using SharedBytes = std::shared_ptr<const std::vector<std::byte>>;

// ---- control → shard --------------------------------------------------------------------------

struct AddPeer {
  PeerId peer;
  RoomId room;
  PeerMode mode = PeerMode::single;
  /// Goes into SDP as CNAME and into log lines: the participant's sid.
  std::string name;
  /// The client must not see a=ice-lite (Firefox needs no such care; kept for disable_ice_lite).
  bool hide_ice_lite = false;
  /// Only ICE-TCP candidates (simulate switch_candidate_protocol, fallback after UDP failed).
  bool tcp_only = false;
  /// The client finds tracks by mid, so streams may be named by TrackInfo::sync_stream_id.
  bool sync_streams = false;
};
struct RemovePeer {
  PeerId peer;
};

/// The client announced a track; its m-section may have come already or comes later.
struct AddPendingTrack {
  PeerId peer;
  TrackInfo info;
};
/// Forget a pending or bound track: stop receiving it. Its m-section stays until re-offered.
struct RemoveTrack {
  PeerId peer;
  TrackId track;
};

struct RemoteOffer {
  PeerId peer;
  std::uint32_t id = 0;
  std::string sdp;
};
struct RemoteAnswer {
  PeerId peer;
  std::uint32_t id = 0;
  std::string sdp;
};
/// Subscriber mode: new ICE credentials and an offer at once.
struct RestartIce {
  PeerId peer;
  bool tcp_only = false;
};

/// Forward `track` to `peer`. The track lives on this shard or was announced by AddReplica.
struct Subscribe {
  PeerId peer;
  TrackId track;
  LayerTarget target;
};
struct Unsubscribe {
  PeerId peer;
  TrackId track;
};
struct SetLayerTarget {
  PeerId peer;
  TrackId track;
  LayerTarget target;
};
/// Muted tracks are not forwarded and count as silent.
struct SetTrackMuted {
  TrackId track;
  bool muted = false;
};

/// `track` is home on another shard; packets come from there. The rest is as TrackBound said.
struct AddReplica {
  TrackInfo info;
  RoomId room;
  codec::Codec codec;
  bool red = false;
  std::string fmtp;
  bool simulcast = false;
  ShardId home;
};
struct RemoveReplica {
  TrackId track;
};
/// On the home shard: send every packet of `track` to shard `to` as well.
struct AddRelay {
  TrackId track;
  ShardId to;
};
struct RemoveRelay {
  TrackId track;
  ShardId to;
};

/// From now on records for this tap go to `socket` (SOCK_SEQPACKET, one record a datagram), which
/// the shard closes in the end. What does not fit into it is dropped and counted.
struct OpenTap {
  TapId tap;
  int socket = -1;
};
struct CloseTap {
  TapId tap;
};
/// Which layers of a track at home here the tap gets: bit i = layer i, 0 = none any more. Asks for
/// a key frame of each layer that is new.
struct SetTapLayers {
  TapId tap;
  TrackId track;
  std::uint8_t layers = 0;
};
struct AskKeyFrame {
  TrackId track;
  std::uint8_t layer = 0;
};

/// Sends one message on a data channel of each peer, as binary (PPID 53).
struct SendData {
  std::vector<PeerId> peers;
  DataChannel channel = DataChannel::reliable;
  SharedBytes bytes;
};

/// Answered by ShardSnapshot.
struct Scrape {
  std::uint64_t request = 0;
};

using Command =
    std::variant<std::monostate, AddPeer, RemovePeer, AddPendingTrack, RemoveTrack, RemoteOffer,
                 RemoteAnswer, RestartIce, Subscribe, Unsubscribe, SetLayerTarget, SetTrackMuted,
                 AddReplica, RemoveReplica, AddRelay, RemoveRelay, OpenTap, CloseTap, SetTapLayers,
                 AskKeyFrame, SendData, Scrape>;

// ---- shard → control --------------------------------------------------------------------------

/// m-section id → the downlink track in it (LiveKit's mid_to_track_id), by TrackInfo::track_sid.
using MidMap = std::vector<std::pair<std::string, std::string>>;

struct LocalAnswer {
  PeerId peer;
  std::uint32_t id = 0;
  std::string sdp;
  MidMap mid_to_track;
};
/// The offer or answer could not be used, reliable data backs up beyond all bounds, or the client
/// sends more data than it may; it must reconnect (STATE_MISMATCH).
struct NegotiationFailed {
  PeerId peer;
  std::string reason;
};
struct LocalOffer {
  PeerId peer;
  std::uint32_t id = 0;
  std::string sdp;
  MidMap mid_to_track;
};
/// Single mode: the client should add this many recvonly sections and offer; 0/0 = just offer.
struct SectionsNeeded {
  PeerId peer;
  std::uint32_t audio = 0;
  std::uint32_t video = 0;
};

/// ICE validated and DTLS finished: media flows both ways. Once per peer.
struct PeerConnected {
  PeerId peer;
  Transport transport = Transport::udp;
};
/// ICE consent expired or DTLS closed. The peer stays until RemovePeer; an ICE restart revives it
/// unless this is `final`: DTLS is closed or failed. One that is not may be followed by one that
/// is.
struct PeerDisconnected {
  PeerId peer;
  bool final = false;
};
/// Consent is back after PeerDisconnected.
struct PeerReconnected {
  PeerId peer;
};

/// A pending track has its m-section: it is published (RTP may follow much later).
struct TrackBound {
  PeerId peer;
  TrackId track;
  std::string mid;
  /// Track id of the SDP when it differs from the announced cid.
  std::string sdp_cid;
  codec::Codec codec = codec::Codec::opus;
  /// The publisher sends RED around Opus.
  bool red = false;
  /// Format parameters of the codec in the publisher's SDP; passes on to subscribers (H.264
  /// profile).
  std::string fmtp;
  /// The layers come as streams of their own (rids) rather than inside one (SVC).
  bool simulcast = false;
};
/// The client's offer no longer sends this track: it is unpublished.
struct TrackUnbound {
  PeerId peer;
  TrackId track;
};

struct SubscriptionBound {
  PeerId peer;
  TrackId track;
};
/// The client's SDP cannot take the track's codec.
struct SubscriptionUnsupported {
  PeerId peer;
  TrackId track;
};

struct DataChannelChanged {
  PeerId peer;
  DataChannel channel = DataChannel::reliable;
  bool open = true;
};
struct DataReceived {
  PeerId peer;
  DataChannel channel = DataChannel::reliable;
  std::vector<std::byte> bytes;
};

/// Active-speaker levels of tracks at home on this shard, each 400 ms, only when something changed.
struct Speakers {
  struct Entry {
    TrackId track;
    float level = 0;
    bool active = false;
  };
  std::vector<Entry> changed;
};

inline constexpr Duration kQualityInterval = 5s;

/// Transport quality of every peer of this shard, each kQualityInterval.
struct Quality {
  struct Uplink {
    TrackId track;
    float loss = 0;
    Duration jitter{};
    std::uint64_t bitrate_bps = 0;
    std::uint8_t active_layers = 0;
    /// Packets that never came, in this interval; negative when some came late after all.
    std::int64_t lost = 0;
  };
  /// All that the client receives of one kind of media.
  struct Downlink {
    /// Worst that the client reported of a stream.
    float loss = 0;
    Duration jitter{};
    std::uint64_t bitrate_bps = 0;
    std::int64_t lost = 0;  // as above
  };
  struct Peer {
    PeerId peer;
    Duration rtt{};
    std::vector<Uplink> uplinks;
    Downlink audio{}, video{};
  };
  std::vector<Peer> peers;
};

/// Monotonic counters of one shard, for /metrics.
struct Counters {
  std::uint64_t packets_in = 0, bytes_in = 0, packets_out = 0, bytes_out = 0;
  std::uint64_t rtp_in = 0, rtp_out = 0, rtx_out = 0, nacks_in = 0, nacks_out = 0, plis_in = 0,
                plis_out = 0;
  std::uint64_t dropped_unknown_sender = 0, dropped_auth = 0, dropped_replay = 0,
                dropped_malformed = 0;
  std::uint64_t dropped_unknown_ssrc = 0, dropped_relay_full = 0, dropped_tap_full = 0,
                send_errors = 0, dtls_failures = 0;
  /// Data messages above the rate of their sender, and lossy ones while control was far behind.
  std::uint64_t dropped_data_rate = 0, dropped_data_behind = 0;
  std::uint64_t peers = 0, tracks = 0, subscriptions = 0;
  /// Receive turns that took longer than 100 ms.
  std::uint64_t stalls = 0;
};
struct ShardSnapshot {
  std::uint64_t request = 0;
  ShardId shard;
  Counters counters;
};
/// The thread has left its loop, as it was told to.
struct Stopped {
  ShardId shard;
};

using Event =
    std::variant<std::monostate, LocalAnswer, NegotiationFailed, LocalOffer, SectionsNeeded,
                 PeerConnected, PeerDisconnected, PeerReconnected, TrackBound, TrackUnbound,
                 SubscriptionBound, SubscriptionUnsupported, DataChannelChanged, DataReceived,
                 Speakers, Quality, ShardSnapshot, Stopped>;

}  // namespace plenum::shard
