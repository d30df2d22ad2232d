#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "media/codec/codec.h"
#include "media/rtp/extension_map.h"

/// What goes into and comes out of peer::Negotiation. Values only.
namespace plenum::peer {

/// publisher: the client offers and only sends. subscriber: we offer and only we send.
/// single: the client offers, media goes both ways.
enum class NegotiationMode : std::uint8_t { publisher, subscriber, single };

enum class NegotiationError : std::uint8_t {
  wrong_mode,     // an offer in subscriber mode, an answer elsewhere
  no_offer_made,  // an answer, but nothing waits for one
  malformed,      // not parseable as SDP
  no_sections,
  bad_mid,           // a section without a=mid, or a mid twice
  sections_changed,  // m-lines fewer, re-ordered, or of another kind than before (RFC 8829 5.2.2)
  no_ice_credentials,
  no_fingerprint,
  fingerprint_changed,  // the DTLS association outlives every negotiation
  bad_setup,            // a=setup that leaves no side to start DTLS
};

/// Our side of the transport, as it is to be written into the next description.
struct LocalTransport {
  std::string ice_ufrag;
  std::string ice_pwd;
  std::string fingerprint;  // "sha-256 AA:BB:…"
  bool ice_lite = false;
  std::vector<std::string> candidates;  // without "a=": "candidate:1 1 udp …"
};

enum class DtlsRole : std::uint8_t { client, server };

/// The client's side of the transport.
struct RemoteTransport {
  std::string ice_ufrag;
  std::string ice_pwd;
  std::string fingerprint;  // "sha-256 AA:BB:…"
  bool ice_lite = false;
  std::vector<std::string> candidates;  // without "a="
  /// What *we* do: DTLS server if the client connects. Fixed by the first exchange.
  DtlsRole local_role = DtlsRole::server;
  /// The description applied last carries other ICE credentials than the one before it.
  bool ice_restarted = false;
};

/// A track that the client announced by signalling and that an m-section is to carry.
struct PendingTrack {
  TrackId track{};
  MediaKind kind = MediaKind::audio;
  std::string cid;      // normally the track id of the section's msid
  std::string sdp_cid;  // the msid track id it had earlier, if that differed; may be empty
  std::vector<codec::Codec> preferred;  // the wanted one first; may be empty
  bool red_disabled = false;
  bool stereo = false;
  bool dtx_disabled = false;
};

/// A track that we send to the client.
struct SendTrack {
  TrackId track{};
  MediaKind kind = MediaKind::audio;
  codec::Codec codec = codec::Codec::opus;  // what the publisher sends
  std::string fmtp;       // the publisher's: decides the H264/VP9/AV1 profile; may be empty
  std::string stream_id;  // "PA_x|TR_y"
  std::string track_id;   // "TR_y"
  std::string cname;
  Ssrc ssrc{};
  Ssrc rtx_ssrc{};
  bool red = false;     // the publisher sends RED: offer it to the subscriber too
  bool stereo = false;  // says sprop-stereo=1
};

/// Which feedback both ends agreed on, RFC 4585 and 5104.
struct Feedback {
  bool nack = false;
  bool nack_pli = false;
  bool ccm_fir = false;
  bool transport_cc = false;
  bool goog_remb = false;
  friend bool operator==(const Feedback&, const Feedback&) = default;
};

struct NegotiatedCodec {
  std::uint8_t payload_type = 0;
  codec::Codec codec = codec::Codec::opus;
  std::string fmtp;  // as in our answer
  std::optional<std::uint8_t> rtx_payload_type;
  Feedback feedback;
};

struct ReceiveRid {
  std::string rid;
  bool paused = false;  // the client offered it as "~rid"
};

/// One section in which the client sends.
struct ReceiveSection {
  std::string mid;
  MediaKind kind = MediaKind::audio;
  bool active = false;                  // answered recvonly
  std::optional<TrackId> track;         // none yet: parked until its PendingTrack comes
  std::string sdp_cid;                  // the msid track id; may be empty
  std::vector<NegotiatedCodec> codecs;  // in the order of our answer: the client sends the first
  std::optional<std::uint8_t> red_payload_type;
  bool red_preferred = false;  // RED stands before the first codec: the client sends RED
  rtp::ExtensionMap extensions;
  std::vector<ReceiveRid> rids;  // low to high, as offered; empty without simulcast by rid
  std::vector<Ssrc> ssrcs;       // announced media SSRCs (no rtx), in order
  std::vector<std::pair<Ssrc, Ssrc>> rtx_ssrcs;  // media → rtx, from FID groups
  std::string cname;
};

enum class SendState : std::uint8_t {
  waiting,      // no section yet, or offered and not answered
  bound,        // may be sent
  unsupported,  // the client refused it or cannot decode it
};

/// One track towards the client, and the section that carries it.
struct SendSection {
  TrackId track{};
  MediaKind kind = MediaKind::audio;
  SendState state = SendState::waiting;
  std::string mid;  // empty while waiting without a section
  Ssrc ssrc{};
  Ssrc rtx_ssrc{};
  std::uint8_t payload_type = 0;
  std::optional<std::uint8_t> rtx_payload_type;
  std::optional<std::uint8_t> red_payload_type;
  rtp::ExtensionMap extensions;
  Feedback feedback;
};

/// The m=application section once both ends have it.
struct ApplicationSection {
  std::string mid;
  std::uint16_t remote_sctp_port = 5000;
  std::uint64_t remote_max_message_size = 65'536;  // RFC 8841 6.1 when absent; 0 = no limit
};

/// What the client must do before waiting tracks can be sent (single mode).
struct SectionsNeeded {
  std::uint32_t audio = 0;  // further recvonly sections to add
  std::uint32_t video = 0;
  friend bool operator==(const SectionsNeeded&, const SectionsNeeded&) = default;
};

struct Answer {
  std::string sdp;
  std::vector<std::pair<std::string, TrackId>> mid_to_track_id;  // sections in which we send
};

/// A section carries the announced track from now on.
struct UplinkBound {
  TrackId track;
};
/// The client no longer sends it: unpublished.
struct UplinkEnded {
  TrackId track;
};
struct SendBound {
  TrackId track;
};
/// The section that carried it is gone: it waits for another.
struct SendUnbound {
  TrackId track;
};
struct SendUnsupported {
  TrackId track;
};
using NegotiationEvent =
    std::variant<UplinkBound, UplinkEnded, SendBound, SendUnbound, SendUnsupported>;

}  // namespace plenum::peer
