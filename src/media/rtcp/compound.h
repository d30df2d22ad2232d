#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "media/rtcp/report.h"

namespace plenum::rtcp {

/// Packet types and formats: RFC 3550 section 12.1, RFC 4585 section 6.1, RFC 5104 section 4.3,
/// draft-holmer-rmcat-transport-wide-cc-extensions-01, draft-alvestrand-rmcat-remb-03.
inline constexpr std::uint8_t kSenderReport = 200;
inline constexpr std::uint8_t kReceiverReport = 201;
inline constexpr std::uint8_t kSourceDescription = 202;
inline constexpr std::uint8_t kBye = 203;
inline constexpr std::uint8_t kTransportFeedback = 205;  // RTPFB
inline constexpr std::uint8_t kPayloadFeedback = 206;    // PSFB
inline constexpr std::uint8_t kNackFormat = 1;
inline constexpr std::uint8_t kTransportWideFormat = 15;
inline constexpr std::uint8_t kPliFormat = 1;
inline constexpr std::uint8_t kFirFormat = 4;
inline constexpr std::uint8_t kApplicationFormat = 15;

/// Views into the packet; nothing is copied. All counts were checked against the packet's length.
class ReportBlocksView {
 public:
  ReportBlocksView() = default;
  explicit ReportBlocksView(Bytes blocks) : blocks_(blocks) {}
  std::size_t size() const { return blocks_.size() / kReportBlockSize; }
  ReportBlock operator[](std::size_t i) const;

 private:
  Bytes blocks_;
};

class SsrcsView {
 public:
  SsrcsView() = default;
  explicit SsrcsView(Bytes ssrcs) : ssrcs_(ssrcs) {}
  std::size_t size() const { return ssrcs_.size() / 4; }
  Ssrc operator[](std::size_t i) const { return Ssrc(be32(ssrcs_, 4 * i)); }

 private:
  Bytes ssrcs_;
};

struct SenderReportView {
  Ssrc ssrc;
  NtpTime ntp;
  RtpTime rtp;
  std::uint32_t packets = 0;
  std::uint32_t octets = 0;
  ReportBlocksView blocks;
};
struct ReceiverReportView {
  Ssrc ssrc;
  ReportBlocksView blocks;
};
/// The CNAMEs of a source description; other items are not read.
struct SourceDescriptionView {
  Bytes chunks;
  std::uint8_t count = 0;
  /// f(Ssrc, std::string_view cname) for each chunk that has one.
  template <class F>
  void for_each_cname(F&& f) const {
    Bytes rest = chunks;
    for (std::uint8_t i = 0; i < count; ++i) {
      const std::optional<Chunk> c = take_chunk(rest);
      if (!c) return;
      if (!c->cname.empty()) f(c->ssrc, c->cname);
    }
  }
  struct Chunk {
    Ssrc ssrc;
    std::string_view cname;
  };
  /// Reads the first chunk and moves `rest` behind it; nullopt when it is broken.
  static std::optional<Chunk> take_chunk(Bytes& rest);
};
struct ByeView {
  SsrcsView ssrcs;
};
/// Generic NACK: each item is a sequence number and a mask of the 16 that follow it.
struct NackView {
  Ssrc sender;
  Ssrc media;
  Bytes items;
  std::size_t item_count() const { return items.size() / 4; }
  /// f(std::uint16_t sequence); up to 17 times item_count().
  template <class F>
  void for_each(F&& f) const {
    for (std::size_t i = 0; i < item_count(); ++i) {
      const std::uint16_t pid = be16(items, 4 * i);
      const std::uint16_t mask = be16(items, 4 * i + 2);
      f(pid);
      for (unsigned bit = 0; bit < 16; ++bit)
        if (mask >> bit & 1) f(static_cast<std::uint16_t>(pid + bit + 1));
    }
  }
};
/// Give `packet` to parse_transport_feedback().
struct TransportWideView {
  Ssrc sender;
  Ssrc media;
  Bytes packet;
};
struct Pli {
  Ssrc sender;
  Ssrc media;
};
struct FirView {
  struct Entry {
    Ssrc ssrc;
    std::uint8_t sequence;
  };
  Ssrc sender;
  Bytes entries;
  std::size_t size() const { return entries.size() / 8; }
  Entry operator[](std::size_t i) const {
    return {Ssrc(be32(entries, 8 * i)), be8(entries, 8 * i + 4)};
  }
};
struct RembView {
  Ssrc sender;
  Bitrate bitrate;
  SsrcsView ssrcs;
};

using Message = std::variant<SenderReportView, ReceiverReportView, SourceDescriptionView, ByeView,
                             NackView, TransportWideView, Pli, FirView, RembView>;

/// Walks a compound or reduced-size (RFC 5506) RTCP packet in plaintext. Kinds that nobody needs
/// (APP, XR, other feedback) are skipped. The walk ends at the first broken packet; what came
/// before it counts.
class CompoundReader {
 public:
  explicit CompoundReader(Bytes compound) : rest_(compound) {}
  /// nullopt at the end.
  std::optional<Message> next();
  /// Ended early.
  bool broken() const { return broken_; }

 private:
  Bytes rest_;
  bool broken_ = false;
};

/// Whether the bytes of a datagram are RTCP rather than RTP. RFC 5761 section 4.
constexpr bool is_rtcp(Bytes packet) {
  return packet.size() >= 2 && be8(packet, 1) >= 192 && be8(packet, 1) <= 223;
}

}  // namespace plenum::rtcp
