#include "load/subscriber.h"

#include <algorithm>
#include <array>

#include "base/crypto.h"
#include "base/overloaded.h"
#include "media/rtcp/compound.h"
#include "media/rtp/header.h"
#include "media/sdp/writer.h"

namespace plenum::load {
namespace {

constexpr Duration kReportInterval = 1s;
/// Of one RTCP datagram.
constexpr std::size_t kMaxCompound = 1'200;
/// Messages that nobody has taken yet.
constexpr std::size_t kMaxMessages = 1'000;

}  // namespace

Subscriber::Subscriber(Shared& shared, const Impairment& impairment, TimePoint now)
    : connection_(shared, impairment, now), own_ssrc_(crypto::random_u32()) {}

std::string Subscriber::answer(const sdp::Description& offer, TimePoint now) {
  if (!connection_.set_remote(offer, now)) return "";
  const sdp::Description answer = answer_to(offer, connection_.local());
  std::vector<std::unique_ptr<InboundTrack>> before = std::exchange(tracks_, {});
  by_ssrc_.clear();
  for (const sdp::MediaSection& s : offer.sections) {
    if (!s.is_rtp() || s.rejected() || !sdp::sends(s.direction)) continue;
    auto track = std::make_unique<InboundTrack>(s, stats_);
    // A section that carries what it carried goes on where it was.
    const auto same = std::ranges::find_if(before, [&](const auto& b) {
      return b && b->ssrc() == track->ssrc() && b->sid() == track->sid();
    });
    if (same != before.end()) track = std::move(*same);
    by_ssrc_[track->ssrc().value()] = track.get();
    if (track->rtx_ssrc()) by_ssrc_[track->rtx_ssrc()->value()] = track.get();
    tracks_.push_back(std::move(track));
  }
  for (const auto& gone : before)
    if (gone) gone->finish(now);
  return sdp::write(answer);
}

void Subscriber::drive(TimePoint now, NtpTime wall) {
  connection_.handle_timeout(now);
  while (auto output = connection_.poll(now)) {
    std::visit(overloaded{[&](peer::RtpDatagram& r) { on_rtp(r.packet.bytes(), now, wall); },
                          [&](peer::RtcpDatagram& r) { on_rtcp(r.packet.bytes(), now); },
                          [&](peer::TransportConnected&) {
                            connected_ = true;
                            next_report_ = now + kReportInterval;
                          },
                          [&](peer::TransportDisconnected&) { lost_ = true; },
                          [&](peer::TransportReconnected&) { lost_ = false; },
                          [&](peer::ChannelMessage& m) {
                            if (messages_.size() < kMaxMessages)
                              messages_.push_back(std::move(m.bytes));
                          },
                          [](auto&) {}},
               *output);
  }
  if (next_request_ <= now || feedback_.next_timeout() <= now) send_feedback(now);
  if (next_report_ <= now) send_reports(now);
  connection_.flush();
}

void Subscriber::on_rtp(MutableBytes packet, TimePoint now, NtpTime wall) {
  const auto header = rtp::parse_header(packet);
  if (!header) return;
  const auto found = by_ssrc_.find(header->ssrc.value());
  if (found == by_ssrc_.end()) return on_probe(packet, *header, now);
  InboundTrack& track = *found->second;
  const rtp::ExtensionsView extensions = rtp::parse_extensions(packet, *header, track.extensions());
  if (extensions.transport_seq) feedback_.on_packet(*extensions.transport_seq, now);
  track.on_packet(packet, *header, extensions, now, wall);
  next_request_ = std::min(next_request_, track.next_feedback());
}

/// Of no track, but the server wants to know when it came.
void Subscriber::on_probe(Bytes packet, const rtp::Header& header, TimePoint now) {
  if (tracks_.empty()) return;
  const auto extensions = rtp::parse_extensions(packet, header, tracks_.front()->extensions());
  if (extensions.transport_seq) feedback_.on_packet(*extensions.transport_seq, now);
}

void Subscriber::on_rtcp(Bytes compound, TimePoint now) {
  rtcp::CompoundReader reader(compound);
  while (const auto message = reader.next()) {
    const auto* sr = std::get_if<rtcp::SenderReportView>(&*message);
    if (!sr) continue;
    if (const auto it = by_ssrc_.find(sr->ssrc.value()); it != by_ssrc_.end())
      it->second->on_sender_report(sr->ntp, now);
  }
}

void Subscriber::send(ByteWriter& w) {
  if (w.size() != 0) connection_.transport().send_rtcp(w.written());
}

void Subscriber::send_feedback(TimePoint now) {
  std::array<std::byte, kMaxCompound> out;
  if (next_request_ <= now) {
    ByteWriter w(out);
    next_request_ = kNever;
    for (const auto& t : tracks_) {
      t->write_feedback(w, own_ssrc_, now);
      next_request_ = std::min(next_request_, t->next_feedback());
    }
    send(w);
  }
  const Ssrc media = tracks_.empty() ? Ssrc(0) : tracks_.front()->ssrc();
  while (const std::size_t size = feedback_.poll(now, own_ssrc_, media, out))
    connection_.transport().send_rtcp(Bytes(out).first(size));
  while (connection_.poll(now)) {
  }
}

void Subscriber::send_reports(TimePoint now) {
  next_report_ = now + kReportInterval;
  std::vector<rtcp::ReportBlock> blocks;
  for (const auto& t : tracks_)
    if (const auto block = t->report(now)) blocks.push_back(*block);
  for (std::size_t at = 0; at < blocks.size(); at += rtcp::kMaxReportBlocks) {
    std::array<std::byte, kMaxCompound> out;
    ByteWriter w(out);
    const std::size_t n = std::min(rtcp::kMaxReportBlocks, blocks.size() - at);
    rtcp::write_receiver_report(w, own_ssrc_, std::span(blocks).subspan(at, n));
    send(w);
  }
  while (connection_.poll(now)) {
  }
}

TimePoint Subscriber::next_timeout() const {
  return std::min(
      {connection_.next_timeout(), feedback_.next_timeout(), next_report_, next_request_});
}

void Subscriber::pause(std::string_view track_sid) {
  for (const auto& t : tracks_)
    if (t->sid() == track_sid) t->pause();
}

void Subscriber::finish(TimePoint now) {
  for (const auto& t : tracks_) t->finish(now);
  tracks_.clear();
  by_ssrc_.clear();
}

std::int64_t Subscriber::lost() const {
  std::int64_t lost = stats_.lost;
  for (const auto& t : tracks_) lost += t->lost();
  return lost;
}

std::size_t Subscriber::video_tracks() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(tracks_, [](const auto& t) { return t->is_video(); }));
}

}  // namespace plenum::load
