#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "egress/manifest.h"
#include "egress/media_file.h"
#include "egress/recorded_audio.h"
#include "egress/recorded_video.h"
#include "proto/egress.pb.h"

namespace plenum::egress {

/// One file of a manifest on the time line of a composition: read as time goes on, a little ahead.
class RecordedFile {
 public:
  /// How far the streams of a file may be apart in it.
  static constexpr Duration kReadAhead = 3s;
  /// Encoded, of one file, within that time.
  static constexpr std::size_t kMostWaiting = 64 * 1024 * 1024;

  /// `folder` is an open directory, `job_start` where the manifest's times begin. The ids of its
  /// tracks are `first_track` and the next. Without `video` pictures are left out. Throws
  /// std::runtime_error with a sentence for the operator when it cannot be read.
  RecordedFile(int folder, const ManifestFile& about, TimePoint job_start,
               std::uint64_t first_track, bool video);

  /// Decodes up to `t`, which grows. Throws std::runtime_error when the file is not what a file of
  /// ours can be.
  void advance(TimePoint t);
  /// All of it has been seen and heard by `t`, and the time is over that the manifest gives it.
  bool has_ended(TimePoint t) const;

  const std::string& identity() const { return about_.identity; }
  const std::string& name() const { return about_.name; }
  /// Adds its tracks as they are at `t`, which grows.
  void describe(pb::Member& member, TimePoint t);
  /// Changes whenever describe() says something else.
  std::uint64_t revision(TimePoint t);

  /// Null: it has none, or not of this id.
  RecordedVideo* video(std::uint64_t track);
  RecordedAudio* audio() { return audio_.get(); }
  /// It is a microphone that sounds.
  bool is_voice() const;

 private:
  struct Stream {
    const ManifestStream* about = nullptr;
    std::uint64_t track = 0;
    /// Of the intervals of silence, the first that is not over.
    std::size_t next_muted = 0;
    bool muted = false;
  };

  void read(TimePoint until);
  void take(RecordedPacket packet);

  const ManifestFile about_;
  const TimePoint job_start_, start_;
  std::vector<Stream> streams_;
  std::unique_ptr<MediaFile> file_;
  std::unique_ptr<RecordedVideo> video_;
  std::unique_ptr<RecordedAudio> audio_;
  std::uint64_t video_track_ = 0;
  /// Of the furthest packet read; a file ends a frame's time after its last.
  TimePoint read_to_;
  bool is_read_ = false;
  std::uint64_t revision_ = 0;
};

}  // namespace plenum::egress
