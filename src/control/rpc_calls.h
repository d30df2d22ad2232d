#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"
#include "control/world.h"

namespace plenum::control {

/// Why a remote procedure call failed: the protocol's numbers (livekit-wire 5.3), or the callee's
/// own.
struct RpcError {
  static constexpr std::uint32_t kUnsupportedMethod = 1400;
  static constexpr std::uint32_t kRecipientNotFound = 1401;
  static constexpr std::uint32_t kRequestTooLarge = 1402;
  static constexpr std::uint32_t kUnsupportedServer = 1403;
  static constexpr std::uint32_t kUnsupportedVersion = 1404;
  static constexpr std::uint32_t kApplicationError = 1500;
  static constexpr std::uint32_t kConnectionTimeout = 1501;
  static constexpr std::uint32_t kResponseTimeout = 1502;
  static constexpr std::uint32_t kRecipientDisconnected = 1503;
  static constexpr std::uint32_t kResponseTooLarge = 1504;

  std::uint32_t code = 0;
  std::string message, data;
};

/// What a participant sent about a call: that it came, or how it ended.
struct RpcReply {
  std::string request_id;
  bool acknowledged_only = false;
  std::string payload{};
  std::optional<RpcError> error{};
};

/// Called once for each call that was started. Must not call back into control.
using RpcDone = std::function<void(Result<std::string, RpcError>)>;

/// A call of the server API.
struct RpcRequest {
  /// Nobody else can guess it.
  std::string id;
  /// As the callee shall receive it.
  shard::SharedBytes message;
  Duration response_timeout{};
  RpcDone done;
};

/// Calls of the server API that wait for a participant's answer: matched by callee and request id,
/// ended by a reply, by time, or by the end of the callee's session (a resume continues it). Knows
/// no message: sending is DataRouter's business.
class RpcCalls {
 public:
  explicit RpcCalls(World& world) : world_(world) {}

  /// Refusal::limit_exceeded when too many calls wait, for this callee or in all.
  Status<Refusal> start(const Participant& callee, RpcRequest request, TimePoint now);
  /// True when the reply was to the server: nobody else shall get it.
  bool on_reply(const Participant& from, const RpcReply& reply);
  void participant_ended(const Participant& p);

 private:
  /// Ids are random, but whoever guessed one must not answer in another's place.
  using Key = std::pair<ParticipantId, std::string>;
  struct Call {
    TimePoint respond_by;
    RpcDone done;
    Timers::Handle timer;
  };
  std::size_t count(const Participant& p) const;
  void expect_within(const Key& key, TimePoint deadline, std::uint32_t code);
  void finish(const Key& key, Result<std::string, RpcError> result);

  World& world_;
  std::map<Key, Call> calls_;
};

}  // namespace plenum::control
