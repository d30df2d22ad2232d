#include "egress/hls_playlist.h"

#include <charconv>
#include <string_view>
#include <vector>

namespace plenum::egress {
namespace {

constexpr std::string_view kType = "#EXT-X-PLAYLIST-TYPE:";
constexpr std::string_view kSequence = "#EXT-X-MEDIA-SEQUENCE:";
constexpr std::string_view kEnd = "#EXT-X-ENDLIST";
constexpr std::string_view kSegment = "#EXTINF:";
constexpr std::string_view kMap = "#EXT-X-MAP:";
constexpr std::string_view kBreak = "#EXT-X-DISCONTINUITY\n";
constexpr std::string_view kBreaksLeftOut = "#EXT-X-DISCONTINUITY-SEQUENCE:";

/// Whole lines, each with its end.
struct Playlist {
  std::vector<std::string_view> header;
  /// From EXTINF, or what stands before it behind another segment, to the address.
  std::vector<std::string_view> segments;
  bool has_ended = false;
};

Playlist split(std::string_view text) {
  Playlist p;
  std::size_t segment_at = std::string_view::npos;
  for (std::size_t at = 0, next = 0; at < text.size(); at = next) {
    const std::size_t end = text.find('\n', at);
    next = end == std::string_view::npos ? text.size() : end + 1;
    const std::string_view line = text.substr(at, next - at);
    if (line.starts_with(kEnd)) {
      p.has_ended = true;
    } else if (segment_at != std::string_view::npos) {
      if (line.front() == '#') continue;
      p.segments.push_back(text.substr(segment_at, next - segment_at));
      segment_at = std::string_view::npos;
    } else if (line.starts_with(kSegment) || !p.segments.empty()) {
      segment_at = at;
    } else {
      p.header.push_back(line);
    }
  }
  return p;
}

/// The line of `text` that begins so; empty: none does.
std::string_view line_of(std::string_view text, std::string_view beginning) {
  const std::size_t at = text.find(beginning);
  return at == std::string_view::npos ? "" : text.substr(at, text.find('\n', at) + 1 - at);
}

}  // namespace

std::string live_window(const std::string& playlist, std::size_t segments) {
  const Playlist p = split(playlist);
  const std::size_t first = p.segments.size() > segments ? p.segments.size() - segments : 0;
  std::string_view map;
  int breaks = 0;
  for (std::size_t i = 0; i < first; ++i) {
    if (!p.segments[i].starts_with(kBreak)) continue;
    ++breaks;
    map = line_of(p.segments[i], kMap);
  }
  std::string out;
  for (const std::string_view line : p.header) {
    if (line.starts_with(kType)) continue;
    if (line.starts_with(kSequence)) {
      out.append(kSequence).append(std::to_string(first)).append("\n");
      if (breaks) out.append(kBreaksLeftOut).append(std::to_string(breaks)).append("\n");
    } else {
      out.append(line.starts_with(kMap) && !map.empty() ? map : line);
    }
  }
  for (std::size_t i = first; i < p.segments.size(); ++i) out.append(p.segments[i]);
  if (p.has_ended) out.append(kEnd).append("\n");
  return out;
}

std::string finished_playlist(const std::string& playlist) {
  const Playlist p = split(playlist);
  std::string out;
  for (const std::string_view line : p.header) {
    if (line.starts_with(kType))
      out.append(kType).append("VOD\n");
    else
      out.append(line);
  }
  for (const std::string_view segment : p.segments) out.append(segment);
  return out.append(kEnd).append("\n");
}

std::string continued_playlist(const std::string& before, const std::string& after) {
  const Playlist old = split(before), added = split(after);
  std::string out;
  for (const std::string_view line : old.header) out.append(line);
  for (const std::string_view segment : old.segments) out.append(segment);
  if (!added.segments.empty()) out.append(kBreak).append(line_of(after, kMap));
  for (const std::string_view segment : added.segments) out.append(segment);
  if (added.has_ended) out.append(kEnd).append("\n");
  return out;
}

Duration playlist_duration(const std::string& playlist) {
  double seconds = 0;
  for (std::size_t at = 0; (at = playlist.find(kSegment, at)) != std::string::npos;) {
    at += kSegment.size();
    double one = 0;
    std::from_chars(playlist.data() + at, playlist.data() + playlist.size(), one);
    seconds += one;
  }
  return Duration(static_cast<Duration::rep>(seconds * 1e6));
}

std::size_t count_parts(const std::string& playlist) {
  std::size_t parts = 1;
  for (std::size_t at = 0; (at = playlist.find(kBreak, at)) != std::string::npos; ++at) ++parts;
  return parts;
}

bool has_ended(const std::string& playlist) { return split(playlist).has_ended; }

std::size_t count_segments(const std::string& playlist) { return split(playlist).segments.size(); }

}  // namespace plenum::egress
