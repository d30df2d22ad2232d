#include "media/peer/uplinks.h"

#include <algorithm>
#include <utility>

#include "media/rtcp/writer.h"
#include "media/rtp/rtx.h"

namespace plenum::peer {
namespace {

constexpr Duration kReportInterval = 1s;
/// How long a layer's stream must have been silent before another SSRC may take its place.
constexpr Duration kTakeOverAfter = 500ms;
/// How long nothing must have come in the track's codec before another may become it.
constexpr Duration kCodecLeftAfter = 300ms;
constexpr Duration kCodecStays = 2s;

}  // namespace

/// A track that is there already keeps its codec: what becomes of its packets was decided when it
/// was bound.
void Uplinks::take_codec(Section& to, const ReceiveSection& from) const {
  to.codecs = from.codecs;
  to.red_payload_type = from.red_payload_type;
  if (!from.codecs.empty()) to.codec = from.codecs.front().codec;
  for (const Section& before : sections_) {
    if (!from.track || before.track != from.track || !before.codec) continue;
    to.codec = before.codec;
    to.codec_heard = before.codec_heard;
    to.codec_changed = before.codec_changed;
  }
  fill_payload_types(to);
}

/// Some clients fix their encoder before they read the answer, or change it later, and send in any
/// codec that was agreed to. One that is silent has been left; a change costs every subscriber a
/// negotiation, so it is not to be had too often.
void Uplinks::follow_codec(Section& section, std::uint8_t payload_type, TimePoint now) {
  const PayloadType::Use use = section.payload_types[payload_type].use;
  if (use == PayloadType::Use::media || use == PayloadType::Use::red) {
    section.codec_heard = now;
    return;
  }
  const auto sent = std::ranges::find(section.codecs, payload_type, &NegotiatedCodec::payload_type);
  if (sent == section.codecs.end()) return;
  if (section.codec_heard && now - *section.codec_heard < kCodecLeftAfter) return;
  if (section.codec_changed && now - *section.codec_changed < kCodecStays) return;
  section.codec = section.chosen_codec = sent->codec;
  section.codec_heard = section.codec_changed = now;
  fill_payload_types(section);
}

void Uplinks::fill_payload_types(Section& s) {
  s.payload_types = {};
  s.nack = false;
  for (const NegotiatedCodec& c : s.codecs) {
    if (c.payload_type > 127 || c.codec != s.codec) continue;
    s.payload_types[c.payload_type] = {PayloadType::Use::media, 0, codec::clock_rate(c.codec)};
    if (c.rtx_payload_type && *c.rtx_payload_type < 128)
      s.payload_types[*c.rtx_payload_type] = {PayloadType::Use::rtx, c.payload_type,
                                              codec::clock_rate(c.codec)};
    s.nack = s.nack || c.feedback.nack;
  }
  if (s.red_payload_type && *s.red_payload_type < 128 && s.codec == codec::Codec::opus)
    s.payload_types[*s.red_payload_type] = {PayloadType::Use::red, 0, 48'000};
}

void Uplinks::update(const std::vector<ReceiveSection>& sections,
                     const rtp::ExtensionMap& extensions) {
  extensions_ = extensions;
  std::vector<Section> updated;
  for (const ReceiveSection& from : sections) {
    Section s;
    s.mid = from.mid;
    s.kind = from.kind;
    if (from.active) s.track = from.track;
    for (const ReceiveRid& r : from.rids) s.rids.push_back(r.rid);
    s.ssrcs = from.ssrcs;
    s.rtx_ssrcs = from.rtx_ssrcs;
    take_codec(s, from);
    updated.push_back(std::move(s));
  }
  // The list holds only sections that are sent in, so a stream's index moves when another one
  // stops. It must stay with its section: browsers name mid and rid only until the first report.
  // Streams whose section carries another track now, or none, start over.
  std::erase_if(streams_, [&](const std::unique_ptr<Stream>& stream) {
    const Section& was = sections_[stream->section];
    const auto is = std::find_if(updated.begin(), updated.end(),
                                 [&](const Section& s) { return s.mid == was.mid; });
    const bool keep = is != updated.end() && is->track == was.track;
    if (keep) stream->section = static_cast<std::size_t>(is - updated.begin());
    if (!keep) by_ssrc_.erase(stream->ssrc.value());
    return !keep;
  });
  sections_ = std::move(updated);
}

Uplinks::Stream* Uplinks::find(Ssrc ssrc) {
  const auto it = by_ssrc_.find(ssrc.value());
  return it == by_ssrc_.end() ? nullptr : it->second;
}

Uplinks::Stream* Uplinks::stream_of(std::size_t section, std::uint8_t layer, bool rtx) const {
  for (const auto& s : streams_)
    if (s->section == section && s->layer == layer && s->rtx == rtx) return s.get();
  return nullptr;
}

Uplinks::Stream* Uplinks::assign(std::size_t section, std::uint8_t layer, bool rtx, Ssrc ssrc,
                                 TimePoint now) {
  if (Stream* old = stream_of(section, layer, rtx)) {
    const auto announced = [&](Ssrc s) {
      const auto& all = sections_[section].ssrcs;
      return std::find(all.begin(), all.end(), s) != all.end();
    };
    const bool replaces = announced(ssrc) && !announced(old->ssrc);
    if (now - old->last_packet < kTakeOverAfter && !replaces) return nullptr;
    by_ssrc_.erase(old->ssrc.value());
    std::erase_if(streams_, [&](const auto& s) { return s.get() == old; });
  }
  auto stream = std::make_unique<Stream>();
  stream->ssrc = ssrc;
  stream->section = section;
  stream->layer = layer;
  stream->rtx = rtx;
  Stream* s = stream.get();
  streams_.push_back(std::move(stream));
  by_ssrc_[ssrc.value()] = s;
  return s;
}

Uplinks::Stream* Uplinks::learn(const rtp::Header& header, const rtp::ExtensionsView& ext,
                                TimePoint now) {
  std::optional<std::size_t> section;
  for (std::size_t i = 0; i < sections_.size() && !section; ++i) {
    const Section& s = sections_[i];
    if (!ext.mid.empty()) {
      if (s.mid == ext.mid) section = i;
      continue;
    }
    const bool media = std::find(s.ssrcs.begin(), s.ssrcs.end(), header.ssrc) != s.ssrcs.end();
    const bool rtx = std::any_of(s.rtx_ssrcs.begin(), s.rtx_ssrcs.end(),
                                 [&](const auto& p) { return p.second == header.ssrc; });
    if (media || rtx) section = i;
  }
  if (!section && ext.mid.empty()) {
    // RFC 8843 section 9.2, last resort: a payload type that only one section uses.
    for (std::size_t i = 0; i < sections_.size(); ++i) {
      if (!sections_[i].track ||
          sections_[i].payload_types[header.payload_type].use == PayloadType::Use::none)
        continue;
      if (section) return nullptr;
      section = i;
    }
  }
  if (!section || !sections_[*section].track) return nullptr;
  Section& s = sections_[*section];
  follow_codec(s, header.payload_type, now);
  const PayloadType::Use use = s.payload_types[header.payload_type].use;
  if (use == PayloadType::Use::none) return nullptr;
  const bool rtx = use == PayloadType::Use::rtx;
  std::uint8_t layer = 0;
  if (!s.rids.empty()) {
    const std::string_view rid = rtx ? ext.repaired_rid : ext.rid;
    auto it = std::find(s.rids.begin(), s.rids.end(), rid);
    auto index = static_cast<std::size_t>(it - s.rids.begin());
    if (it == s.rids.end()) {  // no rid in this packet: perhaps the SDP named the SSRC
      index = static_cast<std::size_t>(std::find(s.ssrcs.begin(), s.ssrcs.end(), header.ssrc) -
                                       s.ssrcs.begin());
      if (rtx) {
        const auto pair = std::find_if(s.rtx_ssrcs.begin(), s.rtx_ssrcs.end(),
                                       [&](const auto& p) { return p.second == header.ssrc; });
        if (pair == s.rtx_ssrcs.end()) return nullptr;
        index = static_cast<std::size_t>(std::find(s.ssrcs.begin(), s.ssrcs.end(), pair->first) -
                                         s.ssrcs.begin());
      }
      if (index >= s.ssrcs.size()) return nullptr;
    }
    if (index >= kMaxLayers) return nullptr;
    layer = static_cast<std::uint8_t>(index);
  }
  Stream* stream = assign(*section, layer, rtx, header.ssrc, now);
  if (stream) stream->stats = rtp::ReceptionStats(s.payload_types[header.payload_type].clock_rate);
  return stream;
}

std::optional<RtpReceived> Uplinks::handle_rtp(Buffer datagram, TimePoint now) {
  const auto header = rtp::parse_header(datagram.bytes());
  if (!header || datagram.size() > kMaxPacket) {
    ++counters_.malformed;
    return std::nullopt;
  }
  const rtp::ExtensionsView ext = rtp::parse_extensions(datagram.bytes(), *header, extensions_);
  // Also for packets that are of no use: the sender's estimate is about the path, not about us.
  if (ext.transport_seq) feedback_.on_packet(*ext.transport_seq, now);
  Stream* stream = find(header->ssrc);
  if (!stream) stream = learn(*header, ext, now);
  if (!stream) {
    ++counters_.unknown_ssrc;
    return std::nullopt;
  }
  if (next_report_ == kNever) next_report_ = now + kReportInterval;
  Section& section = sections_[stream->section];
  if (!stream->rtx) follow_codec(section, header->payload_type, now);
  const PayloadType& type = section.payload_types[header->payload_type];
  stream->last_packet = now;
  stream->bytes += datagram.size();
  rtp::Packet packet;
  packet.size = datagram.size();
  packet.header = *header;
  packet.buffer = std::move(datagram);
  packet.arrival = now;
  packet.seq = stream->unwrapper.unwrap(header->sequence);
  stream->stats.on_packet(packet.seq, header->timestamp, now);
  if (stream->rtx) return restore(*stream, std::move(packet), ext, now);
  // Comfort noise, or a codec that the track is not bound to: of that only the number counts, for
  // who follows the sequence must not take it for lost.
  if (type.use != PayloadType::Use::media && type.use != PayloadType::Use::red) {
    packet.size = packet.header.payload_offset;
    packet.header.padding = 0;
  }
  last_media_ssrc_ = header->ssrc;
  if (section.nack) stream->nack.on_packet(packet.seq, now);
  return RtpReceived{.track = *section.track,
                     .layer = stream->layer,
                     .red = type.use == PayloadType::Use::red,
                     .packet = std::move(packet),
                     .extensions = ext,
                     .chosen_codec = std::exchange(section.chosen_codec, std::nullopt)};
}

std::optional<RtpReceived> Uplinks::restore(Stream& rtx, rtp::Packet packet,
                                            const rtp::ExtensionsView& ext, TimePoint now) {
  const Section& section = sections_[rtx.section];
  const PayloadType& type = section.payload_types[packet.header.payload_type];
  Stream* media = stream_of(rtx.section, rtx.layer, false);
  if (!media || type.use != PayloadType::Use::rtx) return std::nullopt;
  const auto content = rtp::unwrap_rtx(packet.buffer.bytes().first(packet.size), packet.header,
                                       media->ssrc, type.media_type);
  if (!content || content->padding_only) return std::nullopt;
  packet.size = content->size;
  packet.seq = media->unwrapper.peek(packet.header.sequence);
  // Browsers also probe for bandwidth by sending again what has arrived; that repairs nothing.
  if (media->nack.on_packet(packet.seq, now)) media->stats.on_recovered(packet.seq);
  return RtpReceived{*section.track, media->layer, false, std::move(packet), ext};
}

std::optional<SenderReportReceived> Uplinks::handle_sender_report(
    const rtcp::SenderReportView& report, TimePoint now) {
  Stream* stream = find(report.ssrc);
  if (!stream || stream->rtx) return std::nullopt;
  stream->stats.on_sender_report(report.ntp, now);
  return SenderReportReceived{*sections_[stream->section].track, stream->layer, report.ntp,
                              report.rtp};
}

TimePoint Uplinks::next_timeout() const {
  TimePoint t = std::min(next_report_, feedback_.next_timeout());
  for (const auto& s : streams_) t = std::min(t, s->nack.next_timeout());
  return t;
}

std::size_t Uplinks::poll_rtcp(TimePoint now, MutableBytes out) {
  if (const std::size_t n = feedback_.poll(now, kReporter, last_media_ssrc_, out)) return n;
  if (const std::size_t n = write_nacks(now, out)) return n;
  return write_reports(now, out);
}

/// Not asked for here: others need key frames too, and the track bounds what the client is asked.
std::optional<KeyframeNeeded> Uplinks::poll_keyframe_needed() {
  for (const auto& s : streams_)
    if (s->nack.take_keyframe_needed())
      return KeyframeNeeded{*sections_[s->section].track, s->layer};
  return std::nullopt;
}

std::size_t Uplinks::write_nacks(TimePoint now, MutableBytes out) {
  for (const auto& s : streams_) {
    if (s->nack.next_timeout() > now) continue;
    std::array<ExtSeq, 128> missing;
    const std::size_t n = s->nack.poll(now, missing);
    if (n == 0) continue;
    ByteWriter w(out);
    rtcp::write_nack(w, kReporter, s->ssrc, std::span(missing).first(n));
    counters_.nacks_sent += n;
    return w.size();
  }
  return 0;
}

std::size_t Uplinks::write_reports(TimePoint now, MutableBytes out) {
  if (now < next_report_) return 0;
  std::array<rtcp::ReportBlock, rtcp::kMaxReportBlocks> blocks;
  std::size_t n = 0;
  while (next_reported_ < streams_.size() && n < blocks.size()) {
    Stream& s = *streams_[next_reported_++];
    if (!s.stats.started()) continue;
    const auto report = s.stats.report(now);
    if (!s.rtx) s.last_loss = static_cast<float>(report.fraction_lost) / 256.0F;
    blocks[n++] = rtcp::report_block(s.ssrc, report);
  }
  if (n == 0) {
    next_reported_ = 0;
    next_report_ = now + kReportInterval;
    return 0;
  }
  ByteWriter w(out);
  rtcp::write_receiver_report(w, kReporter, std::span(blocks).first(n));
  return w.size();
}

std::optional<Ssrc> Uplinks::media_ssrc(TrackId track, std::uint8_t layer) const {
  for (const auto& s : streams_)
    if (!s->rtx && s->layer == layer && sections_[s->section].track == track) return s->ssrc;
  return std::nullopt;
}

std::vector<Uplinks::TrackStats> Uplinks::take_stats() {
  std::vector<TrackStats> all;
  for (const auto& s : streams_) {
    if (s->rtx || !sections_[s->section].track) continue;
    const TrackId track = *sections_[s->section].track;
    auto it =
        std::find_if(all.begin(), all.end(), [&](const TrackStats& t) { return t.track == track; });
    if (it == all.end()) it = all.insert(all.end(), TrackStats{.track = track});
    it->loss = std::max(it->loss, s->last_loss);
    it->jitter = std::max(it->jitter, s->stats.jitter());
    it->lost += s->stats.lost() - std::exchange(s->told_lost, s->stats.lost());
    it->bytes += s->bytes;
    if (s->bytes) it->layers = static_cast<std::uint8_t>(it->layers | 1u << s->layer);
    s->bytes = 0;
  }
  return all;
}

}  // namespace plenum::peer
