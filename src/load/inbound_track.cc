#include "load/inbound_track.h"

#include <algorithm>
#include <array>

#include "load/h264_size.h"
#include "media/codec/frame_info.h"
#include "media/peer/negotiation_extensions.h"
#include "media/rtcp/report.h"
#include "media/rtp/rtx.h"

namespace plenum::load {
namespace {

constexpr Duration kKeyframeWait = 500ms;

NtpTime capture_time(const rtp::ExtensionsView& e) {
  return e.abs_capture_time.size() >= 8 ? NtpTime{be64(e.abs_capture_time, 0)} : NtpTime{};
}

void add_delay(Histogram& delays, NtpTime captured, NtpTime wall) {
  if (captured.value == 0) return;
  delays.add(static_cast<std::uint64_t>(std::max(ntp_difference(captured, wall), 0us).count()));
}

}  // namespace

InboundTrack::InboundTrack(const sdp::MediaSection& section, ReceiveStats& stats)
    : stats_(stats),
      mid_(section.mid),
      video_(section.kind == sdp::SectionKind::video),
      extensions_(peer::received_extensions(section.extmaps)) {
  if (!section.msids.empty()) sid_ = section.msids.front().track;
  for (const sdp::SsrcGroup& g : section.ssrc_groups)
    if (g.semantics == "FID" && g.ssrcs.size() == 2) ssrc_ = g.ssrcs[0], rtx_ssrc_ = g.ssrcs[1];
  if (!rtx_ssrc_ && !section.ssrcs.empty()) ssrc_ = section.ssrcs.front().ssrc;
  const MediaKind kind = video_ ? MediaKind::video : MediaKind::audio;
  for (const sdp::Format& f : section.formats) {
    const auto codec = codec::codec_by_name(kind, f.encoding);
    if (!codec) continue;
    Format format{f.payload_type, *codec, std::nullopt};
    if (const sdp::Format* rtx = section.rtx_of(f.payload_type)) format.rtx = rtx->payload_type;
    nacks_ |= f.has_feedback("nack");
    formats_.push_back(format);
  }
  reception_ = rtp::ReceptionStats(video_ ? 90'000 : 48'000);
}

std::optional<codec::Codec> InboundTrack::codec_of(std::uint8_t payload_type) const {
  for (const Format& f : formats_)
    if (f.payload_type == payload_type) return f.codec;
  return std::nullopt;
}

bool InboundTrack::undo_rtx(MutableBytes& packet, rtp::Header& header) {
  for (const Format& f : formats_) {
    if (f.rtx != header.payload_type) continue;
    const auto content = rtp::unwrap_rtx(packet, header, ssrc_, f.payload_type);
    if (!content || content->padding_only) return false;
    packet = packet.first(content->size);
    return true;
  }
  return false;
}

void InboundTrack::on_packet(MutableBytes packet, rtp::Header header,
                             const rtp::ExtensionsView& extensions, TimePoint now, NtpTime wall) {
  ++stats_.packets;
  stats_.bytes += packet.size();
  const NtpTime captured = capture_time(extensions);
  const bool retransmitted = header.ssrc != ssrc_;
  if (retransmitted && !undo_rtx(packet, header)) return;
  const ExtSeq seq = unwrapper_.unwrap(header.sequence);
  if (retransmitted)
    reception_.on_recovered(seq);
  else
    reception_.on_packet(seq, header.timestamp, now);
  if (nacks_ && nack_.on_packet(seq, now)) ++stats_.recovered;
  const auto codec = codec_of(header.payload_type);
  if (!codec) return;
  const Bytes payload = Bytes(packet).subspan(
      header.payload_offset, packet.size() - header.payload_offset - header.padding);
  if (video_) return on_video(*codec, payload, header, seq, captured, now, wall);
  if (stats_.first_audio == kNever) stats_.first_audio = now;
  if (!retransmitted) add_delay(stats_.audio_delay, captured, wall);
}

void InboundTrack::on_video(codec::Codec codec, Bytes payload, const rtp::Header& header,
                            ExtSeq seq, NtpTime captured, TimePoint now, NtpTime wall) {
  FramePacket p{.seq = seq, .timestamp = header.timestamp, .captured = captured};
  p.padding_only = payload.empty();
  if (!p.padding_only) {
    const codec::FrameInfo info = codec::inspect(codec, payload, header.marker, nullptr);
    p.start = info.start_of_frame;
    p.end = header.marker;
    p.keyframe = info.keyframe;
    p.width = info.width;
    p.height = info.height;
    if (codec == codec::Codec::h264 && p.keyframe)
      if (const auto size = h264_size(payload)) p.width = size->width, p.height = size->height;
  }
  assembler_.on_packet(p);
  while (const auto frame = assembler_.poll()) on_frame(*frame, now, wall);
  if (assembler_.needs_keyframe() && next_pli_ == kNever) next_pli_ = now + kKeyframeWait;
}

void InboundTrack::on_frame(const CompleteFrame& frame, TimePoint now, NtpTime wall) {
  ++stats_.frames;
  stats_.keyframes += frame.keyframe;
  next_pli_ = kNever;
  if (stats_.first_frame == kNever) stats_.first_frame = now;
  if (frame.width && (frame.width != width_ || frame.height != height_)) {
    stats_.layer_switches += width_ != 0;
    width_ = frame.width;
    height_ = frame.height;
  }
  if (last_frame_ != kNever) stats_.watched += now - last_frame_;
  last_frame_ = now;
  count_freeze(freeze_.on_frame(now));
  add_delay(stats_.video_delay, frame.captured, wall);
}

void InboundTrack::count_freeze(Duration freeze) {
  if (freeze <= 0us) return;
  ++stats_.freezes;
  stats_.frozen += freeze;
  stats_.longest_freeze = std::max(stats_.longest_freeze, freeze);
}

void InboundTrack::pause() {
  freeze_ = FreezeDetector();
  next_pli_ = last_frame_ = kNever;
}

void InboundTrack::finish(TimePoint now) {
  if (last_frame_ != kNever) stats_.watched += now - last_frame_;
  count_freeze(freeze_.stop(now));
  stats_.lost += reception_.lost();
}

TimePoint InboundTrack::next_feedback() const {
  return nacks_ ? std::min(nack_.next_timeout(), next_pli_) : next_pli_;
}

void InboundTrack::write_feedback(ByteWriter& w, Ssrc sender, TimePoint now) {
  if (nacks_ && nack_.next_timeout() <= now) {
    std::array<ExtSeq, 256> missing;
    const std::size_t n = nack_.poll(now, missing);
    if (n != 0 && rtcp::write_nack(w, sender, ssrc_, std::span(missing).first(n)) != 0)
      ++stats_.nacks;
    // What was asked for in vain leaves a hole that only a key frame closes.
    if ((nack_.take_keyframe_needed() || (nack_.missing() == 0 && assembler_.is_blocked())) &&
        video_ && next_pli_ == kNever)
      next_pli_ = now;
  }
  if (next_pli_ > now) return;
  if (rtcp::write_pli(w, sender, ssrc_)) ++stats_.plis;
  next_pli_ = now + kKeyframeWait;
}

std::optional<rtcp::ReportBlock> InboundTrack::report(TimePoint now) {
  if (!reception_.started()) return std::nullopt;
  return rtcp::report_block(ssrc_, reception_.report(now));
}

}  // namespace plenum::load
