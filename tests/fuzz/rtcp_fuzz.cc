// RTCP compounds: every view is read to its end, and what was read is written and read again.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "base/overloaded.h"
#include "media/rtcp/compound.h"
#include "media/rtcp/transport_feedback.h"
#include "media/rtcp/writer.h"

namespace {

using namespace plenum;

std::vector<rtcp::ReportBlock> blocks_of(const rtcp::ReportBlocksView& view) {
  std::vector<rtcp::ReportBlock> out;
  for (std::size_t i = 0; i < view.size(); ++i) out.push_back(view[i]);
  return out;
}

void write_nack_again(const rtcp::NackView& nack) {
  std::vector<ExtSeq> lost;
  nack.for_each([&](std::uint16_t s) { lost.push_back(ExtSeq(0x10000u + s)); });
  if (lost.size() != 0 && lost.size() > 17 * nack.item_count()) std::abort();
  std::sort(lost.begin(), lost.end());
  lost.erase(std::unique(lost.begin(), lost.end()), lost.end());
  std::vector<std::byte> out(12 + 4 * lost.size());
  ByteWriter w(out);
  if (rtcp::write_nack(w, nack.sender, nack.media, lost) != lost.size()) std::abort();
  rtcp::CompoundReader reader(w.written());
  const auto again = reader.next();
  std::size_t n = 0;
  std::get<rtcp::NackView>(*again).for_each([&](std::uint16_t s) {
    if (ExtSeq(0x10000u + s) != lost[n++]) std::abort();
  });
  if (n != lost.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  rtcp::CompoundReader reader(std::as_bytes(std::span(data, size)));
  std::array<std::byte, 2048> out;
  std::uint64_t sum = 0;
  while (const auto message = reader.next()) {
    ByteWriter w(out);
    std::visit(
        overloaded{
            [&](const rtcp::SenderReportView& m) {
              const auto blocks = blocks_of(m.blocks);
              rtcp::write_sender_report(w, {m.ssrc, m.ntp, m.rtp, m.packets, m.octets}, blocks);
            },
            [&](const rtcp::ReceiverReportView& m) {
              const auto blocks = blocks_of(m.blocks);
              rtcp::write_receiver_report(w, m.ssrc, blocks);
              for (const auto& b : blocks) sum += rtcp::round_trip(b, NtpTime{1}).has_value();
            },
            [&](const rtcp::SourceDescriptionView& m) {
              m.for_each_cname(
                  [&](Ssrc ssrc, std::string_view cname) { rtcp::write_cname(w, ssrc, cname); });
            },
            [&](const rtcp::ByeView& m) {
              for (std::size_t i = 0; i < m.ssrcs.size(); ++i) sum += m.ssrcs[i].value();
            },
            [&](const rtcp::NackView& m) { write_nack_again(m); },
            [&](const rtcp::TransportWideView& m) {
              sum += rtcp::parse_transport_feedback(m.packet).ok();
            },
            [&](const rtcp::Pli& m) { rtcp::write_pli(w, m.sender, m.media); },
            [&](const rtcp::FirView& m) {
              for (std::size_t i = 0; i < m.size(); ++i) sum += m[i].sequence;
            },
            [&](const rtcp::RembView& m) {
              for (std::size_t i = 0; i < m.ssrcs.size(); ++i) sum += m.ssrcs[i].value();
              rtcp::write_remb(w, m.sender, m.bitrate, {});
            },
        },
        *message);
    rtcp::CompoundReader again(w.written());
    while (again.next()) ++sum;
    if (again.broken()) std::abort();
  }
  return sum == UINT64_MAX;
}
