#pragma once
#include <cstddef>
#include <string>

#include "base/time.h"

namespace plenum::egress {

// Playlists made from the one that libavformat writes (RFC 8216), which lists every segment since
// the beginning (EXT-X-PLAYLIST-TYPE:EVENT).

/// Only the last `segments`, as a player at the live edge wants it: no playlist type, and
/// EXT-X-MEDIA-SEQUENCE counts those left out.
std::string live_window(const std::string& playlist, std::size_t segments);
/// The same segments as a recording (VOD) that nothing more is added to.
std::string finished_playlist(const std::string& playlist);
/// `before`, and what another encoding added to it since (`after`, from its own first segment on).
std::string continued_playlist(const std::string& before, const std::string& after);
/// Of all its segments.
Duration playlist_duration(const std::string& playlist);
/// Encodings one after the other: how often a player has to begin anew.
std::size_t count_parts(const std::string& playlist);
std::size_t count_segments(const std::string& playlist);
/// Nothing more is added to it.
bool has_ended(const std::string& playlist);

}  // namespace plenum::egress
