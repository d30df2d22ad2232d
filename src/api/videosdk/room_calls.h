// Calls of participants to the server (videosdk-api 7.2): remote procedure calls addressed to the
// identity "plenum", with JSON for arguments and answers. docs/api/in-room.md lists them.
#pragma once
#include <boost/json/object.hpp>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "api/videosdk/problem.h"
#include "api/videosdk/rest_api.h"
#include "api/videosdk/room_call.h"
#include "base/result.h"
#include "control/control.h"

namespace plenum::videosdk_api {

class RoomCalls {
 public:
  using Answer = Result<std::string, control::RpcError>;
  using EgressDone = std::function<void(Result<boost::json::value, Problem>)>;
  struct Surroundings {
    /// By the room's sid: the number of its newest event, and its session's id or "".
    std::function<std::uint64_t(const std::string&)> sequence;
    std::function<std::string(const std::string&)> session;
    /// RoomEvents::composition().
    std::function<boost::json::object(const std::string&)> composition{};
    RoomVoice voice{};
    /// RestApi::call_in_room(); answers later, once.
    std::function<void(RestApi::InRoom, EgressDone)> egress{};
    /// Whether recordings and streams take the right to moderate.
    bool moderators_compose = false;
  };

  RoomCalls(control::Control& control, Surroundings around)
      : control_(control), around_(std::move(around)) {}

  /// For control::ServerCalls. An error carries {"number", "code", "message"} in its data.
  std::optional<Answer> answer(control::ParticipantId caller,
                               const control::RoutedData::RpcCall& call, TimePoint now);

 private:
  std::string state(const control::Participant& caller) const;
  /// The answer comes later; a refusal does not.
  std::optional<Answer> compose(const control::Participant& caller, const std::string& request_id,
                                bool start, RoomArguments arguments);

  control::Control& control_;
  Surroundings around_;
  /// Whose start or stop is under way: one each.
  std::set<control::ParticipantId> composing_;
};

}  // namespace plenum::videosdk_api
