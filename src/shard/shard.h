#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/buffer.h"
#include "base/time.h"
#include "media/dtls/certificate.h"
#include "sfu/speakers.h"
#include "sfu/track.h"
#include "shard/datagram_sink.h"
#include "shard/messages.h"
#include "shard/peer_table.h"
#include "shard/relay.h"
#include "shard/timer_queue.h"

namespace plenum::shard {

/// One core's share of the server: peers, tracks, subscriptions, and the way of a packet between
/// them. Driven from outside with datagrams, commands and time, so it runs the same in a thread
/// over sockets (shard_thread) and in virtual time in the tests. See docs/life-of-a-packet.md.
///
/// A turn is: any number of on_datagram / on_command, then end_turn(). What a turn brought for a
/// track leaves it as one burst for each subscriber.
class Shard {
 public:
  struct Config {
    ShardId id;
    const dtls::Certificate* certificate = nullptr;
    /// Candidate attribute values, best first.
    std::vector<std::string> udp_candidates, tcp_candidates;
  };
  Shard(Config config, RelayMesh& relays, DatagramSink& sink, std::function<void(Event)> emit,
        std::function<void(ShardId)> wake);
  ~Shard();

  void on_datagram(Buffer datagram, const Path& from, TimePoint now);
  /// A TCP connection is gone: forget who was on it. Nothing counts as sent to him until a check
  /// comes from elsewhere.
  void on_path_closed(const Path& path, TimePoint now);
  /// Somebody has authenticated himself there.
  bool knows_path(const Path& path) { return peers_.find(path) != nullptr; }
  void on_command(Command command, TimePoint now);
  /// Forwards, drains what was touched, fires due timers, reads what other shards relayed.
  void end_turn(TimePoint now);
  TimePoint next_timeout() const;
  /// Closes every peer politely; end_turn() says so to the clients.
  void stop(TimePoint now);
  bool stopping() const { return stopping_; }
  Counters& counters() { return counters_; }
  bool has_peers() const { return peers_.size() > 0; }

 private:
  /// What a timer belongs to.
  struct TimerKey {
    enum class Kind : std::uint8_t { peer, track } kind;
    std::uint64_t id;
    friend bool operator==(const TimerKey&, const TimerKey&) = default;
  };
  struct TimerKeyHash {
    std::size_t operator()(const TimerKey& k) const {
      return std::hash<std::uint64_t>{}(k.id * 2 + static_cast<std::uint64_t>(k.kind));
    }
  };
  /// A track on this shard: home here, or a replica of another shard's.
  struct TrackEntry {
    TrackEntry(TrackInfo i, sfu::Track::Config c) : info(std::move(i)), track(std::move(c)) {}
    TrackInfo info;
    sfu::Track track;
    std::optional<PeerId> publisher;  // home
    ShardId home;
    std::vector<ShardId> relays;  // home: shards that get a copy
    struct Tap {
      TapId id;
      std::uint8_t layers = 0;  // bit mask
    };
    std::vector<Tap> taps;  // home: listeners outside that get one
    bool touched = false;
  };

  void add_peer(AddPeer c, TimePoint now);
  /// The peer, made now if it was a silent publisher.
  PeerEntry* find_speaking(PeerId id, TimePoint now);

  // shard_commands.cc: one overload for each command
  void run(std::monostate&, TimePoint) {}
  void run(AddPeer& c, TimePoint now);
  void run(RemovePeer& c, TimePoint now);
  void run(AddPendingTrack& c, TimePoint now);
  void run(RemoveTrack& c, TimePoint now);
  void run(RemoteOffer& c, TimePoint now);
  void run(RemoteAnswer& c, TimePoint now);
  void run(RestartIce& c, TimePoint now);
  void run(Subscribe& c, TimePoint now);
  void run(Unsubscribe& c, TimePoint now);
  void run(SetLayerTarget& c, TimePoint now);
  void run(SetTrackMuted& c, TimePoint now);
  void run(AddReplica& c, TimePoint now);
  void run(RemoveReplica& c, TimePoint now);
  void run(AddRelay& c, TimePoint now);
  void run(RemoveRelay& c, TimePoint now);
  void run(OpenTap& c, TimePoint now);
  void run(CloseTap& c, TimePoint now);
  void run(SetTapLayers& c, TimePoint now);
  void run(AskKeyFrame& c, TimePoint now);
  void run(Scrape& c, TimePoint now);

  // shard_data.cc: data channels
  void run(SendData& c, TimePoint now);
  void take(PeerEntry& e, peer::ChannelMessage& o, TimePoint now);
  void send_reliable(PeerEntry& e, const SharedBytes& bytes, TimePoint now);
  void retry_data(PeerEntry& e, TimePoint now);
  void fail_data(PeerEntry& e, const char* reason);

