#include "media/sdp/writer.h"

#include <string_view>

namespace plenum::sdp {

namespace {

class Writer {
 public:
  /// One line from pieces, e.g. line("a=mid:", mid).
  template <class... Pieces>
  void line(const Pieces&... pieces) {
    (add(pieces), ...);
    out_ += "\r\n";
  }
  /// Like line(), if there is a value.
  void optional_line(std::string_view name, std::string_view value) {
    if (!value.empty()) line(name, value);
  }
  void flag(std::string_view text, bool on) {
    if (on) line(text);
  }
  void add(std::string_view value) {
    out_ += value.substr(0, value.find_first_of(std::string_view("\r\n\0", 3)));
  }
  void add(std::uint64_t value) { out_ += std::to_string(value); }
  void end_line() { out_ += "\r\n"; }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

using Number = std::uint64_t;

void write_transport(Writer& w, const TransportAttributes& t) {
  w.optional_line("a=ice-ufrag:", t.ice_ufrag);
  w.optional_line("a=ice-pwd:", t.ice_pwd);
  w.optional_line("a=ice-options:", t.ice_options);
  for (const Fingerprint& f : t.fingerprints) w.line("a=fingerprint:", f.algorithm, " ", f.value);
  if (t.setup) w.line("a=setup:", text(*t.setup));
}

void write_media_line(Writer& w, const MediaSection& s) {
  const std::string_view media = s.kind == SectionKind::audio         ? "audio"
                                 : s.kind == SectionKind::video       ? "video"
                                 : s.kind == SectionKind::application ? "application"
                                                                      : std::string_view(s.media);
  w.add("m=");
  w.add(media);
  w.add(" ");
  w.add(Number{s.port});
  w.add(" ");
  w.add(s.protocol);
  if (!s.is_rtp()) {
    w.add(" ");
    w.add(s.format_text.empty() ? std::string_view("0") : std::string_view(s.format_text));
  } else if (s.formats.empty()) {
    w.add(" 0");  // a refused section still needs one format, RFC 3264 section 6
  }
  for (const Format& f : s.formats) {
    w.add(" ");
    w.add(Number{f.payload_type});
  }
  w.end_line();
  w.line("c=IN IP4 0.0.0.0");
}

void write_formats(Writer& w, const MediaSection& s) {
  for (const Format& f : s.formats) {
    const Number payload = f.payload_type;
    if (!f.encoding.empty()) {
      w.add("a=rtpmap:");
      w.add(payload);
      w.add(" ");
      w.add(f.encoding);
      w.add("/");
      w.add(Number{f.clock_rate});
      if (f.channels != 1) {
        w.add("/");
        w.add(Number{f.channels});
      }
      w.end_line();
    }
    for (const std::string& fb : f.feedback) w.line("a=rtcp-fb:", payload, " ", fb);
    if (!f.fmtp.empty()) w.line("a=fmtp:", payload, " ", f.fmtp);
  }
}

void write_streams(Writer& w, const MediaSection& s) {
  for (const Msid& m : s.msids) {
    w.line("a=msid:", m.stream, m.track.empty() ? "" : " ", m.track);
  }
  for (const SsrcGroup& g : s.ssrc_groups) {
    w.add("a=ssrc-group:");
    w.add(g.semantics);
    for (const Ssrc ssrc : g.ssrcs) {
      w.add(" ");
      w.add(Number{ssrc.value()});
    }
    w.end_line();
  }
  for (const SsrcAttributes& a : s.ssrcs) {
    const Number ssrc = a.ssrc.value();
    w.line("a=ssrc:", ssrc, " cname:", a.cname);
    if (!a.msid) continue;
    w.line("a=ssrc:", ssrc, " msid:", a.msid->stream, a.msid->track.empty() ? "" : " ",
           a.msid->track);
  }
}

void write_simulcast_list(Writer& w, std::string_view word, const std::vector<SimulcastStream>& l) {
  w.add(word);
  bool first_stream = true;
  for (const SimulcastStream& stream : l) {
    w.add(first_stream ? " " : ";");
    first_stream = false;
    bool first = true;
    for (const SimulcastRid& r : stream) {
      if (!first) w.add(",");
      first = false;
      if (r.paused) w.add("~");
      w.add(r.rid);
    }
  }
}

void write_simulcast(Writer& w, const MediaSection& s) {
  for (const Rid& r : s.rids) {
    w.line("a=rid:", r.id, r.send ? " send" : " recv", r.restrictions.empty() ? "" : " ",
           r.restrictions);
  }
  if (s.simulcast.empty()) return;
  w.add("a=simulcast:");
  if (!s.simulcast.send.empty()) write_simulcast_list(w, "send", s.simulcast.send);
  if (!s.simulcast.send.empty() && !s.simulcast.recv.empty()) w.add(" ");
  if (!s.simulcast.recv.empty()) write_simulcast_list(w, "recv", s.simulcast.recv);
  w.end_line();
}

void write_section(Writer& w, const MediaSection& s) {
  write_media_line(w, s);
  for (const std::string& c : s.candidates) w.line("a=", c);
  w.flag("a=end-of-candidates", s.end_of_candidates);
  write_transport(w, s.transport);
  w.optional_line("a=mid:", s.mid);
  w.flag("a=bundle-only", s.bundle_only);
  w.flag("a=extmap-allow-mixed", s.extmap_allow_mixed);
  for (const ExtMap& e : s.extmaps) {
    w.line("a=extmap:", Number{e.id}, e.direction ? "/" : "", e.direction ? text(*e.direction) : "",
           " ", e.uri);
  }
  if (s.is_rtp()) w.line("a=", text(s.direction));
  w.flag("a=rtcp-mux", s.rtcp_mux);
  w.flag("a=rtcp-rsize", s.rtcp_rsize);
  write_formats(w, s);
  write_streams(w, s);
  write_simulcast(w, s);
  if (s.sctp_port) w.line("a=sctp-port:", Number{*s.sctp_port});
  if (s.max_message_size) w.line("a=max-message-size:", *s.max_message_size);
}

}  // namespace

std::string write(const Description& d) {
  Writer w;
  w.line("v=0");
  w.line("o=- ", d.origin_id, " ", d.origin_version, " IN IP4 127.0.0.1");
  w.line("s=-");
  w.line("t=0 0");
  for (const auto& mids : d.bundle_groups) {
    w.add("a=group:BUNDLE");
    for (const std::string& mid : mids) {
      w.add(" ");
      w.add(mid);
    }
    w.end_line();
  }
  w.flag("a=ice-lite", d.ice_lite);
  w.flag("a=extmap-allow-mixed", d.extmap_allow_mixed);
  w.optional_line("a=msid-semantic: ", d.msid_semantic);
  write_transport(w, d.transport);
  for (const MediaSection& s : d.sections) write_section(w, s);
  return w.take();
}

}  // namespace plenum::sdp
