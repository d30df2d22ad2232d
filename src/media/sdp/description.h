#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"

/// A session description as values: RFC 8866 with the attributes that WebRTC uses (RFC 8829,
/// 8839-8843, 8851-8853, 5576, 8285). Nothing here knows offers from answers, nor what a codec is;
/// attributes that Plenum does not use are not kept.
namespace plenum::sdp {

enum class SectionKind : std::uint8_t { audio, video, application, other };
/// RFC 8866 section 6.7.
enum class Direction : std::uint8_t { sendrecv, sendonly, recvonly, inactive };
/// RFC 4145 section 4, RFC 8842.
enum class Setup : std::uint8_t { actpass, active, passive, holdconn };

constexpr bool sends(Direction d) { return d == Direction::sendrecv || d == Direction::sendonly; }
constexpr bool receives(Direction d) {
  return d == Direction::sendrecv || d == Direction::recvonly;
}
/// The same flow seen from the other end.
constexpr Direction reversed(Direction d) {
  if (d == Direction::sendonly) return Direction::recvonly;
  return d == Direction::recvonly ? Direction::sendonly : d;
}
std::string_view text(Direction d);
std::string_view text(Setup s);

/// One payload format of a section: a=rtpmap, a=fmtp, a=rtcp-fb.
struct Format {
  std::uint8_t payload_type = 0;  // 0…127
  std::string encoding;           // "VP8", "opus", "rtx"; compare without case
  std::uint32_t clock_rate = 0;   // Hz; 0 when neither rtpmap nor RFC 3551 names it
  std::uint32_t channels = 1;
  std::string fmtp;                   // the text after the payload type
  std::vector<std::string> feedback;  // "nack", "nack pli", "transport-cc"

  bool is(std::string_view encoding_name) const;
  bool has_feedback(std::string_view value) const;
  /// Value of one `key=value` of the fmtp, as a view into it; nullopt when absent.
  std::optional<std::string_view> parameter(std::string_view key) const;
  /// RFC 4588 section 8.6: the payload type that this rtx format repairs.
  std::optional<std::uint8_t> apt() const;
  friend bool operator==(const Format&, const Format&) = default;
};

/// RFC 8285 section 5.
struct ExtMap {
  std::uint16_t id = 0;
  std::optional<Direction> direction;
  std::string uri;
  friend bool operator==(const ExtMap&, const ExtMap&) = default;
};

/// RFC 8830: stream "-" means no stream; the track part may be missing.
struct Msid {
  std::string stream;
  std::string track;
  friend bool operator==(const Msid&, const Msid&) = default;
};

/// RFC 5576 section 4.1, all attributes of one SSRC together.
struct SsrcAttributes {
  Ssrc ssrc{};
  std::string cname;
  std::optional<Msid> msid;
  friend bool operator==(const SsrcAttributes&, const SsrcAttributes&) = default;
};

/// RFC 5576 section 4.2: "FID" = media and its rtx, "SIM" = simulcast without rid.
struct SsrcGroup {
  std::string semantics;
  std::vector<Ssrc> ssrcs;
  friend bool operator==(const SsrcGroup&, const SsrcGroup&) = default;
};

/// RFC 8851.
struct Rid {
  std::string id;
  bool send = true;          // else recv
  std::string restrictions;  // "pt=96;max-width=640" or empty
  friend bool operator==(const Rid&, const Rid&) = default;
};

/// RFC 8853: one simulcast stream is a list of alternative rids, the preferred one first.
struct SimulcastRid {
  std::string rid;
  bool paused = false;  // written "~rid"
  friend bool operator==(const SimulcastRid&, const SimulcastRid&) = default;
};
using SimulcastStream = std::vector<SimulcastRid>;
struct Simulcast {
  std::vector<SimulcastStream> send;
  std::vector<SimulcastStream> recv;
  bool empty() const { return send.empty() && recv.empty(); }
  friend bool operator==(const Simulcast&, const Simulcast&) = default;
};

/// RFC 8122 section 5.
struct Fingerprint {
  std::string algorithm;  // "sha-256"
  std::string value;      // "AA:BB:…"
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

/// ICE and DTLS attributes; they may stand in a section or once for the session.
struct TransportAttributes {
  std::string ice_ufrag;
  std::string ice_pwd;
  std::string ice_options;  // "trickle renomination"
  std::vector<Fingerprint> fingerprints;
  std::optional<Setup> setup;
  friend bool operator==(const TransportAttributes&, const TransportAttributes&) = default;
};

/// One m-section.
struct MediaSection {
  SectionKind kind = SectionKind::audio;
  std::string media;       // the word of the m-line; needed only for SectionKind::other
  std::uint16_t port = 9;  // 9 = discard, ICE supplies the address (RFC 8840)
  std::string protocol = "UDP/TLS/RTP/SAVPF";
  std::string format_text;  // the formats of a section that is not RTP: "webrtc-datachannel"
  std::vector<Format> formats;

  std::string mid;
  Direction direction = Direction::sendrecv;
  TransportAttributes transport;
  std::vector<std::string> candidates;  // without "a=": "candidate:1 1 udp …"
  bool end_of_candidates = false;
  bool bundle_only = false;
  bool rtcp_mux = false;
  bool rtcp_rsize = false;
  bool extmap_allow_mixed = false;
  std::vector<ExtMap> extmaps;
  std::vector<Msid> msids;
  std::vector<SsrcAttributes> ssrcs;
  std::vector<SsrcGroup> ssrc_groups;
  std::vector<Rid> rids;
  Simulcast simulcast;
  std::optional<std::uint16_t> sctp_port;         // RFC 8841
  std::optional<std::uint64_t> max_message_size;  // bytes; 0 = no limit

  bool is_rtp() const { return kind == SectionKind::audio || kind == SectionKind::video; }
  /// Port 0 refuses a section, except that an offer may say port 0 with a=bundle-only (RFC 9143).
  bool rejected() const { return port == 0 && !bundle_only; }
  const Format* format(std::uint8_t payload_type) const;
  /// The rtx format whose apt is `payload_type`.
  const Format* rtx_of(std::uint8_t payload_type) const;
  friend bool operator==(const MediaSection&, const MediaSection&) = default;
};

struct Description {
  std::string origin_id = "0";  // digits
  std::uint64_t origin_version = 0;
  std::vector<std::vector<std::string>> bundle_groups;  // the mids of each
  bool ice_lite = false;
  bool extmap_allow_mixed = false;
  std::string msid_semantic;  // "WMS *"; empty = no such line
  TransportAttributes transport;
  std::vector<MediaSection> sections;

  /// The section's own attributes, each one missing taken from the session level.
  TransportAttributes transport_of(const MediaSection& section) const;
  const MediaSection* section(std::string_view mid) const;
  friend bool operator==(const Description&, const Description&) = default;
};

/// ASCII comparison without case.
bool equal_ignoring_case(std::string_view a, std::string_view b);

/// `fmtp` with `key=value` set: replaced in place if there, appended otherwise.
std::string with_parameter(std::string_view fmtp, std::string_view key, std::string_view value);
std::string without_parameter(std::string_view fmtp, std::string_view key);

}  // namespace plenum::sdp
