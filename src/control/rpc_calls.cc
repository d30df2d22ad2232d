#include "control/rpc_calls.h"

#include <utility>

namespace plenum::control {
namespace {

/// Each holds a connection of the server API open.
constexpr std::size_t kMaxCalls = 1000;
constexpr std::size_t kMaxCallsToOne = 100;
/// A callee says so soon that it has the request (livekit-wire 5.3).
constexpr Duration kAcknowledgeWithin = 7s;

RpcError error_of(std::uint32_t code) {
  switch (code) {
    case RpcError::kConnectionTimeout:
      return {code, "Connection timeout", ""};
    case RpcError::kResponseTimeout:
      return {code, "Response timeout", ""};
    default:
      return {RpcError::kRecipientDisconnected, "Recipient disconnected", ""};
  }
}

}  // namespace

Status<Refusal> RpcCalls::start(const Participant& callee, RpcRequest request, TimePoint now) {
  if (calls_.size() >= kMaxCalls || count(callee) >= kMaxCallsToOne)
    return Err{Refusal::limit_exceeded};
  const TimePoint respond_by = now + request.response_timeout;
  const Key key{callee.id, std::move(request.id)};
  calls_.insert_or_assign(key, Call{respond_by, std::move(request.done), {}});
  if (request.response_timeout <= kAcknowledgeWithin) {
    expect_within(key, respond_by, RpcError::kResponseTimeout);
  } else {
    expect_within(key, now + kAcknowledgeWithin, RpcError::kConnectionTimeout);
  }
  return Ok{};
}

void RpcCalls::expect_within(const Key& key, TimePoint deadline, std::uint32_t code) {
  Call& call = calls_.at(key);
  world_.timers.cancel(call.timer);
  call.timer = world_.timers.at(deadline,
                                [this, key, code](TimePoint) { finish(key, Err{error_of(code)}); });
}

bool RpcCalls::on_reply(const Participant& from, const RpcReply& reply) {
  const Key key{from.id, reply.request_id};
  const auto it = calls_.find(key);
  if (it == calls_.end()) return false;
  if (reply.acknowledged_only) {
    expect_within(key, it->second.respond_by, RpcError::kResponseTimeout);
  } else if (reply.error) {
    finish(key, Err{*reply.error});
  } else {
    finish(key, reply.payload);
  }
  return true;
}

std::size_t RpcCalls::count(const Participant& p) const {
  std::size_t n = 0;
  for (auto it = calls_.lower_bound({p.id, ""}); it != calls_.end() && it->first.first == p.id;
       ++it)
    ++n;
  return n;
}

void RpcCalls::participant_ended(const Participant& p) {
  for (auto it = calls_.lower_bound({p.id, ""}); it != calls_.end() && it->first.first == p.id;
       it = calls_.lower_bound({p.id, ""}))
    finish(Key(it->first), Err{error_of(RpcError::kRecipientDisconnected)});
}

void RpcCalls::finish(const Key& key, Result<std::string, RpcError> result) {
  auto node = calls_.extract(key);
  if (node.empty()) return;
  world_.timers.cancel(node.mapped().timer);
  node.mapped().done(std::move(result));
}

}  // namespace plenum::control
