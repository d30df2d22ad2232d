#include "egress/hls_playlist.h"

#include <string_view>
#include <vector>

namespace plenum::egress {
namespace {

constexpr std::string_view kType = "#EXT-X-PLAYLIST-TYPE:";
constexpr std::string_view kSequence = "#EXT-X-MEDIA-SEQUENCE:";
constexpr std::string_view kEnd = "#EXT-X-ENDLIST";
constexpr std::string_view kSegment = "#EXTINF:";

/// Whole lines, each with its end.
struct Playlist {
  std::vector<std::string_view> header;
  /// From EXTINF to the address.
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
    } else if (line.starts_with(kSegment)) {
      segment_at = at;
    } else {
      p.header.push_back(line);
    }
  }
  return p;
}

}  // namespace

std::string live_window(const std::string& playlist, std::size_t segments) {
  const Playlist p = split(playlist);
  const std::size_t first = p.segments.size() > segments ? p.segments.size() - segments : 0;
  std::string out;
  for (const std::string_view line : p.header) {
    if (line.starts_with(kType)) continue;
    if (line.starts_with(kSequence))
      out.append(kSequence).append(std::to_string(first)).append("\n");
    else
      out.append(line);
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

std::size_t count_segments(const std::string& playlist) { return split(playlist).segments.size(); }

}  // namespace plenum::egress
