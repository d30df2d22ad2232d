#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "egress/media_source.h"
#include "egress/recorded_file.h"
#include "egress/speaker_meter.h"
#include "io/fd.h"

namespace plenum::egress {

/// A room made of recorded files: who is there when, with which tracks, and their media. Members
/// appear when their file starts and leave when it ends. Files of several manifests lie where their
/// wall-clock times put them. Blocks while it reads files.
class RecordedRoom : public MediaSource {
 public:
  /// From the first file's beginning to the last one's end.
  static constexpr Duration kLongest = MediaFile::kLongest;
  static constexpr std::size_t kMostManifests = 1000;
  /// Open at a time.
  static constexpr std::size_t kMostFiles = 250;

  /// Paths of manifests, each beside its files. Without `video` only sound is read. Throws
  /// std::runtime_error with a sentence for the operator.
  RecordedRoom(std::span<const std::string> manifests, bool video);

  /// When its first file begins.
  TimePoint begin() const { return begin_; }
  /// As the manifests have it, 0 to kLongest.
  Duration length() const { return length_; }

  /// Moves on to `t`, which grows. True: room() has changed. Throws std::runtime_error when a file
  /// cannot be read, or when there is too much.
  bool advance(TimePoint t);
  const pb::Room& room() const { return room_; }
  /// All files are over.
  bool has_ended() const { return waiting_.empty() && present_.empty(); }

  const TimedPicture* picture(std::uint64_t track, TimePoint until) override;
  std::vector<AudioSource*> sources() override;

 private:
  struct Planned {
    std::shared_ptr<const io::Fd> folder;  // shared by the files of a manifest
    ManifestFile about;
    TimePoint job_start{};
    TimePoint start() const { return job_start + about.start; }
  };
  struct Present {
    std::unique_ptr<RecordedFile> file;
    std::uint64_t revision = 0;
  };
  struct Gone {
    std::unique_ptr<RecordedFile> file;
    TimePoint until{};
  };

  void plan(std::span<const std::string> manifests);
  bool open_files(TimePoint t);
  bool close_files(TimePoint t);
  bool follow_speakers(TimePoint t);
  void describe(TimePoint t);

  const bool video_;
  TimePoint begin_{};
  Duration length_{};
  /// In the order of their beginnings.
  std::deque<Planned> waiting_;
  std::vector<Present> present_;
  /// Their last picture stays while their tile fades.
  std::vector<Gone> gone_;
  std::uint64_t next_track_ = 1;
  SpeakerMeter meter_;
  std::vector<std::string> speakers_;
  pb::Room room_;
};

}  // namespace plenum::egress
