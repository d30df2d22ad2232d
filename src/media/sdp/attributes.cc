#include "media/sdp/attributes.h"

#include <algorithm>
#include <iterator>

#include "media/sdp/parser.h"
#include "media/sdp/tokens.h"

namespace plenum::sdp {

namespace {

using enum AttributeError;
using Value = std::string_view;

/// Appends unless the list is full.
template <class T>
AttributeError append(std::vector<T>& list, T item) {
  if (list.size() >= kMaxPerSection) return too_many;
  list.push_back(std::move(item));
  return none;
}

std::optional<Direction> direction_by_name(Value v) {
  for (const Direction d :
       {Direction::sendrecv, Direction::sendonly, Direction::recvonly, Direction::inactive}) {
    if (v == text(d)) return d;
  }
  return std::nullopt;
}

// --- ICE and DTLS: RFC 8839 section 5, RFC 8842 section 5 ---

AttributeError ufrag(Value v, TransportAttributes& t) {
  if (v.empty() || v.size() > 256) return bad_value;
  t.ice_ufrag = v;
  return none;
}
AttributeError pwd(Value v, TransportAttributes& t) {
  if (v.empty() || v.size() > 256) return bad_value;
  t.ice_pwd = v;
  return none;
}
AttributeError ice_options(Value v, TransportAttributes& t) {
  t.ice_options = v;
  return none;
}
AttributeError fingerprint(Value v, TransportAttributes& t) {
  const Value algorithm = take_word(v);
  const Value hash = take_word(v);
  if (algorithm.empty() || hash.empty()) return bad_value;
  return append(t.fingerprints, Fingerprint{std::string(algorithm), std::string(hash)});
}
AttributeError setup(Value v, TransportAttributes& t) {
  for (const Setup s : {Setup::actpass, Setup::active, Setup::passive, Setup::holdconn}) {
    if (v == text(s)) {
      t.setup = s;
      return none;
    }
  }
  return bad_value;
}

struct TransportRow {
  std::string_view name;
  AttributeError (*read)(Value, TransportAttributes&);
};
constexpr TransportRow kTransportRows[] = {
    {"ice-ufrag", ufrag},         {"ice-pwd", pwd}, {"ice-options", ice_options},
    {"fingerprint", fingerprint}, {"setup", setup},
};

// --- formats: RFC 8866 section 6.6, 6.15; RFC 4585 section 4.2 ---

/// Takes the payload type off the front; nullptr for one that the m-line does not list, which is
/// then ignored (RFC 8866 section 6.6 leaves it undefined).
AttributeError take_format(Value& v, MediaSection& s, Format*& out) {
  const auto payload = number<std::uint8_t>(take_until(v, ' '));
  if (!payload || *payload > 127) return bad_payload_type;
  const auto it = std::ranges::find(s.formats, *payload, &Format::payload_type);
  out = it == s.formats.end() ? nullptr : &*it;
  return none;
}

AttributeError rtpmap(Value v, SectionInProgress& p) {
  if (!p.section.is_rtp()) return none;
  Format* f = nullptr;
  if (const auto e = take_format(v, p.section, f); e != none) return e;
  v = trimmed(v);
  const Value encoding = take_until(v, '/');
  const auto rate = number<std::uint32_t>(take_until(v, '/'));
  const auto channels = v.empty() ? std::optional<std::uint32_t>(1) : number<std::uint32_t>(v);
  if (encoding.empty() || !rate || !channels) return bad_value;
  if (!f) return none;
  f->encoding = encoding;
  f->clock_rate = *rate;
  f->channels = *channels;
  return none;
}

AttributeError fmtp(Value v, SectionInProgress& p) {
  if (!p.section.is_rtp()) return none;
  Format* f = nullptr;
  if (const auto e = take_format(v, p.section, f); e != none || !f) return e;
  if (!f->fmtp.empty()) f->fmtp += ';';
  f->fmtp += trimmed(v);
  return none;
}

AttributeError rtcp_fb(Value v, SectionInProgress& p) {
  if (!p.section.is_rtp()) return none;
  if (v.substr(0, 2) == "* ") {
    return append(p.wildcard_feedback, std::string(trimmed(v.substr(2))));
  }
  Format* f = nullptr;
  if (const auto e = take_format(v, p.section, f); e != none || !f) return e;
  return append(f->feedback, std::string(trimmed(v)));
}

// --- header extensions: RFC 8285 section 5 ---

AttributeError extmap(Value v, SectionInProgress& p) {
  Value head = take_word(v);
  const Value uri = take_word(v);
  const auto id = number<std::uint16_t>(take_until(head, '/'));
  if (!id || uri.empty()) return bad_value;
  ExtMap e{*id, std::nullopt, std::string(uri)};
  if (!head.empty()) {
    e.direction = direction_by_name(head);
    if (!e.direction) return bad_value;
  }
  return append(p.section.extmaps, std::move(e));
}

// --- media streams: RFC 8830, RFC 5576 ---

Msid msid_from(Value v) {
  const Value stream = take_word(v);
  const Value track = take_word(v);
  return Msid{std::string(stream), std::string(track)};
}

AttributeError msid(Value v, SectionInProgress& p) {
  Msid m = msid_from(v);
  if (m.stream.empty()) return bad_value;
  return append(p.section.msids, std::move(m));
}

AttributeError ssrc(Value v, SectionInProgress& p) {
  const auto id = number<std::uint32_t>(take_word(v));
  if (!id) return bad_value;
  auto& list = p.section.ssrcs;
  auto it = std::ranges::find(list, Ssrc(*id), &SsrcAttributes::ssrc);
  if (it == list.end()) {
    if (const auto e = append(list, SsrcAttributes{Ssrc(*id), {}, {}}); e != none) return e;
    it = std::prev(list.end());
  }
  const Value name = take_until(v, ':');
  if (name == "cname") it->cname = v;
  if (name == "msid") it->msid = msid_from(v);
  return none;
}

AttributeError ssrc_group(Value v, SectionInProgress& p) {
  SsrcGroup group{std::string(take_word(v)), {}};
  while (!v.empty()) {
    const Value word = take_word(v);
    if (word.empty()) continue;
    const auto id = number<std::uint32_t>(word);
    if (!id) return bad_value;
    if (const auto e = append(group.ssrcs, Ssrc(*id)); e != none) return e;
  }
  return append(p.section.ssrc_groups, std::move(group));
}

// --- simulcast: RFC 8851 section 10, RFC 8853 section 5.1 ---

/// rid-id is 1*(alpha-numeric / "-" / "_"); RFC 8852 sends at most 255 bytes of it.
bool is_rid(Value v) {
  return !v.empty() && v.size() <= 255 && std::ranges::all_of(v, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
  });
}

AttributeError rid(Value v, SectionInProgress& p) {
  const Value id = take_word(v);
  const Value direction = take_word(v);
  if (!is_rid(id) || (direction != "send" && direction != "recv")) return bad_value;
  return append(p.section.rids, Rid{std::string(id), direction == "send", std::string(trimmed(v))});
}

AttributeError simulcast_streams(Value v, std::vector<SimulcastStream>& out) {
  out.clear();
  while (!v.empty()) {
    Value alternatives = take_until(v, ';');
    SimulcastStream stream;
    while (!alternatives.empty()) {
      Value id = take_until(alternatives, ',');
      const bool paused = !id.empty() && id.front() == '~';
      if (paused) id.remove_prefix(1);
      if (!is_rid(id)) return bad_value;
      if (const auto e = append(stream, SimulcastRid{std::string(id), paused}); e != none) return e;
    }
    if (stream.empty()) return bad_value;
    if (const auto e = append(out, std::move(stream)); e != none) return e;
  }
  return out.empty() ? bad_value : none;
}

AttributeError simulcast(Value v, SectionInProgress& p) {
  v = trimmed(v);
  while (!v.empty()) {
    const Value direction = take_word(v);
    const Value list = take_word(v);
    // The form of the drafts before RFC 8853 ("send rid=q;h") means nothing to us.
    if (list.substr(0, 4) == "rid=" || list.substr(0, 3) == "pt=") return none;
    if (direction != "send" && direction != "recv") return bad_value;
    Simulcast& s = p.section.simulcast;
    const auto e = simulcast_streams(list, direction == "send" ? s.send : s.recv);
    if (e != none) return e;
  }
  return none;
}

// --- the rest ---

AttributeError mid(Value v, SectionInProgress& p) {
  // A token, and short enough for the header extension (RFC 8843 section 15).
  if (v.empty() || v.size() > 255 || v.find(' ') != Value::npos) return bad_value;
  p.section.mid = v;
  return none;
}
AttributeError candidate(Value v, SectionInProgress& p) {
  return append(p.section.candidates, "candidate:" + std::string(v));
}
AttributeError sctp_port(Value v, SectionInProgress& p) {
  p.section.sctp_port = number<std::uint16_t>(v);
  return p.section.sctp_port ? none : bad_value;
}
AttributeError max_message_size(Value v, SectionInProgress& p) {
  p.section.max_message_size = number<std::uint64_t>(v);
  return p.section.max_message_size ? none : bad_value;
}
template <bool MediaSection::*Flag>
AttributeError flag(Value, SectionInProgress& p) {
  p.section.*Flag = true;
  return none;
}
template <Direction D>
AttributeError direction(Value, SectionInProgress& p) {
  p.section.direction = D;
  return none;
}

struct SectionRow {
  std::string_view name;
  AttributeError (*read)(Value, SectionInProgress&);
};
constexpr SectionRow kSectionRows[] = {
    {"rtpmap", rtpmap},
    {"fmtp", fmtp},
    {"rtcp-fb", rtcp_fb},
    {"extmap", extmap},
    {"candidate", candidate},
    {"ssrc", ssrc},
    {"ssrc-group", ssrc_group},
    {"msid", msid},
    {"mid", mid},
    {"rid", rid},
    {"simulcast", simulcast},
    {"sctp-port", sctp_port},
    {"max-message-size", max_message_size},
    {"rtcp-mux", flag<&MediaSection::rtcp_mux>},
    {"rtcp-rsize", flag<&MediaSection::rtcp_rsize>},
    {"bundle-only", flag<&MediaSection::bundle_only>},
    {"end-of-candidates", flag<&MediaSection::end_of_candidates>},
    {"extmap-allow-mixed", flag<&MediaSection::extmap_allow_mixed>},
    {"sendrecv", direction<Direction::sendrecv>},
    {"sendonly", direction<Direction::sendonly>},
    {"recvonly", direction<Direction::recvonly>},
    {"inactive", direction<Direction::inactive>},
};

AttributeError group(Value v, Description& out) {
  if (take_word(v) != "BUNDLE") return none;
  std::vector<std::string> mids;
  while (!v.empty()) {
    const Value m = take_word(v);
    if (m.empty()) continue;
    if (mids.size() >= kMaxSections) return too_many;
    mids.emplace_back(m);
  }
  return append(out.bundle_groups, std::move(mids));
}

}  // namespace

AttributeError read_session_attribute(std::string_view name, std::string_view value,
                                      Description& out) {
  for (const TransportRow& row : kTransportRows) {
    if (row.name == name) return row.read(value, out.transport);
  }
  if (name == "group") return group(value, out);
  if (name == "ice-lite") out.ice_lite = true;
  if (name == "extmap-allow-mixed") out.extmap_allow_mixed = true;
  if (name == "msid-semantic") out.msid_semantic = trimmed(value);
  return none;
}

AttributeError read_section_attribute(std::string_view name, std::string_view value,
                                      SectionInProgress& out) {
  for (const TransportRow& row : kTransportRows) {
    if (row.name == name) return row.read(value, out.section.transport);
  }
  for (const SectionRow& row : kSectionRows) {
    if (row.name == name) return row.read(value, out);
  }
  return none;
}

}  // namespace plenum::sdp
