#pragma once
#include <string>

#include "base/result.h"
#include "control/participants.h"
#include "control/publications.h"

namespace plenum::control {

/// What participants may do to the room they are in, by calls to the server (videosdk-api 7.2).
/// Others are named by identity. Refusal::not_allowed without the right to it, and for everything
/// while waiting in the lobby; Refusal::not_found for whom or what is not there.
class Meeting {
 public:
  Meeting(World& world, Participants& participants, Publications& publications)
      : world_(world), participants_(participants), publications_(publications) {}

  /// The caller's own. Never gives more than its rights.
  Status<Refusal> set_mode(Participant& caller, Mode mode, TimePoint now);
  /// Lets in or turns away who waits; the first answer counts, and not_found is what later ones
  /// get. Refusal::limit_exceeded when the room is full.
  Status<Refusal> answer_entry(Participant& caller, const std::string& who, bool allow,
                               TimePoint now);
  /// Pins or unpins for everybody.
  Status<Refusal> set_pin(Participant& caller, const std::string& who, bool camera, bool share);
  /// Asks somebody to turn on the camera or microphone. Anybody may; only they can do it.
  Status<Refusal> request_media(Participant& caller, const std::string& who, TrackSource source);
  /// Mutes the tracks of that source.
  Status<Refusal> mute(Participant& caller, const std::string& who, TrackSource source,
                       TimePoint now);
  Status<Refusal> remove(Participant& caller, const std::string& who, TimePoint now);
  /// Ends the room for all, the caller included. Config::moderators_end says who may.
  Status<Refusal> end(Participant& caller, TimePoint now);

 private:
  World& world_;
  Participants& participants_;
  Publications& publications_;
};

}  // namespace plenum::control
