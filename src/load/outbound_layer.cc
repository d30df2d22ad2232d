#include "load/outbound_layer.h"

#include "base/crypto.h"

namespace plenum::load {

OutboundLayer::OutboundLayer(std::string rid, const MediaClip& clip)
    : rid_(std::move(rid)),
      clip_(&clip),
      ssrc_(crypto::random_u32()),
      rtx_ssrc_(crypto::random_u32()),
      // Below 2^15, so that nobody takes the first packets for late ones (RFC 3711 section 3.3.1).
      seq_(crypto::random_u32() & 0x7fff),
      rtx_seq_(crypto::random_u32() & 0x7fff),
      ticks_(static_cast<std::uint32_t>(clip.frame_interval.count() *
                                        codec::clock_rate(clip.codec) / 1'000'000)),
      timestamp_(crypto::random_u32()),
      picture_id_(static_cast<std::uint16_t>(crypto::random_u32() & 0x7fff)),
      tl0_picture_index_(static_cast<std::uint8_t>(crypto::random_u32())),
      sent_(codec::kind(clip.codec) == MediaKind::video ? kRemembered : 0) {}

void OutboundLayer::begin_frame(TimePoint now, NtpTime wall) {
  if (keyframe_wanted_ || frame_ == clip_->frames.size()) frame_ = 0;
  keyframe_wanted_ = false;
  timestamp_ += ticks_;
  picture_id_ = (picture_id_ + 1) & 0x7fff;
  ++tl0_picture_index_;
  sent_at_ = now;
  current_ = {.seq = ExtSeq(seq_),
              .timestamp = RtpTime(timestamp_),
              .frame = static_cast<std::uint32_t>(frame_++),
              .picture_id = picture_id_,
              .tl0_picture_index = tl0_picture_index_,
              .captured = wall};
}

void OutboundLayer::skip_frame() {
  timestamp_ += ticks_;
  keyframe_wanted_ = true;
}

const SentPacket* OutboundLayer::next_packet() {
  const auto part = static_cast<std::uint32_t>(seq_ - current_.seq.value()) + current_.part;
  if (part >= clip_->frames[current_.frame].size()) return nullptr;
  current_.part = part;
  current_.seq = ExtSeq(seq_++);
  if (sent_.empty()) return &current_;
  SentPacket& slot = sent_[current_.seq.value() % kRemembered];
  slot = current_;
  return &slot;
}

const SentPacket* OutboundLayer::find(std::uint16_t seq) const {
  if (sent_.empty()) return nullptr;
  const auto back = static_cast<std::uint16_t>(static_cast<std::uint16_t>(seq_) - seq);
  if (back == 0 || back > kRemembered || back > seq_) return nullptr;
  const SentPacket& p = sent_[(seq_ - back) % kRemembered];
  return p.seq.value() == seq_ - back ? &p : nullptr;
}

std::optional<RtpTime> OutboundLayer::rtp_time(TimePoint now) const {
  if (sent_at_ == kNever) return std::nullopt;
  const auto since = static_cast<std::uint64_t>((now - sent_at_).count());
  return RtpTime(timestamp_ +
                 static_cast<std::uint32_t>(since * codec::clock_rate(clip_->codec) / 1'000'000));
}

}  // namespace plenum::load
