// URLs of what recordings and HLS streams left in the data directory.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "control/egress_job.h"

namespace plenum::videosdk_api {

/// A recording's URL is signed and ends to hold after a week; who has an HLS stream's id may watch.
struct MediaLinks {
  /// The server's public URL without a slash at its end.
  std::string base{};
  /// At least 32 bytes that the server keeps for itself; the same after a restart.
  std::string secret{};
  /// Of an object in the bucket, by its key; empty when there is none.
  std::function<std::string(const std::string& key, std::int64_t now_ms)> object_url{};

  /// Of a recording's file, signed at `now_ms` (since 1970): in the bucket once it is there.
  std::string file_url(const control::EgressOutput& file, std::int64_t now_ms) const;
  /// Whether `signature` is that of the file `name` until `expires_s`, and `now_ms` is before that.
  bool is_signed(std::string_view name, std::int64_t expires_s, std::string_view signature,
                 std::int64_t now_ms) const;
  /// All segments since the beginning, and the live edge only.
  std::string playback_url(const control::EgressJob& job) const;
  std::string live_url(const control::EgressJob& job) const;
};

/// The name of a recording's file: 24 hex digits; a number from 2 of further parts; the source of a
/// copied track; a number from 2 of its further files; and one of five endings. For example
/// <24 hex digits>-2.mp4, or <24 hex digits>-screen-audio-3.ogg.
bool is_recording_name(std::string_view name);
/// The job that wrote it; `name` is a recording's.
inline std::string job_of_recording(std::string_view name) {
  return std::string(name.substr(0, 24));
}
/// 24 lower-case hex digits.
bool is_job_id(std::string_view text);

}  // namespace plenum::videosdk_api
