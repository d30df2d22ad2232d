// livekit.RoomService/PerformRpc: the one method whose answer comes later, from a participant.
// Sends it a call of version 1, which every client understands (livekit-wire 5.3).
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cassert>
#include <utility>
#include <vector>

#include "api/livekit/room_service.h"
#include "base/crypto.h"
#include "proto/livekit_data.pb.h"

namespace plenum::livekit_api {
namespace {

namespace asio = boost::asio;
namespace pb = ::livekit;
using control::RpcError;
using twirp::Code;
using twirp::Error;

constexpr std::size_t kMaxPayloadBytes = 15'360;
constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kDefaultTimeoutMs = 10'000;
/// A request of HTTP waits for so long.
constexpr std::uint32_t kMaxTimeoutMs = 600'000;

/// As LiveKit's server translates them; the callee's own numbers are `internal`.
Code code_of(std::uint32_t rpc_code) {
  switch (rpc_code) {
    case RpcError::kUnsupportedMethod:
      return Code::invalid_argument;
    case RpcError::kRecipientNotFound:
      return Code::not_found;
    case RpcError::kRequestTooLarge:
    case RpcError::kResponseTooLarge:
      return Code::malformed;
    case RpcError::kUnsupportedServer:
    case RpcError::kUnsupportedVersion:
      return Code::unimplemented;
    case RpcError::kConnectionTimeout:
    case RpcError::kResponseTimeout:
      return Code::canceled;
    case RpcError::kRecipientDisconnected:
      return Code::unavailable;
    default:
      return Code::internal;
  }
}

Error failure(const RpcError& error) {
  const std::string number = std::to_string(error.code);
  Error out{code_of(error.code), "RpcError " + number + ": " + error.message, {}};
  if (!error.data.empty()) out.text += ": " + error.data;
  out.meta["rpc_code"] = number;
  out.meta["rpc_message"] = error.message;
  if (!error.data.empty()) out.meta["rpc_data"] = error.data;
  return out;
}

std::optional<Error> refused(const pb::PerformRpcRequest& request) {
  const auto invalid = [](const char* text) { return Error{Code::invalid_argument, text, {}}; };
  if (request.destination_identity().empty()) return invalid("no destination identity");
  if (request.method().size() > control::kMaxNameBytes)
    return invalid("method name length exceeds limits");
  if (request.response_timeout_ms() > kMaxTimeoutMs)
    return invalid("response_timeout_ms exceeds limits");
  if (request.payload().size() > kMaxPayloadBytes)
    return failure({RpcError::kRequestTooLarge, "Request payload too large", ""});
  return std::nullopt;
}

shard::SharedBytes message(const pb::PerformRpcRequest& request, const std::string& id,
                           std::uint32_t timeout_ms) {
  pb::DataPacket packet;
  packet.set_kind(pb::DataPacket::RELIABLE);
  // Clients answer whom the packet names, and some take no call of nobody. As with LiveKit's server
  // that is the call itself, so that no participant seems to call.
  packet.set_participant_identity(id);
  pb::RpcRequest& rpc = *packet.mutable_rpc_request();
  rpc.set_id(id);
  rpc.set_method(request.method());
  rpc.set_payload(request.payload());
  rpc.set_response_timeout_ms(timeout_ms);
  rpc.set_version(kVersion);
  auto bytes = std::make_shared<std::vector<std::byte>>(packet.ByteSizeLong());
  if (!packet.SerializeToArray(bytes->data(), static_cast<int>(bytes->size()))) return nullptr;
  return bytes;
}

}  // namespace

/// Shared by the coroutine that waits and by control, which answers; the coroutine may end first,
/// with its connection's server.
struct RoomService::PendingRpc {
  explicit PendingRpc(const asio::any_io_executor& executor)
      : answered(executor, asio::steady_timer::time_point::max()) {}

  asio::steady_timer answered;  // cancelled when the result is there
  std::optional<Result<std::string, RpcError>> result;
};

auto RoomService::start_rpc(const pb::PerformRpcRequest& request,
                            const std::shared_ptr<PendingRpc>& pending) -> Answer<Ok> {
  if (auto error = refused(request)) return Err{std::move(*error)};
  const std::uint32_t timeout_ms =
      request.response_timeout_ms() > 0 ? request.response_timeout_ms() : kDefaultTimeoutMs;
  control::RpcRequest call;
  call.id = "RPC_" + crypto::random_text(16);
  call.message = message(request, call.id, timeout_ms);
  call.response_timeout = std::chrono::milliseconds(timeout_ms);
  call.done = [pending](Result<std::string, RpcError> result) {
    pending->result = std::move(result);
    pending->answered.cancel();
  };
  const auto started = control_.moderation().perform_rpc(
      request.room(), request.destination_identity(), std::move(call), around_.now());
  if (started) return Ok{};
  if (started.error() == control::Refusal::not_found)
    return Err{Error{Code::not_found, "participant does not exist", {}}};
  return Err{Error{Code::resource_exhausted, "too many calls wait for an answer", {}}};
}

auto RoomService::perform_rpc(const pb::PerformRpcRequest& request)
    -> LaterAnswer<pb::PerformRpcResponse> {
  const auto executor = co_await asio::this_coro::executor;
  const auto pending = std::make_shared<PendingRpc>(executor);
  const auto started = start_rpc(request, pending);
  around_.changed();
  if (!started) co_return Err{started.error()};
  if (!pending->result) {
    boost::system::error_code cancelled;
    auto wait = pending->answered.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    co_await std::move(wait);
  }
  assert(pending->result);
  if (!*pending->result) co_return Err{failure(pending->result->error())};
  pb::PerformRpcResponse out;
  out.set_payload(**pending->result);
  co_return out;
}

}  // namespace plenum::livekit_api
