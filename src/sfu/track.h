#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "media/codec/codec.h"
#include "media/codec/frame_info.h"
#include "media/rtcp/keyframe_request.h"
#include "media/rtp/dependency_descriptor.h"
#include "media/rtp/packet_cache.h"
#include "sfu/clock_sync.h"
#include "sfu/packet.h"

namespace plenum::sfu {

class Subscription;

/// A published track on one shard: at home on its publisher's shard, or a replica fed by a relay.
/// Caches packets, knows which layers are alive, asks for key frames no more often than the
/// publisher can bear, and gathers the packets of one receive turn so that each subscriber gets
/// them as one burst. Sans-I/O.
class Track {
 public:
  struct Config {
    TrackId id;
    codec::Codec codec = codec::Codec::opus;
    bool red = false;  // packets may be RED around `codec`
    std::uint8_t layers = 1;
    /// The client sends each layer as a stream of its own (rids).
    bool simulcast = false;
    std::string fmtp;
    std::string track_sid;
  };
  static constexpr std::size_t kLayers = 3;

  explicit Track(Config config);
  ~Track();
  Track(const Track&) = delete;
  Track& operator=(const Track&) = delete;

  const Config& config() const { return config_; }
  TrackId id() const { return config_.id; }
  MediaKind kind() const { return codec::kind(config_.codec); }
  std::uint32_t clock_rate() const { return codec::clock_rate(config_.codec); }

  /// Takes a packet into the cache and the current burst. nullptr: a duplicate, too old, broken, or
  /// empty before there is anything else. The pointer and the views in it are valid until
  /// end_burst().
  const TrackPacket* handle_rtp(std::uint8_t layer, bool is_red, rtp::Packet packet,
                                const rtp::ExtensionsView& extensions, TimePoint now);
  void handle_sender_report(std::uint8_t layer, NtpTime ntp, RtpTime rtp, TimePoint now);
  void set_muted(bool muted) { muted_ = muted; }
  bool muted() const { return muted_; }

  /// What this turn brought, in arrival order.
  std::span<const TrackPacket> burst() const { return burst_; }
  void end_burst() {
    burst_.clear();
    replaced_.clear();
  }

  // --- key frames ---
  void request_keyframe(std::uint8_t layer, TimePoint now);
  /// The next layer whose publisher shall be asked now; drain until empty.
  std::optional<std::uint8_t> poll_keyframe_request(TimePoint now);
  /// When handle_timeout() wants to be called: layers die, requests repeat.
  TimePoint next_timeout() const { return next_tick_; }
  void handle_timeout(TimePoint now);

  // --- for subscriptions ---
  std::uint8_t active_layers() const { return active_; }
  const ClockSync& clock(std::uint8_t layer) const { return layers_[layer].clock; }
  /// Changes when the layer's stream was replaced by another (new SSRC): numbers start over.
  std::uint32_t epoch(std::uint8_t layer) const { return layers_[layer].epoch; }
  /// A packet sent earlier, for retransmission; false when it is gone. `out` views the cache.
  bool find(std::uint8_t layer, ExtSeq seq, TrackPacket& out) const;
  /// One stream with spatial layers inside (VP9, AV1) rather than simulcast.
  bool is_svc() const {
    return !config_.simulcast &&
           (config_.codec == codec::Codec::vp9 || config_.codec == codec::Codec::av1);
  }

  /// Layers may come as streams of their own, each with its numbers. Elsewhere those of a further
  /// stream would be given out a second time.
  bool has_layer_streams() const { return kind() == MediaKind::video && !is_svc(); }

  std::vector<Subscription*>& subscriptions() { return subscriptions_; }

 private:
  struct Layer {
    std::unique_ptr<rtp::PacketCache> cache;
    /// Extensions and frame facts of the cached packets, so that a retransmission parses nothing.
    struct Facts {
      ExtSeq seq;
      TrackPacket packet;
    };
    std::vector<Facts> facts;  // by sequence number; as many as the cache has places
    void remember(ExtSeq seq, const TrackPacket& packet);
    ClockSync clock;
    Ssrc ssrc;
    std::uint32_t epoch = 0;
    TimePoint last_packet{};
    bool seen = false;
    rtcp::KeyframeThrottle keyframes;
  };
  void refresh_active(TimePoint now);
  codec::FrameInfo inspect(const rtp::Packet& packet, const rtp::ExtensionsView& extensions);
  Result<rtp::DependencyDescriptor, rtp::DependencyError> read_descriptor(ExtSeq seq, Bytes value);

  Config config_;
  std::array<Layer, kLayers> layers_;
  std::vector<TrackPacket> burst_;
  /// Caches of streams that were replaced in this turn: the burst may still view their packets.
  std::vector<std::unique_ptr<rtp::PacketCache>> replaced_;
  std::vector<Subscription*> subscriptions_;
  std::unique_ptr<rtp::DependencyStructure> dependencies_;  // scalable streams only
  ExtSeq dependencies_from_;                                // the packet that brought them
  std::uint8_t active_ = 0;
  bool muted_ = false;
  TimePoint next_tick_ = kNever;
};

}  // namespace plenum::sfu
