#include "load/publisher.h"

#include <array>

#include "base/overloaded.h"
#include "media/rtcp/compound.h"
#include "media/rtcp/report.h"

namespace plenum::load {
namespace {

constexpr Duration kReportInterval = 1s;
/// LiveKit's name for the channel whose messages may get lost.
constexpr const char* kLossyChannel = "_lossy";
/// A channel that has more to send than this is full.
constexpr std::size_t kMaxBuffered = 256 * 1024;

}  // namespace

Publisher::Publisher(Shared& shared, const Impairment& impairment, Config config, TimePoint now)
    : config_(config), connection_(shared, impairment, now) {}

OutboundTrack* Publisher::track(std::string_view sid) {
  for (OutboundTrack& t : tracks_)
    if (t.sid == sid) return &t;
  return nullptr;
}

std::string Publisher::offer(TimePoint now) {
  std::vector<OfferedTrack> offered;
  for (OutboundTrack& t : tracks_) offered.push_back(t.offered(std::to_string(offered.size())));
  if (config_.data) {
    sctp::ChannelConfig channel{.label = kLossyChannel, .protocol = {}, .ordered = false};
    channel.max_retransmits = 0;
    channel_ = connection_.transport().open_channel(channel, now);
  }
  return write_offer(offered, config_.data ? std::to_string(offered.size()) : "",
                     connection_.local());
}

bool Publisher::accept(const sdp::Description& answer, TimePoint now) {
  bool any = config_.data;
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    const sdp::MediaSection* section = answer.section(std::to_string(i));
    any |= section && tracks_[i].accept(*section);
  }
  return connection_.set_remote(answer, now) && any;
}

void Publisher::drive(TimePoint now, NtpTime wall) {
  connection_.handle_timeout(now);
  while (auto output = connection_.poll(now)) {
    std::visit(overloaded{[&](peer::TransportConnected&) { start_media(now); },
                          [&](peer::TransportDisconnected&) { lost_ = true; },
                          [&](peer::TransportReconnected&) { lost_ = false; },
                          [&](peer::RtcpDatagram& r) { on_rtcp(r.packet.bytes(), now, wall); },
                          [&](peer::ChannelOpened& c) {
                            if (c.label == kLossyChannel) channel_ = c.stream_id;
                          },
                          [](auto&) {}},
               *output);
  }
  if (connection_.transport().can_send_media()) {
    for (OutboundTrack& t : tracks_)
      if (t.is_accepted()) t.send(connection_, transport_seq_, stats_, now, wall);
    if (next_report_ <= now) send_reports(now, wall);
  }
  connection_.flush();
}

TimePoint Publisher::next_timeout() const {
  TimePoint next = connection_.next_timeout();
  if (!connected_) return next;
  next = std::min(next, next_report_);
  for (const OutboundTrack& t : tracks_)
    if (t.is_accepted()) next = std::min(next, t.next_frame());
  return next;
}

void Publisher::start_media(TimePoint now) {
  connected_ = true;
  next_report_ = now + config_.phase;
  for (OutboundTrack& t : tracks_) t.start(now, config_.phase);
}

bool Publisher::send_data(Bytes message, TimePoint now) {
  peer::Transport& t = connection_.transport();
  if (!channel_ || t.buffered_amount() > kMaxBuffered) return false;
  const bool sent = t.send_message(*channel_, message, now) == peer::Transport::SendStatus::sent;
  return sent;
}

OutboundLayer* Publisher::find(Ssrc ssrc, OutboundTrack** track) {
  for (OutboundTrack& t : tracks_) {
    OutboundLayer* layer = t.layer_of(ssrc);
    if (!layer) continue;
    if (track) *track = &t;
    return layer;
  }
  return nullptr;
}

void Publisher::on_rtcp(Bytes compound, TimePoint now, NtpTime wall) {
  rtcp::CompoundReader reader(compound);
  const auto on_keyframe_request = [&](Ssrc ssrc) {
    ++stats_.plis;
    if (OutboundLayer* layer = find(ssrc)) layer->request_keyframe();
  };
  while (const auto message = reader.next()) {
    std::visit(overloaded{[&](const rtcp::Pli& m) { on_keyframe_request(m.media); },
                          [&](const rtcp::FirView& m) {
                            for (std::size_t i = 0; i < m.size(); ++i)
                              on_keyframe_request(m[i].ssrc);
                          },
                          [&](const rtcp::NackView& m) {
                            OutboundTrack* track = nullptr;
                            OutboundLayer* layer = find(m.media, &track);
                            if (!layer) return;
                            ++stats_.nacks;
                            m.for_each([&](std::uint16_t seq) {
                              track->resend(*layer, seq, connection_, transport_seq_, stats_, now);
                            });
                          },
                          [&](const rtcp::ReceiverReportView& m) { on_reports(m.blocks, wall); },
                          [&](const rtcp::SenderReportView& m) { on_reports(m.blocks, wall); },
                          [](const auto&) {}},
               *message);
  }
}

void Publisher::on_reports(const rtcp::ReportBlocksView& blocks, NtpTime wall) {
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const rtcp::ReportBlock block = blocks[i];
    OutboundLayer* layer = find(block.ssrc);
    if (!layer) continue;
    layer->heard = true;
    if (const auto rtt = rtcp::round_trip(block, wall)) round_trip_.on_sample(*rtt);
  }
}

void Publisher::send_reports(TimePoint now, NtpTime wall) {
  next_report_ = now + kReportInterval;
  std::array<std::byte, 1200> out;
  ByteWriter w(out);
  for (const OutboundTrack& t : tracks_)
    if (t.is_accepted()) t.write_sender_reports(w, now, wall);
  if (w.size() != 0) connection_.transport().send_rtcp(w.written());
  while (connection_.poll(now)) {
  }
}

}  // namespace plenum::load
