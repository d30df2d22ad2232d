#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/ids.h"
#include "base/time.h"
#include "media/rtp/outgoing.h"
#include "sfu/packet.h"
#include "sfu/rewriter.h"
#include "sfu/simulcast_selector.h"
#include "sfu/svc_selector.h"
#include "sfu/track.h"

namespace plenum::sfu {

/// One track to one subscriber: decides which packets go, gives them continuous numbers, answers
/// NACKs from the track's cache, and says what its sender reports must say. Sans-I/O; knows the
/// subscriber only by its PeerId.
class Subscription {
 public:
  /// What the subscriber's SDP agreed to.
  struct Wire {
    Ssrc ssrc;
    std::uint8_t payload_type = 0;
    Ssrc rtx_ssrc;
    std::optional<std::uint8_t> rtx_payload_type;
    std::optional<std::uint8_t> red_payload_type;
  };

  Subscription(PeerId peer, Track& track);
  ~Subscription();
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  PeerId peer() const { return peer_; }
  Track& track() { return track_; }
  const Wire& wire() const { return wire_; }

  /// From now on packets may flow.
  void bind(const Wire& wire, TimePoint now);
  void unbind() { bound_ = false; }
  bool bound() const { return bound_; }
  /// Whether the subscriber's transport is up. What cannot be sent must not be counted as sent: a
  /// key frame would be lost, and sequence numbers would run away from the receiver.
  void set_sendable(bool sendable, TimePoint now);
  /// Highest spatial layer 0…2 and temporal layer wanted; disabled = nothing is sent.
  void set_target(bool enabled, std::uint8_t max_spatial, std::uint8_t max_temporal, TimePoint now);

  /// Starts to fetch what forward() will read.
  void prefetch() const {
    constexpr std::size_t kLine = 64, kHot = 5 * kLine;
    for (std::size_t at = 0; at < kHot; at += kLine)
      __builtin_prefetch(reinterpret_cast<const std::byte*>(this) + at, 1);
  }
  /// True: `out` is the packet for this subscriber.
  bool forward(const TrackPacket& packet, TimePoint now, rtp::Outgoing& out);
  /// Asks the track for the key frame this subscription waits for, if any.
  void request_missing_keyframe(TimePoint now);

  // --- the way back ---
  /// One lost packet that the subscriber reported. True: `out` is its retransmission.
  bool retransmit(std::uint16_t sequence, TimePoint now, rtp::Outgoing& out);
  void handle_keyframe_request(TimePoint now);
  struct Reception {
    float fraction_lost = 0;
    std::int32_t cumulative_lost = 0;
    Duration jitter{};
    std::uint32_t lsr = 0, dlsr = 0;
  };
  /// Round-trip time if the report answers one of ours.
  std::optional<Duration> handle_receiver_report(const Reception& report, TimePoint now);
  float fraction_lost() const { return fraction_lost_; }
  struct Delivery {
    /// Packets that the subscriber reported lost; negative when some came late.
    std::int64_t lost = 0;
    std::uint32_t octets = 0;  // of payload, sent
    Duration jitter{};
  };
  /// Since the last call.
  Delivery take_delivery();

  struct SenderReport {
    Ssrc ssrc;
    NtpTime ntp;
    RtpTime rtp;
    std::uint32_t packets = 0, octets = 0;
  };
  /// kNever while nothing is sent; the next forwarded packet resumes.
  TimePoint next_sender_report() const {
    return bound_ && sent_packets_ && !resume_ ? next_report_ : kNever;
  }
  std::optional<SenderReport> poll_sender_report(TimePoint now);

 private:
  bool forward_audio(const TrackPacket& p, TimePoint now, rtp::Outgoing& out);
  bool forward_simulcast(const TrackPacket& p, TimePoint now, rtp::Outgoing& out);
  bool forward_svc(const TrackPacket& p, TimePoint now, rtp::Outgoing& out);
  bool pass_over(const TrackPacket& p, TimePoint now, rtp::Outgoing& out);
  bool is_late(const TrackPacket& p) const {
    return !resume_ && p.layer == layer_ && p.epoch == epoch_ && p.packet->seq <= newest_in_;
  }
  bool forward_late(const TrackPacket& p, TimePoint now, rtp::Outgoing& out);
  enum class Content : std::uint8_t { whole, none };
  bool emit(const TrackPacket& p, Content content, TimePoint now, rtp::Outgoing& out);
  void fill(const TrackPacket& p, const Rewriter::Mapped& m, rtp::Outgoing& out) const;
  void rebase(const TrackPacket& p, TimePoint now);
  RtpTime continue_time(const TrackPacket& p, TimePoint now) const;
  bool wants_packets() const { return bound_ && enabled_ && sendable_ && !track_.muted(); }
  void hold() {
    resume_ = true;
    selector_.reset();
    svc_.reset();
  }

  // What each packet needs, close together (see prefetch()).
  PeerId peer_;
  Track& track_;
  Wire wire_;
  bool bound_ = false;
  bool enabled_ = true;
  bool sendable_ = true;
  bool resume_ = true;  // the next forwarded packet starts a new segment
  SimulcastSelector selector_;
  SvcSelector svc_;
  std::uint8_t layer_ = 0;
  std::uint32_t epoch_ = 0;
  ExtSeq newest_in_;
  TimePoint last_sent_{};
  std::uint32_t sent_packets_ = 0, sent_octets_ = 0;
  TimePoint next_report_{};
  /// Retransmission: own sequence space (RFC 4588), and a budget so that a NACK storm costs the
  /// sender no more than a share of what it sends anyway.
  std::uint64_t next_rtx_seq_;
  std::int64_t rtx_budget_bytes_;
  Rewriter rewriter_;

  struct SentReport {
    std::uint32_t compact_ntp = 0;
    TimePoint at{};
  };
  std::array<SentReport, 4> sent_reports_{};
  std::size_t sent_report_count_ = 0;
  float fraction_lost_ = 0;
  std::int32_t lost_ = 0, told_lost_ = 0;
  std::uint32_t told_octets_ = 0;
  Duration jitter_{};
  Duration rtt_ = 100ms;
  struct Resent {
    std::uint32_t sequence = 0xffffffff;
    std::uint8_t count = 0;
    TimePoint at{};
  };
  std::array<Resent, 128> resent_{};
};

}  // namespace plenum::sfu
