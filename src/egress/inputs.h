#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "egress/audio_input.h"
#include "egress/director.h"
#include "egress/media_source.h"
#include "egress/video_input.h"
#include "proto/egress.pb.h"

namespace plenum::egress {

/// The tracks of a room, from the packets of the relay on. Sans-I/O. What leaves the room stays for
/// as long as the composition may still look at it.
class Inputs : public MediaSource {
 public:
  static constexpr Duration kLinger = 2s;

  void set_room(const pb::Room& room, TimePoint now);
  void set_wanted(const Director::Wanted& wanted);
  /// Unknown tracks are ignored.
  void handle_media(RelayRecord record, TimePoint now);
  TimePoint next_timeout() const;
  void handle_timeout(TimePoint now);

  const TimedPicture* picture(std::uint64_t track, TimePoint until) override;
  std::vector<AudioSource*> sources() override;
  struct KeyFrameRequest {
    std::uint64_t track = 0;
    std::uint8_t layer = 0;
  };
  std::vector<KeyFrameRequest> take_key_frame_requests(TimePoint now);

 private:
  struct Entry {
    std::string codec{};
    std::unique_ptr<VideoInput> video{};
    std::unique_ptr<AudioInput> audio{};
    /// kNever while it is in the room.
    TimePoint goes = kNever;
  };

  void add(const pb::Track& track, const std::string& identity);

  std::map<std::uint64_t, Entry> tracks_;
  /// Shared with the tracks, which stay for a moment after their participant.
  std::map<std::string, std::shared_ptr<ParticipantClock>> clocks_;
};

}  // namespace plenum::egress
