#include "media/sdp/parser.h"

#include <array>

#include "media/sdp/attributes.h"
#include "media/sdp/tokens.h"

namespace plenum::sdp {

namespace {

using Reason = ParseError::Reason;

Reason reason_of(AttributeError e) {
  if (e == AttributeError::too_many) return Reason::too_many_attributes;
  return e == AttributeError::bad_payload_type ? Reason::bad_payload_type : Reason::bad_attribute;
}

/// Payload types that need no rtpmap, RFC 3551 section 6 (those that WebRTC clients list).
struct StaticFormat {
  std::uint8_t payload_type;
  std::string_view encoding;
};
constexpr std::array<StaticFormat, 4> kStaticFormats{
    {{0, "PCMU"}, {8, "PCMA"}, {9, "G722"}, {13, "CN"}}};

class Parser {
 public:
  Result<Description, ParseError> run(std::string_view text) {
    if (text.size() > kMaxTextBytes) return fail(Reason::too_long);
    while (!text.empty()) {
      if (++line_ > kMaxLines) return fail(Reason::too_many_lines);
      std::string_view line = take_until(text, '\n');
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      if (line.find_first_of(std::string_view("\r\0", 2)) != std::string_view::npos) {
        return fail(Reason::bad_character);
      }
      if (line.empty()) continue;
      if (const auto reason = read_line(line)) return fail(*reason);
    }
    if (line_ == 0) return fail(Reason::bad_line);
    finish_section();
    return std::move(out_);
  }

 private:
  std::optional<Reason> read_line(std::string_view line) {
    if (line.size() < 2 || line[1] != '=') return Reason::bad_line;
    const std::string_view value = line.substr(2);
    if (!seen_version_) {
      if (line[0] != 'v' || value != "0") return Reason::bad_line;
      seen_version_ = true;
      return std::nullopt;
    }
    if (line[0] == 'm') return read_media(value);
    if (line[0] == 'o' && out_.sections.empty()) return read_origin(value);
    if (line[0] == 'a') return read_attribute(value);
    return std::nullopt;
  }

  /// RFC 8866 section 5.2. The user name, id and address are not ours to judge.
  std::optional<Reason> read_origin(std::string_view v) {
    take_word(v);
    const std::string_view id = take_word(v);
    const auto version = number<std::uint64_t>(take_word(v));
    if (id.empty() || !version) return Reason::bad_line;
    out_.origin_id = id;
    out_.origin_version = *version;
    return std::nullopt;
  }

  std::optional<Reason> read_attribute(std::string_view value) {
    const std::string_view name = take_until(value, ':');
    AttributeError e = AttributeError::none;
    if (out_.sections.empty()) {
      if (const auto d = direction_of(name)) session_direction_ = *d;
      e = read_session_attribute(name, value, out_);
    } else {
      SectionInProgress section{out_.sections.back(), wildcard_feedback_};
      e = read_section_attribute(name, value, section);
    }
    if (e != AttributeError::none) return reason_of(e);
    return std::nullopt;
  }

  static std::optional<Direction> direction_of(std::string_view name) {
    for (const Direction d :
         {Direction::sendrecv, Direction::sendonly, Direction::recvonly, Direction::inactive}) {
      if (name == text(d)) return d;
    }
    return std::nullopt;
  }

  /// RFC 8866 section 5.14: media, port, protocol, formats.
  std::optional<Reason> read_media(std::string_view v) {
    finish_section();
    if (out_.sections.size() >= kMaxSections) return Reason::too_many_sections;
    MediaSection s;
    s.direction = session_direction_;
    s.media = take_word(v);
    s.kind = s.media == "audio"         ? SectionKind::audio
             : s.media == "video"       ? SectionKind::video
             : s.media == "application" ? SectionKind::application
                                        : SectionKind::other;
    std::string_view port_text = take_word(v);
    const auto port = number<std::uint16_t>(take_until(port_text, '/'));
    s.protocol = take_word(v);
    if (s.media.empty() || !port || s.protocol.empty()) return Reason::bad_media_line;
    s.port = *port;
    if (!s.is_rtp()) {
      s.format_text = trimmed(v);
    } else if (const auto reason = read_formats(v, s)) {
      return reason;
    }
    out_.sections.push_back(std::move(s));
    return std::nullopt;
  }

  static std::optional<Reason> read_formats(std::string_view v, MediaSection& s) {
    std::array<bool, 128> seen{};
    while (!v.empty()) {
      const std::string_view word = take_word(v);
      if (word.empty()) continue;
      const auto payload = number<std::uint8_t>(word);
      if (!payload || *payload > 127) return Reason::bad_payload_type;
      if (seen[*payload]) continue;
      seen[*payload] = true;
      Format f;
      f.payload_type = *payload;
      s.formats.push_back(std::move(f));
    }
    return s.formats.empty() ? std::optional(Reason::bad_media_line) : std::nullopt;
  }

  /// What can be said only once all lines of a section are read.
  void finish_section() {
    if (out_.sections.empty()) return;
    for (Format& f : out_.sections.back().formats) {
      for (const StaticFormat& s : kStaticFormats) {
        if (!f.encoding.empty() || f.payload_type != s.payload_type) continue;
        f.encoding = s.encoding;
        f.clock_rate = 8000;
      }
      for (const std::string& value : wildcard_feedback_) {
        if (f.has_feedback(value) || f.is("rtx") || f.feedback.size() >= kMaxPerSection) continue;
        f.feedback.push_back(value);
      }
    }
    wildcard_feedback_.clear();
  }

  Err<ParseError> fail(Reason reason) const { return Err{ParseError{reason, line_}}; }

  Description out_;
  std::vector<std::string> wildcard_feedback_;
  Direction session_direction_ = Direction::sendrecv;
  std::uint32_t line_ = 0;
  bool seen_version_ = false;
};

}  // namespace

Result<Description, ParseError> parse(std::string_view text) { return Parser().run(text); }

}  // namespace plenum::sdp
