#include "media/rtcp/compound.h"

namespace plenum::rtcp {
namespace {

constexpr std::size_t kHeaderSize = 4;
constexpr std::size_t kFeedbackHeaderSize = 12;        // with the SSRCs of sender and media
constexpr std::uint32_t kRembIdentifier = 0x52454d42;  // "REMB"

/// One packet of the compound: what its header says, and what follows without padding.
struct Inner {
  std::uint8_t count = 0;  // report count, source count or format
  std::uint8_t type = 0;
  Bytes whole;
  Bytes body;
};

/// RFC 3550 section 6.4.1; nullopt when broken. Moves `rest` behind it.
std::optional<Inner> take_inner(Bytes& rest) {
  if (rest.size() < kHeaderSize) return std::nullopt;
  const std::uint8_t first = be8(rest, 0);
  if (first >> 6 != 2) return std::nullopt;
  const std::size_t size = 4u * (be16(rest, 2) + 1u);
  if (size > rest.size()) return std::nullopt;
  Inner p{.count = static_cast<std::uint8_t>(first & 0x1f),
          .type = be8(rest, 1),
          .whole = rest.first(size),
          .body = rest.first(size).subspan(kHeaderSize)};
  if (first & 0x20) {
    const std::size_t padding = be8(p.whole, size - 1);
    if (padding == 0 || padding > p.body.size()) return std::nullopt;
    p.body = p.body.first(p.body.size() - padding);
  }
  rest = rest.subspan(size);
  return p;
}

struct Parsed {
  bool broken = false;
  std::optional<Message> message;
};
constexpr Parsed kBroken{true, std::nullopt};
constexpr Parsed kSkipped{false, std::nullopt};

Parsed parse_reports(const Inner& p, std::size_t fixed) {
  if (p.body.size() < fixed + p.count * kReportBlockSize) return kBroken;
  const ReportBlocksView blocks(p.body.subspan(fixed, p.count * kReportBlockSize));
  const Ssrc ssrc(be32(p.body, 0));
  if (p.type == kReceiverReport) return {false, ReceiverReportView{ssrc, blocks}};
  return {false, SenderReportView{.ssrc = ssrc,
                                  .ntp = NtpTime{be64(p.body, 4)},
                                  .rtp = RtpTime(be32(p.body, 12)),
                                  .packets = be32(p.body, 16),
                                  .octets = be32(p.body, 20),
                                  .blocks = blocks}};
}

Parsed parse_source_description(const Inner& p) {
  Bytes rest = p.body;
  for (std::uint8_t i = 0; i < p.count; ++i)
    if (!SourceDescriptionView::take_chunk(rest)) return kBroken;
  return {false, SourceDescriptionView{p.body, p.count}};
}

Parsed parse_bye(const Inner& p) {
  if (p.body.size() < 4u * p.count) return kBroken;
  return {false, ByeView{SsrcsView(p.body.first(4u * p.count))}};
}

Parsed parse_remb(Ssrc sender, Bytes fci) {
  if (fci.size() < 8) return kBroken;
  if (be32(fci, 0) != kRembIdentifier) return kSkipped;
  const std::size_t count = be8(fci, 4);
  if (fci.size() < 8 + 4 * count) return kBroken;
  const std::uint32_t fields = static_cast<std::uint32_t>(be(fci, 5, 3));
  const std::uint32_t exponent = fields >> 18;
  const std::uint64_t mantissa = fields & 0x3ffff;
  // 18 bits shifted by up to 63: beyond 46 nothing sensible is left and bits would be lost.
  if (exponent > 46) return kBroken;
  return {false, RembView{sender, Bitrate::bps(mantissa << exponent),
                          SsrcsView(fci.subspan(8, 4 * count))}};
}

Parsed parse_feedback(const Inner& p) {
  if (p.body.size() < kFeedbackHeaderSize - kHeaderSize) return kBroken;
  const Ssrc sender(be32(p.body, 0));
  const Ssrc media(be32(p.body, 4));
  const Bytes fci = p.body.subspan(kFeedbackHeaderSize - kHeaderSize);
  if (p.type == kTransportFeedback) {
    if (p.count == kNackFormat) {
      if (fci.empty() || fci.size() % 4 != 0) return kBroken;
      return {false, NackView{sender, media, fci}};
    }
    if (p.count == kTransportWideFormat) return {false, TransportWideView{sender, media, p.whole}};
    return kSkipped;
  }
  if (p.count == kPliFormat) return {false, Pli{sender, media}};
  if (p.count == kFirFormat) {
    if (fci.empty() || fci.size() % 8 != 0) return kBroken;
    return {false, FirView{sender, fci}};
  }
  if (p.count == kApplicationFormat) return parse_remb(sender, fci);
  return kSkipped;
}

Parsed parse_inner(const Inner& p) {
  switch (p.type) {
    case kSenderReport:
      return parse_reports(p, 24);
    case kReceiverReport:
      return parse_reports(p, 4);
    case kSourceDescription:
      return parse_source_description(p);
    case kBye:
      return parse_bye(p);
    case kTransportFeedback:
    case kPayloadFeedback:
      return parse_feedback(p);
    default:
      return kSkipped;
  }
}

}  // namespace

ReportBlock ReportBlocksView::operator[](std::size_t i) const {
  const Bytes b = blocks_.subspan(i * kReportBlockSize, kReportBlockSize);
  std::int32_t lost = static_cast<std::int32_t>(be(b, 5, 3));
  if (lost & 0x800000) lost -= 0x1000000;
  return ReportBlock{.ssrc = Ssrc(be32(b, 0)),
                     .fraction_lost = be8(b, 4),
                     .cumulative_lost = lost,
                     .highest_sequence = be32(b, 8),
                     .jitter = be32(b, 12),
                     .lsr = be32(b, 16),
                     .dlsr = be32(b, 20)};
}

std::optional<SourceDescriptionView::Chunk> SourceDescriptionView::take_chunk(Bytes& rest) {
  constexpr std::uint8_t kEnd = 0;
  constexpr std::uint8_t kCname = 1;
  ByteReader r(rest);
  Chunk chunk{Ssrc(r.u32()), {}};
  for (;;) {
    const std::uint8_t type = r.u8();
    if (!r.ok()) return std::nullopt;
    if (type == kEnd) break;
    const Bytes text = r.bytes(r.u8());
    if (!r.ok()) return std::nullopt;
    if (type == kCname) chunk.cname = as_text(text);
  }
  // Items end with a null octet and more of them up to the next 32-bit boundary.
  r.bytes((4 - r.position() % 4) % 4);
  if (!r.ok()) return std::nullopt;
  rest = rest.subspan(r.position());
  return chunk;
}

std::optional<Message> CompoundReader::next() {
  while (!rest_.empty()) {
    const std::optional<Inner> inner = take_inner(rest_);
    Parsed parsed = inner ? parse_inner(*inner) : kBroken;
    if (parsed.broken) {
      broken_ = true;
      rest_ = {};
      return std::nullopt;
    }
    if (parsed.message) return std::move(parsed.message);
  }
  return std::nullopt;
}

}  // namespace plenum::rtcp
