#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "egress/copy_container.h"
#include "egress/file_output.h"
#include "egress/muxer.h"
#include "egress/opus_timeline.h"
#include "egress/video_header.h"

namespace plenum::egress {

/// A file that encoded frames are written to as they are. Can be played while it grows and after a
/// crash, but for the last half second: MP4 is in fragments, which finalise() makes one, WebM in
/// clusters, Ogg in pages. For one thread; all but the constructor throw std::runtime_error with a
/// sentence when the disk or the muxer refuses.
class CopyFile {
 public:
  /// `video` unset: there is none. Throws std::runtime_error as well.
  CopyFile(const std::string& path, Container container, const std::optional<VideoHeader>& video,
           bool audio);

  bool has_video() const { return video_stream_.has_value(); }
  bool has_audio() const { return audio_stream_.has_value(); }
  /// has_video(). `at` since the beginning of the file; frames follow each other by a millisecond
  /// at least, whatever it says.
  void write_video(const EncodedFrame& frame, Duration at);
  /// has_audio(). One behind the other.
  void write_audio(const OpusTimeline::Placed& packet);
  /// Closes the file. Nothing may be written afterwards.
  void finish();

  std::uint64_t bytes() const { return file_.bytes(); }
  /// To the end of what was written.
  Duration duration() const { return end_; }

 private:
  void write(Packet packet);
  void expect(int code);

  FileOutput file_;
  std::optional<Muxer> muxer_;
  std::optional<int> video_stream_, audio_stream_;
  std::optional<Duration> last_picture_;
  Duration end_{};
};

}  // namespace plenum::egress
