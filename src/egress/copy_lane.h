#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "egress/copied_audio.h"
#include "egress/copied_video.h"
#include "egress/copy_file.h"
#include "egress/copy_files.h"
#include "egress/copy_slot.h"
#include "egress/opus_timeline.h"
#include "egress/participant_clock.h"
#include "proto/egress.pb.h"

namespace plenum::egress {

/// One file after the other, each with a picture, a sound, or both, of a participant. Another one
/// begins when a file cannot go on: with the first key frame of a picture that it has no stream
/// for, of another codec or, in MP4, of another size; with each start of the track if so asked.
/// Where sound was asked for each file has sound from its beginning on, silence where there is
/// none.
///
/// Frames are written kDelay after they were captured, when their clocks are settled. Sans-I/O but
/// for its files, whose errors are thrown as std::runtime_error.
class CopyLane {
 public:
  static constexpr Duration kDelay = 500ms;
  /// Sound that is so late is taken for silence.
  static constexpr Duration kLateness = 2s;
  /// How long a file's beginning waits for a picture, which mostly comes right behind the sound.
  static constexpr Duration kPictureWait = 3s;

  struct Options {
    /// What file names begin with.
    std::string base{};
    /// As asked for.
    std::string container{};
    /// Another file each time the track starts again, after a pause or anew.
    bool splits = false;
    /// What is written; one at least.
    std::optional<TrackSource> video{}, audio{};
    TimePoint job_start{};
  };
  struct Want {
    std::uint64_t track = 0;
    std::uint8_t layer = 0;
  };

  CopyLane(Options options, CopyFiles& files);

  /// What the participant has now; null: nothing, or it is not there. `clock` is its own.
  void set_member(const pb::Member* member, const std::shared_ptr<ParticipantClock>& clock,
                  TimePoint now);
  std::vector<Want> wanted() const;
  bool owns(std::uint64_t track) const { return video_.track == track || audio_.track == track; }
  /// Of a track that it owns.
  void handle_media(RelayRecord record, TimePoint now);
  TimePoint next_timeout() const;
  void handle_timeout(TimePoint now);
  std::vector<Want> take_key_frame_requests(TimePoint now);

  /// Writes what was captured up to `now` - kDelay.
  void write(TimePoint now);
  /// Writes what was captured up to `at`, which nothing more is waited for, and closes the file.
  void end(TimePoint at);
  /// After an error: closes the file as it is.
  void abandon(const std::string& error);
  /// Brings what is said of the open file up to date.
  void refresh();

 private:
  struct Waiting {
    codec::Codec codec{};
    TimedFrame what{};
  };
  struct OpenFile {
    std::size_t id = 0;
    TimePoint start{};
    CopyFile file;
    OpusTimeline sound{};
    std::optional<VideoHeader> video{};
  };

  void set_video(const pb::Track* track, const std::shared_ptr<ParticipantClock>& clock,
                 TimePoint now);
  void set_audio(const pb::Track* track, const std::shared_ptr<ParticipantClock>& clock,
                 TimePoint now);
  template <class Input>
  void set_live(CopySlot<Input>& slot, bool live, TimePoint now);
  void collect(TimePoint until);
  bool may_begin(TimePoint until) const;
  void begin();
  void write_waiting();
  void write_video(const Waiting& frame);
  void write_audio(const Waiting& frame);
  void lay(const std::vector<OpusTimeline::Placed>& packets);
  void open(std::optional<VideoHeader> video, TimePoint at);
  void close(TimePoint at);
  /// Nothing is to come before something starts again.
  bool is_idle() const;

  const Options options_;
  CopyFiles& files_;
  std::string display_name_, identity_;
  CopySlot<CopiedVideo> video_;
  CopySlot<CopiedAudio> audio_;
  bool is_present_ = false;
  /// Of all sources, in the order they were captured.
  std::vector<Waiting> waiting_;
  std::unique_ptr<OpenFile> file_;
  /// Delta frames are of no use.
  bool needs_key_ = false;
  /// Then the track stopped, and its file ends once everything of before is there.
  std::optional<TimePoint> ends_;
};

}  // namespace plenum::egress