  // shard_outputs.cc: one overload for each thing a peer says
  void drain(PeerEntry& entry, TimePoint now);
  void take(PeerEntry& e, peer::Transmit& o, TimePoint now);
  void take(PeerEntry& e, peer::PathValidated& o, TimePoint now);
  void take(PeerEntry& e, peer::TransportConnected& o, TimePoint now);
  void take(PeerEntry& e, peer::TransportDisconnected& o, TimePoint now);
  void take(PeerEntry& e, peer::TransportReconnected& o, TimePoint now);
  void take(PeerEntry& e, peer::ChannelOpened& o, TimePoint now);
  void take(PeerEntry& e, peer::ChannelClosed& o, TimePoint now);
  void take(PeerEntry& e, peer::RtpReceived& o, TimePoint now);
  void take(PeerEntry& e, peer::SenderReportReceived& o, TimePoint now);
  void take(PeerEntry& e, peer::KeyframeNeeded& o, TimePoint now);
  void take(PeerEntry& e, peer::NackReceived& o, TimePoint now);
  void take(PeerEntry& e, peer::KeyframeRequested& o, TimePoint now);
  void take(PeerEntry& e, peer::ReportReceived& o, TimePoint now);
  void take(PeerEntry& e, peer::AnswerReady& o, TimePoint now);
  void take(PeerEntry& e, peer::OfferReady& o, TimePoint now);
  void take(PeerEntry& e, peer::NegotiationFailed& o, TimePoint now);
  void take(PeerEntry& e, peer::SectionsNeeded& o, TimePoint now);
  void take(PeerEntry& e, peer::UplinkBound& o, TimePoint now);
  void take(PeerEntry& e, peer::UplinkEnded& o, TimePoint now);
  void take(PeerEntry& e, peer::SendBound& o, TimePoint now);
  void take(PeerEntry& e, peer::SendUnsupported& o, TimePoint now);
  void take(PeerEntry& e, peer::SendUnbound& o, TimePoint now);

  // shard_forward.cc: the way of a packet
  void forward_burst(TrackEntry& entry, TimePoint now);
  void forward_to(PeerEntry& to, sfu::Subscription& subscription,
                  std::span<const sfu::TrackPacket> burst, TimePoint now);
  void send(PeerEntry& to, const rtp::Outgoing& packet, TimePoint now);
  void relay_burst(TrackEntry& entry, TimePoint now);
  void write_taps(const TrackEntry& entry, const sfu::RelayHeader& header, Bytes body);
  void write_tap(TapId to, const sfu::RelayHeader& header, Bytes body);
  /// What a listener has to know of a track before its next packet: clocks, and whether it is
  /// muted.
  template <class Write>
  static void introduce(const TrackEntry& entry, Write write);
  /// False when the ring is full.
  bool relay(ShardId to, const sfu::RelayHeader& header, Bytes body);
  void read_relays(TimePoint now);
  void on_relay(const sfu::RelayHeader& header, Bytes body, TimePoint now);
  void set_muted(TrackEntry& entry, bool muted, TimePoint now);
  void set_sendable(PeerEntry& entry, bool sendable, TimePoint now);
  void observe_speech(TrackEntry& entry, const sfu::TrackPacket& packet);
  void send_keyframe_requests(TrackEntry& entry, TimePoint now);

  // shard.cc
  void on_peer_timer(PeerEntry& entry, TimePoint now);
  void send_sender_reports(PeerEntry& entry, TimePoint now);
  void report_quality(TimePoint now);
  void touch(PeerEntry& entry);
  void touch(TrackEntry& entry);
  TrackEntry* find_track(TrackId id);
  void bind_track(PeerEntry& e, TrackId track, std::optional<codec::Codec> chosen);
  void remove_track(TrackId id, TimePoint now);
  void remove_subscription(PeerEntry& entry, TrackId track, TimePoint now);
  /// How the track's stream is called towards this peer, in a=msid and as CNAME.
  static const std::string& stream_name(const PeerEntry& entry, const TrackEntry& track);
  static void add_transport_counters(PeerEntry& entry, Counters& to);
  MidMap mid_map(const std::vector<std::pair<std::string, TrackId>>& from);
  std::vector<std::string> candidates(bool tcp_only) const;

  Config config_;
  RelayMesh& relays_;
  DatagramSink& sink_;
  std::function<void(Event)> emit_;
  std::function<void(ShardId)> wake_;
  std::vector<bool> wake_pending_;
  PeerTable peers_;
  /// Connections on which a client could offer and has not: many only listen, or wait.
  std::unordered_map<PeerId, AddPeer> silent_publishers_;
  std::unordered_map<TrackId, std::unique_ptr<TrackEntry>> tracks_;
  std::vector<PeerEntry*> touched_peers_;
  std::vector<TrackEntry*> touched_tracks_;
  TimerQueue<TimerKey, TimerKeyHash> timers_;
  sfu::Speakers speakers_;
  TimePoint next_quality_ = kNever;
  Counters counters_;
  bool stopping_ = false;
};

}  // namespace plenum::shard
