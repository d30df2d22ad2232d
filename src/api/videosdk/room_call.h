// One call of a participant to the server while it is answered, and how it is refused.
#pragma once
#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <vector>

#include "api/videosdk/room_arguments.h"
#include "base/result.h"
#include "control/control.h"

namespace plenum::videosdk_api {

/// How the server tells participants something.
struct RoomVoice {
  /// RoomEvents::tell().
  std::function<void(const control::Room& room, std::string type, boost::json::object data,
                     std::vector<std::string> to)>
      event{};
  /// A message on the topic kPubSubTopic, to those identities.
  std::function<void(const std::string& room, const std::string& text, std::vector<std::string> to)>
      message{};
};

struct RoomCall {
  control::Control& control;
  const RoomVoice& voice;
  control::Participant& caller;
  RoomArguments arguments;
  TimePoint now;
};

struct Fault {
  control::Refusal refusal = control::Refusal::invalid_request;
  /// What the table of methods says, unless given.
  int number = 0;
  const char* message = nullptr;
};
using RoomAnswer = Result<boost::json::object, Fault>;

/// An empty object, or why not.
inline RoomAnswer answer_of(const Status<control::Refusal>& done) {
  if (!done) return Err{Fault{done.error()}};
  return boost::json::object();
}

}  // namespace plenum::videosdk_api
