#include "sfu/subscription.h"

#include <algorithm>
#include <utility>

#include "base/crypto.h"
#include "media/codec/vp8.h"
#include "media/rtp/dependency_descriptor.h"
#include "media/rtp/red.h"

namespace plenum::sfu {
namespace {

constexpr Duration kReportInterval = 3s;  // as often as clients of LiveKit are used to
constexpr Duration kFirstReport = 200ms;  // lip-sync should not wait three seconds
constexpr std::uint64_t kJump = 1000;     // an input gap larger than this is a new stream
constexpr std::int64_t kRtxBurstBytes = 64 * 1200;
constexpr int kRtxShare = 5;  // retransmissions may take 1/5 of what is sent
constexpr std::uint8_t kMaxResends = 4;

PictureNumbers picture_of(const TrackPacket& p) {
  return {p.frame.picture_id, p.frame.tl0_picture_index,
          rtp::frame_number_of(p.extensions.dependency_descriptor)};
}

}  // namespace

Subscription::Subscription(PeerId peer, Track& track)
    : peer_(peer),
      track_(track),
      next_rtx_seq_(1 + (crypto::random_u32() & 0x3fff)),
      rtx_budget_bytes_(kRtxBurstBytes) {
  track.subscriptions().push_back(this);
}

Subscription::~Subscription() { std::erase(track_.subscriptions(), this); }

void Subscription::bind(const Wire& wire, TimePoint now) {
  if (bound_ && wire_.ssrc == wire.ssrc) {
    wire_ = wire;
    return;
  }
  wire_ = wire;
  bound_ = true;
  lost_ = told_lost_ = 0;  // the subscriber counts each SSRC from 0
  hold();
  next_report_ = now + kFirstReport;
  request_missing_keyframe(now);
}

void Subscription::set_target(bool enabled, std::uint8_t max_spatial, std::uint8_t max_temporal,
                              TimePoint now) {
  selector_.set_target(max_spatial, max_temporal);
  svc_.set_target(max_spatial, max_temporal);
  if (enabled_ && !enabled) hold();
  enabled_ = enabled;
  request_missing_keyframe(now);
}

void Subscription::set_sendable(bool sendable, TimePoint now) {
  sendable_ = sendable;
  if (!sendable && !resume_) hold();
  request_missing_keyframe(now);
}

bool Subscription::forward(const TrackPacket& p, TimePoint now, rtp::Outgoing& out) {
  if (!wants_packets()) {
    if (!resume_) hold();
    return false;
  }
  if (p.is_empty()) return pass_over(p, now, out);
  if (track_.kind() == MediaKind::audio) return forward_audio(p, now, out);
  if (is_late(p)) return forward_late(p, now, out);
  return track_.is_svc() ? forward_svc(p, now, out) : forward_simulcast(p, now, out);
}

/// An empty packet: nobody needs it, but its number must not look lost. When it comes late its
/// place in the output is there already.
bool Subscription::pass_over(const TrackPacket& p, TimePoint now, rtp::Outgoing& out) {
  const ExtSeq seq = p.packet->seq;
  if (resume_ || p.layer != layer_ || p.epoch != epoch_) return false;
  if (seq <= newest_in_) return emit(p, Content::none, now, out);
  if (seq.value() > newest_in_.value() + kJump) return false;
  newest_in_ = seq;
  rewriter_.drop(seq, false);
  return false;
}

/// What comes after its turn, most often by RTX, decides nothing: a selector that entered a layer
/// by it would miss the packets that went by meanwhile. An unwanted one closes its place in the
/// output all the same, or the subscriber would ask for it.
bool Subscription::forward_late(const TrackPacket& p, TimePoint now, rtp::Outgoing& out) {
  const bool wanted = track_.is_svc() ? svc_.wants_late(p.frame) : selector_.wants_late(p.frame);
  return emit(p, wanted ? Content::whole : Content::none, now, out);
}

bool Subscription::forward_audio(const TrackPacket& p, TimePoint now, rtp::Outgoing& out) {
  const ExtSeq seq = p.packet->seq;
  if (resume_ || epoch_ != p.epoch || seq.value() > newest_in_.value() + kJump) rebase(p, now);
  return emit(p, Content::whole, now, out);
}

bool Subscription::forward_simulcast(const TrackPacket& p, TimePoint now, rtp::Outgoing& out) {
  selector_.set_active_layers(track_.active_layers());
  const bool current = p.layer == selector_.current();
  if (current && (epoch_ != p.epoch || p.packet->seq.value() > newest_in_.value() + kJump)) hold();
  switch (selector_.on_packet(p.layer, p.frame)) {
    case SimulcastSelector::Decision::ignore:
      return false;
    case SimulcastSelector::Decision::drop:
      if (p.packet->seq > newest_in_) newest_in_ = p.packet->seq;
      rewriter_.drop(p.packet->seq, p.frame.end_of_frame);
      return false;
    case SimulcastSelector::Decision::switch_and_forward:
      rebase(p, now);
      break;
    case SimulcastSelector::Decision::forward:
      break;
  }
  return emit(p, Content::whole, now, out);
}

bool Subscription::forward_svc(const TrackPacket& p, TimePoint now, rtp::Outgoing& out) {
  if (svc_.started() && (epoch_ != p.epoch || p.packet->seq.value() > newest_in_.value() + kJump))
    hold();
  const SvcSelector::Decision decision = svc_.on_packet(p.frame);
  if (decision == SvcSelector::Decision::ignore) return false;
  if (decision == SvcSelector::Decision::drop) {
    if (resume_) return false;  // nothing of this segment has been sent yet
    if (p.packet->seq > newest_in_) newest_in_ = p.packet->seq;
    rewriter_.drop(p.packet->seq, false);
    return false;
  }
  if (resume_) rebase(p, now);
  rewriter_.set_spatial(svc_.spatial());
  return emit(p, Content::whole, now, out);
}

void Subscription::rebase(const TrackPacket& p, TimePoint now) {
  const RtpTime out_time = continue_time(p, now);
  epoch_ = p.epoch;
  rewriter_.start(p.layer, epoch_, p.packet->seq, p.packet->header.timestamp, out_time,
                  picture_of(p));
  layer_ = p.layer;
  newest_in_ = ExtSeq(p.packet->seq.value() - 1);
  resume_ = false;
}

/// Where this packet lies on the output's time line. RFC 3550 leaves the offset between two
/// streams open; the publisher's sender reports close it.
RtpTime Subscription::continue_time(const TrackPacket& p, TimePoint now) const {
  const RtpTime in = p.packet->header.timestamp;
  if (!rewriter_.started()) return in;
  const std::uint32_t rate = track_.clock_rate();
  const std::uint32_t last = rewriter_.last_timestamp().value();
  const auto elapsed = static_cast<std::uint32_t>((now - last_sent_).count() * rate / 1'000'000);
  const std::uint32_t by_arrival = last + std::max<std::uint32_t>(elapsed, 1);
  const auto plausible = [&](std::uint32_t t) {
    const auto error = static_cast<std::int32_t>(t - by_arrival);
    return std::abs(error) < static_cast<std::int32_t>(rate / 2) &&
           static_cast<std::int32_t>(t - last) > 0;
  };
  // Same stream as before a pause, or layers that share one time base (libwebrtc's do).
  if (const std::uint32_t same = in.value() + rewriter_.timestamp_offset(); plausible(same))
    return RtpTime(same);
  const ClockSync& to = track_.clock(p.layer);
  const ClockSync& from = track_.clock(layer_);
  if (to.valid && from.valid && p.layer != layer_) {
    const RtpTime on_old = from.rtp_at(to.ntp_at(in, rate), rate);
    if (const std::uint32_t t = on_old.value() + rewriter_.timestamp_offset(); plausible(t))
      return RtpTime(t);
  }
  return RtpTime(by_arrival);
}

bool Subscription::emit(const TrackPacket& p, Content content, TimePoint now, rtp::Outgoing& out) {
  const auto m = rewriter_.forward(p.packet->seq, p.packet->header.timestamp, picture_of(p));
  if (!m) return false;
  if (p.packet->seq > newest_in_) newest_in_ = p.packet->seq;
  fill(p, *m, out);
  if (content == Content::none) {
    out.marker = false;
    out.prefix_size = 0;
    out.payload = out.dependency_descriptor = {};
  }
  last_sent_ = now;
  ++sent_packets_;
  const std::size_t size = out.prefix_size + out.payload.size();
  sent_octets_ += static_cast<std::uint32_t>(size);
  rtx_budget_bytes_ = std::min<std::int64_t>(
      rtx_budget_bytes_ + static_cast<std::int64_t>(size) / kRtxShare, kRtxBurstBytes);
  return true;
}

void Subscription::fill(const TrackPacket& p, const Rewriter::Mapped& m, rtp::Outgoing& out) const {
  out.ssrc = wire_.ssrc;
  out.seq = m.seq;
  out.timestamp = m.timestamp;
  out.payload_type = wire_.payload_type;
  // A picture ends where this subscriber's highest spatial layer does.
  out.marker = p.packet->header.marker ||
               (p.frame.end_of_frame && p.frame.spatial_id == m.spatial && track_.is_svc());
  out.prefix_size = 0;
  out.payload = p.packet->payload();
  out.audio_level = p.extensions.audio_level;
  out.abs_capture_time = p.extensions.abs_capture_time;
  out.video_orientation = p.extensions.video_orientation;
  out.playout_delay = p.extensions.playout_delay;
  // Simulcast layers have dependency structures of their own; only a scalable stream's survives.
  out.dependency_descriptor = track_.is_svc() ? p.extensions.dependency_descriptor : Bytes{};
  out.frame_number_offset = m.frame_number_offset;
  if (p.is_red && !out.payload.empty()) {
    // Each block repeats the payload type that the publisher uses (RFC 2198 section 3).
    const bool same_type = (be8(out.payload, 0) & 0x7f) == wire_.payload_type;
    if (wire_.red_payload_type && same_type) {
      out.payload_type = *wire_.red_payload_type;
    } else if (const auto red = rtp::parse_red(out.payload)) {
      out.payload = red->primary().data;
    }
  }
  if (track_.config().codec == codec::Codec::vp8 && (m.picture_id_offset != 0 || m.tl0_offset != 0))
    if (const std::size_t n = codec::rewrite_vp8_descriptor(out.payload, m.picture_id_offset,
                                                            m.tl0_offset, out.prefix)) {
      out.prefix_size = static_cast<std::uint8_t>(n);
      out.payload = out.payload.subspan(n);
    }
}

void Subscription::request_missing_keyframe(TimePoint now) {
  if (!wants_packets() || track_.kind() == MediaKind::audio) return;
  if (track_.is_svc()) {
    if (svc_.needs_keyframe()) track_.request_keyframe(0, now);
    return;
  }
  selector_.set_active_layers(track_.active_layers());
  if (const auto layer = selector_.needs_keyframe()) track_.request_keyframe(*layer, now);
}

void Subscription::handle_keyframe_request(TimePoint now) {
  if (!bound_ || !enabled_) return;
  if (track_.is_svc()) return track_.request_keyframe(0, now);
  if (selector_.current() != SimulcastSelector::kNone)
    track_.request_keyframe(selector_.current(), now);
  request_missing_keyframe(now);
}

bool Subscription::retransmit(std::uint16_t sequence, TimePoint now, rtp::Outgoing& out) {
  // Without RTX the same index would have to be sealed again under another header (the per-hop
  // extensions differ), which AES-GCM forbids; so there is no retransmission then.
  if (!bound_ || !wire_.rtx_payload_type || !rewriter_.started()) return false;
  if (rtx_budget_bytes_ <= 0) return false;  // before any work: a storm of NACKs is for free
  // The nearest extension of the 16 bits at or below what was sent last.
  const std::uint64_t newest = rewriter_.next_sequence().value() - 1;
  const std::uint64_t seq = newest - static_cast<std::uint16_t>(newest - sequence);
  if (seq > newest) return false;
  Resent& resent = resent_[seq % resent_.size()];
  const auto key = static_cast<std::uint32_t>(seq);
  if (resent.sequence != key) resent = {key, 0, TimePoint{}};
  if (resent.count >= kMaxResends || (resent.count > 0 && now - resent.at < rtt_ / 2)) return false;

  const auto source = rewriter_.source_of(ExtSeq(seq));
  TrackPacket p;
  if (!source || source->epoch != track_.epoch(source->layer) ||
      !track_.find(source->layer, source->seq, p))
    return false;
  Rewriter::Mapped m = source->mapped_base;
  m.timestamp = RtpTime(p.packet->header.timestamp.value() + m.timestamp.value());
  fill(p, m, out);
  if (out.prefix_size + 2u > out.prefix.size()) return false;
  rtx_budget_bytes_ -= static_cast<std::int64_t>(out.prefix_size + out.payload.size());
  ++resent.count;
  resent.at = now;
  // RFC 4588 section 4: the original sequence number stands before the payload.
  std::copy_backward(out.prefix.begin(), out.prefix.begin() + out.prefix_size,
                     out.prefix.begin() + out.prefix_size + 2);
  put_be(out.prefix, 0, 2, seq & 0xffff);
  out.prefix_size = static_cast<std::uint8_t>(out.prefix_size + 2);
  out.ssrc = wire_.rtx_ssrc;
  out.payload_type = *wire_.rtx_payload_type;
  out.seq = ExtSeq(next_rtx_seq_++);
  return true;
}

std::optional<Duration> Subscription::handle_receiver_report(const Reception& report,
                                                             TimePoint now) {
  fraction_lost_ = report.fraction_lost;
  lost_ = report.cumulative_lost;
  jitter_ = report.jitter;
  if (report.lsr == 0) return std::nullopt;
  for (const SentReport& sent : sent_reports_) {
    if (sent.compact_ntp != report.lsr || sent.at == TimePoint{}) continue;
    const Duration held(static_cast<std::int64_t>(report.dlsr) * 1'000'000 / 65'536);
    const Duration rtt = now - sent.at - held;
    if (rtt < 0us || rtt > 10s) return std::nullopt;
    rtt_ = (rtt_ * 7 + rtt) / 8;
    return rtt;
  }
  return std::nullopt;
}

auto Subscription::take_delivery() -> Delivery {
  return {.lost = std::int64_t{lost_} - std::exchange(told_lost_, lost_),
          .octets = sent_octets_ - std::exchange(told_octets_, sent_octets_),
          .jitter = jitter_};
}

std::optional<Subscription::SenderReport> Subscription::poll_sender_report(TimePoint now) {
  if (now < next_sender_report()) return std::nullopt;
  next_report_ = now + kReportInterval;
  const ClockSync& clock = track_.clock(layer_);
  if (!clock.valid) {
    next_report_ = now + kFirstReport;  // the publisher has not told its clock yet
    return std::nullopt;
  }
  // In the publisher's wall clock, so that its audio and video stay together at every subscriber.
  const Duration since = now - clock.received;
  const NtpTime ntp = ntp_add(clock.ntp, since);
  const auto ticks = static_cast<std::uint32_t>(since.count() * track_.clock_rate() / 1'000'000);
  const RtpTime rtp(clock.rtp.value() + ticks + rewriter_.timestamp_offset());
  sent_reports_[sent_report_count_++ % sent_reports_.size()] = {ntp.compact(), now};
  return SenderReport{wire_.ssrc, ntp, rtp, sent_packets_, sent_octets_};
}

}  // namespace plenum::sfu
