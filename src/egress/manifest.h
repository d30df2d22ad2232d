#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "media/codec/codec.h"

namespace plenum::egress {

// The manifest of a copying job: `NAME.json` beside the files that it names. Says whose each file
// is and when it begins, so that files of a room can be laid over each other, of several jobs too.
//
//   {
//     "version": 1,
//     "started_at": "2026-11-30T01:02:03.456Z",     when the job started, for people
//     "started_unix_us": 1796000523456789,          the same, exact; what counts
//     "ended": true,                                false: it runs still, or its worker was killed
//     "duration_ms": 60000,                         of the job, so far
//     "files": [{
//       "file": "ann.webm",                         in the manifest's folder
//       "identity": "ann", "name": "Ann",           the participant; how it is called may be empty
//       "started_at": "2026-11-30T01:02:04.000Z",   what stands at the file's time 0, for people
//       "start_us": 543211,                         the same, since started_unix_us; what counts
//       "duration_ms": 5000, "bytes": 123456,       so far
//       "final": true,                              false: still being written
//       "streams": [{                               one of a kind at most
//         "source": "camera",                       or "microphone", "screen", "screen_audio"
//         "kind": "video",                          or "audio"
//         "codec": "vp8",                           or "vp9", "h264", "av1"; "opus"
//         "width": 640, "height": 360,              of video, where it begins; may change in the
//         file "muted": [{"from_us": 1000000, "to_us": 2000000}]  since started_unix_us, within the
//         file
//       }]
//     }]
//   }

enum class TrackSource : std::uint8_t { camera, microphone, screen, screen_audio };

constexpr MediaKind kind_of(TrackSource s) {
  const bool video = s == TrackSource::camera || s == TrackSource::screen;
  return video ? MediaKind::video : MediaKind::audio;
}
/// As the manifest writes it.
std::string_view word(TrackSource source);

/// From `from` to before `to`, since the start of the job.
struct Interval {
  Duration from{}, to{};
  friend bool operator==(const Interval&, const Interval&) = default;
};

struct ManifestStream {
  TrackSource source = TrackSource::camera;
  codec::Codec codec = codec::Codec::vp8;
  /// Pixels, 1 to 16384; of audio 0.
  int width = 0, height = 0;
  /// In order, apart from each other. Of video nothing is written then; of audio it is silence.
  std::vector<Interval> muted{};
  friend bool operator==(const ManifestStream&, const ManifestStream&) = default;
};

struct ManifestFile {
  /// A plain name: no folder, nothing hidden.
  std::string file{};
  std::string identity{}, name{};
  /// Of the file's time 0, since the start of the job; not negative.
  Duration start{};
  /// In whole milliseconds.
  Duration duration{};
  std::uint64_t bytes = 0;
  bool is_final = false;
  /// One or two; two are of different kinds.
  std::vector<ManifestStream> streams{};
  friend bool operator==(const ManifestFile&, const ManifestFile&) = default;
};

struct Manifest {
  static constexpr int kVersion = 1;
  static constexpr std::size_t kMaxBytes = 8 * 1024 * 1024, kMaxFiles = 10'000,
                               kMaxIntervals = 100'000, kMaxText = 1024;

  /// Microseconds since 1970, of the job's start.
  std::int64_t started_unix_us = 0;
  bool ended = false;
  /// In whole milliseconds.
  Duration duration{};
  std::vector<ManifestFile> files{};
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

/// JSON, for people too.
std::string to_json(const Manifest& manifest);

/// Takes what to_json() writes, and nothing that breaks a promise made above: unknown or missing
/// members, another version, times beyond a year, too much of anything. `started_at` may say what
/// it likes. The error is a sentence for the operator, without the stranger's text.
Result<Manifest, std::string> parse_manifest(std::string_view json);

}  // namespace plenum::egress
