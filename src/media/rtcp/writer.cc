#include "media/rtcp/writer.h"

#include <algorithm>

#include "media/rtcp/compound.h"

namespace plenum::rtcp {
namespace {

constexpr std::size_t kMaxSources = 31;  // 5 bits

/// Begins a packet of a known size if there is room for all of it: nothing is written by halves.
bool begin(ByteWriter& w, std::size_t count, std::uint8_t type, std::size_t size) {
  ByteWriter probe = w;
  probe.zeros(size);
  if (!probe.ok()) {
    w = probe;
    return false;
  }
  w.u8(0x80u | count);
  w.u8(type);
  w.u16(size / 4 - 1);
  return true;
}

std::uint32_t lost_bits(std::int32_t lost) {
  return static_cast<std::uint32_t>(std::clamp(lost, -0x800000, 0x7fffff)) & 0xffffff;
}

void write_block(ByteWriter& w, const ReportBlock& b) {
  w.u32(b.ssrc.value());
  w.u8(b.fraction_lost);
  w.u24(lost_bits(b.cumulative_lost));
  w.u32(b.highest_sequence);
  w.u32(b.jitter);
  w.u32(b.lsr);
  w.u32(b.dlsr);
}

/// How many of `missing` from `first` on fit into one item; `mask` gets their bits.
std::size_t gather_item(std::span<const ExtSeq> missing, std::size_t first, std::uint16_t& mask) {
  mask = 0;
  std::size_t n = 1;
  while (first + n < missing.size()) {
    const std::uint64_t d = missing[first + n].value() - missing[first].value();
    if (d < 1 || d > 16) break;
    mask = static_cast<std::uint16_t>(mask | 1u << (d - 1));
    ++n;
  }
  return n;
}

}  // namespace

bool write_sender_report(ByteWriter& w, const SenderReport& report,
                         std::span<const ReportBlock> blocks) {
  const std::size_t n = std::min(blocks.size(), kMaxReportBlocks);
  if (!begin(w, n, kSenderReport, 28 + n * kReportBlockSize)) return false;
  w.u32(report.ssrc.value());
  w.u64(report.ntp.value);
  w.u32(report.rtp.value());
  w.u32(report.packets);
  w.u32(report.octets);
  for (const ReportBlock& b : blocks.first(n)) write_block(w, b);
  return true;
}

bool write_receiver_report(ByteWriter& w, Ssrc sender, std::span<const ReportBlock> blocks) {
  const std::size_t n = std::min(blocks.size(), kMaxReportBlocks);
  if (!begin(w, n, kReceiverReport, 8 + n * kReportBlockSize)) return false;
  w.u32(sender.value());
  for (const ReportBlock& b : blocks.first(n)) write_block(w, b);
  return true;
}

bool write_cname(ByteWriter& w, Ssrc ssrc, std::string_view cname) {
  const std::string_view text = cname.substr(0, 255);
  const std::size_t chunk = 4 + 2 + text.size() + 1;  // at least one null octet ends the items
  const std::size_t padded = (chunk + 3) / 4 * 4;
  if (!begin(w, 1, kSourceDescription, 4 + padded)) return false;
  w.u32(ssrc.value());
  w.u8(1);
  w.u8(text.size());
  w.bytes(as_bytes(text));
  w.zeros(1 + padded - chunk);
  return true;
}

bool write_bye(ByteWriter& w, std::span<const Ssrc> ssrcs) {
  const std::size_t n = std::min(ssrcs.size(), kMaxSources);
  if (!begin(w, n, kBye, 4 + 4 * n)) return false;
  for (const Ssrc s : ssrcs.first(n)) w.u32(s.value());
  return true;
}

std::size_t write_nack(ByteWriter& w, Ssrc sender, Ssrc media, std::span<const ExtSeq> missing) {
  if (missing.empty()) return 0;
  if (!begin(w, kNackFormat, kTransportFeedback, 16)) return 0;  // one item is certain
  const std::size_t length_at = w.size() - 2;
  w.u32(sender.value());
  w.u32(media.value());
  std::size_t written = 0;
  std::size_t items = 0;
  while (written < missing.size()) {
    std::uint16_t mask = 0;
    const std::size_t n = gather_item(missing, written, mask);
    ByteWriter probe = w;
    probe.u16(missing[written].value());
    probe.u16(mask);
    if (!probe.ok()) break;
    w = probe;
    written += n;
    ++items;
  }
  w.patch_u16(length_at, static_cast<std::uint16_t>(2 + items));
  return written;
}

bool write_pli(ByteWriter& w, Ssrc sender, Ssrc media) {
  if (!begin(w, kPliFormat, kPayloadFeedback, 12)) return false;
  w.u32(sender.value());
  w.u32(media.value());
  return true;
}

bool write_fir(ByteWriter& w, Ssrc sender, Ssrc media, std::uint8_t sequence) {
  if (!begin(w, kFirFormat, kPayloadFeedback, 20)) return false;
  w.u32(sender.value());
  w.u32(0);  // RFC 5104 section 4.3.1.2: the media source is named in the entry
  w.u32(media.value());
  w.u8(sequence);
  w.u24(0);
  return true;
}

bool write_remb(ByteWriter& w, Ssrc sender, Bitrate bitrate, std::span<const Ssrc> ssrcs) {
  const std::size_t n = std::min<std::size_t>(ssrcs.size(), 255);
  if (!begin(w, kApplicationFormat, kPayloadFeedback, 20 + 4 * n)) return false;
  w.u32(sender.value());
  w.u32(0);
  w.bytes(as_bytes("REMB"));
  std::uint64_t mantissa = bitrate.bps();
  std::uint32_t exponent = 0;
  for (; mantissa > 0x3ffff; mantissa >>= 1) ++exponent;
  w.u8(n);
  w.u24(exponent << 18 | mantissa);
  for (const Ssrc s : ssrcs.first(n)) w.u32(s.value());
  return true;
}

}  // namespace plenum::rtcp
