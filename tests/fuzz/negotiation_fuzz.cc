// A hostile client against one Negotiation: descriptions and our own operations in any order.
// Input: records separated by 0x01. The first byte of a record says what it is; an 'o' or 'a' is
// followed by SDP text. Invariants: our descriptions parse, keep the m-lines, and never refuse
// the same offer when it comes again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "media/peer/negotiation.h"
#include "media/sdp/parser.h"

namespace {

using namespace plenum;
using peer::Negotiation;

const peer::LocalTransport kLocal{"ufrag",
                                  "passwordpasswordpassword",
                                  "sha-256 AA:BB",
                                  true,
                                  {"candidate:1 1 udp 1 192.0.2.1 7882 typ host"}};

void offer(Negotiation& n, std::string_view text) {
  const auto answer = n.handle_offer(text, kLocal);
  if (!answer) return;
  const auto asked = sdp::parse(text);
  const auto said = sdp::parse(answer->sdp);
  if (!asked || !said || asked->sections.size() != said->sections.size()) std::abort();
  for (std::size_t i = 0; i < said->sections.size(); ++i) {
    const auto& a = said->sections[i];
    const auto& o = asked->sections[i];
    if (a.kind != o.kind || a.mid != o.mid) std::abort();
    if (o.rejected() && !a.rejected()) std::abort();
    if (sdp::sends(a.direction) && a.is_rtp() && !a.rejected() && !sdp::receives(o.direction)) {
      std::abort();
    }
    for (const auto& f : a.formats) {
      if (!o.format(f.payload_type)) std::abort();
    }
  }
  if (!n.handle_offer(text, kLocal)) std::abort();
}

void offer_ours(Negotiation& n) {
  const std::string text = n.create_offer(kLocal);
  if (!text.empty() && !sdp::parse(text)) std::abort();
}

void add_send(Negotiation& n, std::uint8_t seed) {
  peer::SendTrack t;
  t.track = TrackId(100u + seed % 7);
  t.codec = static_cast<codec::Codec>(seed % 9);
  t.kind = codec::kind(t.codec);
  t.stream_id = "PA_x|TR_y";
  t.track_id = "TR_y";
  t.cname = "c";
  t.ssrc = Ssrc(seed);
  t.rtx_ssrc = Ssrc(seed + 1000u);
  t.red = seed & 1;
  n.add_send(t);
}

void add_pending(Negotiation& n, std::uint8_t seed) {
  peer::PendingTrack t;
  t.track = TrackId(seed % 7);
  t.kind = seed & 1 ? MediaKind::video : MediaKind::audio;
  t.cid = std::to_string(seed % 7);
  t.preferred = {static_cast<codec::Codec>(seed % 9)};
  t.stereo = seed & 16;
  n.add_pending_track(t);
}

void step(Negotiation& n, std::string_view record) {
  if (record.empty()) return;
  const std::string_view rest = record.substr(1);
  const std::uint8_t seed = rest.empty() ? 0 : static_cast<std::uint8_t>(rest[0]);
  switch (record[0]) {
    case 'o':
      offer(n, rest);
      break;
    case 'a':
      static_cast<void>(n.handle_answer(rest));
      break;
    case 'c':
      offer_ours(n);
      break;
    case 's':
      add_send(n, seed);
      break;
    case 'r':
      n.remove_send(TrackId(100u + seed % 7));
      break;
    case 'p':
      add_pending(n, seed);
      break;
    case 'q':
      n.remove_pending_track(TrackId(seed % 7));
      break;
    case 'n':
      n.take_needed();
      break;
    default:
      break;
  }
  while (n.poll()) {
  }
  n.send_sections();
  n.mid_to_track_id();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.empty()) return 0;
  Negotiation n(static_cast<peer::NegotiationMode>(static_cast<std::uint8_t>(input[0]) % 3), 7);
  input.remove_prefix(1);
  while (!input.empty()) {
    const std::size_t at = input.find('\x01');
    step(n, input.substr(0, at));
    if (at == std::string_view::npos) break;
    input.remove_prefix(at + 1);
  }
  return 0;
}
