#include "load/outbound_track.h"

#include <algorithm>
#include <array>

#include "media/peer/negotiation_extensions.h"
#include "media/rtp/extensions.h"
#include "media/rtp/rtx.h"
#include "media/rtp/writer.h"

namespace plenum::load {
namespace {

constexpr std::array<const char*, 3> kRids{"q", "h", "f"};
/// What is later than this is left out: the machine is too slow, and a burst helps nobody.
constexpr Duration kMaxLate = 200ms;

}  // namespace

OutboundTrack::OutboundTrack(Source source, const std::string& cid,
                             std::vector<const MediaClip*> clips)
    : source_(source), cid_(cid) {
  for (std::size_t i = 0; i < clips.size(); ++i)
    layers_.emplace_back(clips.size() > 1 ? kRids[i] : "", *clips[i]);
}

OfferedTrack OutboundTrack::offered(const std::string& mid) {
  mid_ = mid;
  OfferedTrack t{.mid = mid,
                 .stream_id = "stream-" + cid_,
                 .cid = cid_,
                 .codec = clip(0).codec,
                 .rids = {},
                 .ssrc = layers_[0].ssrc(),
                 .rtx_ssrc = layers_[0].rtx_ssrc()};
  if (layers_.size() > 1)
    for (const OutboundLayer& l : layers_) t.rids.push_back(l.rid());
  return t;
}

bool OutboundTrack::accept(const sdp::MediaSection& answer) {
  const std::uint8_t wanted = offered_payload_type(clip(0).codec);
  accepted_ = !answer.rejected() && sdp::receives(answer.direction) && answer.format(wanted);
  if (!accepted_) return false;
  payload_type_ = wanted;
  rtx_payload_type_ = answer.rtx_of(wanted) ? offered_rtx_payload_type(clip(0).codec) : 0;
  // What stands in its answer may stand in our packets.
  extensions_ = peer::received_extensions(answer.extmaps);
  return true;
}

void OutboundTrack::set_muted(bool muted, TimePoint now) {
  if (muted_ == muted) return;
  muted_ = muted;
  if (muted) return;
  next_frame_ = now;
  for (OutboundLayer& l : layers_) l.request_keyframe();
}

void OutboundTrack::set_wanted_layers(std::uint32_t mask) {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    // One layer alone stands for all qualities.
    const bool wanted = layers_.size() == 1 ? mask != 0 : (mask >> i & 1) != 0;
    if (wanted && !layers_[i].enabled) layers_[i].request_keyframe();
    layers_[i].enabled = wanted;
  }
}

OutboundLayer* OutboundTrack::layer_of(Ssrc ssrc) {
  for (OutboundLayer& l : layers_)
    if (l.ssrc() == ssrc) return &l;
  return nullptr;
}

void OutboundTrack::send(Connection& c, std::uint16_t& transport_seq, SendStats& stats,
                         TimePoint now, NtpTime wall) {
  while (!muted_ && next_frame_ <= now) {
    const bool late = now - next_frame_ > kMaxLate;
    next_frame_ += clip(0).frame_interval;
    for (OutboundLayer& layer : layers_) {
      if (late || !layer.enabled) {
        layer.skip_frame();
        continue;
      }
      layer.begin_frame(now, wall);
      while (const SentPacket* p = layer.next_packet()) {
        const std::size_t size = write(layer, *p, false, c.reserve(), c, transport_seq);
        c.commit(size, now);
        ++layer.packets;
        layer.octets += static_cast<std::uint32_t>(size);
        ++stats.packets;
        stats.bytes += size;
      }
    }
  }
}

void OutboundTrack::resend(OutboundLayer& layer, std::uint16_t seq, Connection& c,
                           std::uint16_t& transport_seq, SendStats& stats, TimePoint now) {
  const SentPacket* p = layer.find(seq);
  if (!p || rtx_payload_type_ == 0) return;
  c.commit(write(layer, *p, true, c.reserve(), c, transport_seq), now);
  ++stats.retransmitted;
}

std::size_t OutboundTrack::write(OutboundLayer& layer, const SentPacket& p, bool rtx,
                                 MutableBytes out, Connection& c,
                                 std::uint16_t& transport_seq) const {
  using rtp::Extension;
  const std::vector<Payload>& frame = layer.clip().frames[p.frame];
  const Payload& body = frame[p.part];
  rtp::ExtensionWriter ext;
  std::array<std::byte, 2> number;
  put_be(number, 0, 2, transport_seq++);
  ext.add(extensions_.id(Extension::transport_seq), number);
  if (!layer.heard) {
    ext.add(extensions_.id(Extension::mid), as_bytes(mid_));
    if (!layer.rid().empty())
      ext.add(extensions_.id(rtx ? Extension::repaired_rid : Extension::rid),
              as_bytes(layer.rid()));
  }
  std::array<std::byte, 8> captured;
  put_be(captured, 0, 8, p.captured.value);
  if (p.part == 0) ext.add(extensions_.id(Extension::abs_capture_time), captured);
  const std::array<std::byte, 1> level{static_cast<std::byte>(audio_level_)};
  if (source_ == Source::microphone) ext.add(extensions_.id(Extension::audio_level), level);

  const ExtSeq seq = rtx ? layer.take_rtx_seq() : p.seq;
  const std::size_t header =
      rtp::write_header({.marker = source_ != Source::microphone && p.part + 1 == frame.size(),
                         .payload_type = rtx ? rtx_payload_type_ : payload_type_,
                         .sequence = static_cast<std::uint16_t>(seq.value()),
                         .timestamp = p.timestamp,
                         .ssrc = rtx ? layer.rtx_ssrc() : layer.ssrc()},
                        ext, out);
  std::size_t at = header;
  if (rtx) at += rtp::write_osn(p.seq, out.subspan(at));
  if (layer.clip().codec == codec::Codec::vp8) {
    write_vp8_descriptor({.starts_frame = p.part == 0,
                          .keyframe = p.frame == 0,
                          .picture_id = p.picture_id,
                          .tl0_picture_index = p.tl0_picture_index},
                         out.subspan(at));
    at += kVp8DescriptorSize;
  }
  std::ranges::copy(body, out.subspan(at).begin());
  at += body.size();
  return c.transport().seal_rtp(seq, out, header, Bytes(out).subspan(header, at - header));
}

void OutboundTrack::write_sender_reports(ByteWriter& w, TimePoint now, NtpTime wall) const {
  for (const OutboundLayer& l : layers_)
    if (const auto rtp = l.rtp_time(now); rtp && l.enabled)
      rtcp::write_sender_report(w, {l.ssrc(), wall, *rtp, l.packets, l.octets});
}

}  // namespace plenum::load
