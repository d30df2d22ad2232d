// Calls of participants to the server (videosdk-api 7.2): remote procedure calls addressed to the
// identity "plenum", with JSON for arguments and answers. docs/api/in-room.md lists them.
#pragma once
#include <boost/json/object.hpp>
#include <functional>
#include <string>

#include "base/result.h"
#include "control/control.h"

namespace plenum::videosdk_api {

class RoomCalls {
 public:
  struct Surroundings {
    /// By the room's sid: the number of its newest event, and its session's id or "".
    std::function<std::uint64_t(const std::string&)> sequence;
    std::function<std::string(const std::string&)> session;
    /// RoomEvents::composition().
    std::function<boost::json::object(const std::string&)> composition{};
  };

  RoomCalls(control::Control& control, Surroundings around)
      : control_(control), around_(std::move(around)) {}

  /// For control::ServerCalls. An error carries {"number", "code", "message"} in its data.
  Result<std::string, control::RpcError> answer(control::ParticipantId caller,
                                                const control::RoutedData::RpcCall& call,
                                                TimePoint now);

 private:
  control::Control& control_;
  Surroundings around_;
};

}  // namespace plenum::videosdk_api
