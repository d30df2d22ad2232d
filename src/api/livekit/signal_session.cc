#include "api/livekit/signal_session.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <climits>
#include <utility>

#include "base/log.h"

namespace plenum::livekit_api {
namespace {

namespace pb = ::livekit;

/// Since this protocol clients understand RequestResponse, and since that one also successes.
constexpr int kRequestResponseSince = 10;
constexpr int kSuccessSince = 15;
/// A client may miss so many of its ping timeouts: browsers slow timers of hidden pages.
constexpr int kSilentTimeouts = 3;

/// What a client may send, far above what one needs. A client that joins with its tracks, or shows
/// a page full of others, sends some dozens of messages at once and then a few each second; each
/// costs the one thread that serves everybody's signalling.
constexpr Rate kMessageRate{.per_second = 100, .burst = 500};
/// Twice the largest message; in the long run that of a busy client's SDP, several times a second.
constexpr Rate kByteRate{.per_second = 256 << 10, .burst = 4 << 20};
/// Offers and answers that the server did not ask for: the dearest messages, since SDP is read and
/// written for each. Clients gather changes for 20 ms or more before they offer.
constexpr Rate kNegotiationRate{.per_second = 10, .burst = 50};
/// A client may answer several requests to negotiate with one offer; what it saves is no treasure.
constexpr int kMaxNegotiationsAsked = 50;

const char* describe(control::Refusal refusal) {
  switch (refusal) {
    case control::Refusal::not_found:
      return "not found";
    case control::Refusal::not_allowed:
      return "not allowed by the permissions of this participant";
    case control::Refusal::limit_exceeded:
      return "limit exceeded";
    case control::Refusal::queued:
      return "queued until the former track of this cid has ended";
    case control::Refusal::unsupported_type:
      return "not supported by this server";
    case control::Refusal::unclassified:
    case control::Refusal::invalid_request:
      break;
  }
  return "invalid request";
}

}  // namespace

TokenError join_refusal(control::JoinRefusal refusal) {
  switch (refusal) {
    case control::JoinRefusal::room_not_found:
      return {404, "requested room does not exist"};
    case control::JoinRefusal::room_full:
      // Not 5xx: clients would try again and again.
      return {403, "room has reached its maximum number of participants"};
    case control::JoinRefusal::token_revoked:
      return {401, "token has been revoked"};
    case control::JoinRefusal::identity_taken:
      return {403, "identity is in use"};
    case control::JoinRefusal::too_many_rooms:
      return {503, "no room left on this server"};
  }
  return {500, "join refused"};
}

Status<TokenError> SignalSession::start(TimePoint now) {
  heard_at_ = now;
  if (!parameters_.reconnect) return join(now);
  resume(now);
  return Ok{};
}

Status<TokenError> SignalSession::join(TimePoint now) {
  const auto joined = context_.control.join(join_request(token_, parameters_), sink(), now);
  if (!joined) return Err{join_refusal(joined.error())};
  participant_ = joined->id;
  session_ = joined->session;
  first_.emplace();
  *first_->mutable_join() = join_message(*joined, context_.config);
  return Ok{};
}

void SignalSession::resume(TimePoint now) {
  const control::JoinRequest me = join_request(token_, parameters_);
  const auto resumed = context_.control.resume(
      {me.room, me.identity, parameters_.participant_sid, me.single, me.client.protocol,
       me.token_not_before, me.api_key, me.token_identity, me.rights, me.waiting},
      sink(), now);
  first_.emplace();
  if (!resumed) {
    *first_->mutable_leave() =
        leave_message(control::LeaveAction::reconnect, control::DisconnectReason::state_mismatch);
    close_after_first_ = true;
    return;
  }
  participant_ = resumed->id;
  session_ = resumed->session;
  *first_->mutable_reconnect() = reconnect_message(*resumed, context_.config);
  const auto test = context_.resume_tests.find(parameters_.participant_sid);
  if (test == context_.resume_tests.end()) return;
  if (test->second == SignalContext::ResumeTest::cut_at_once) first_.reset();
  close_after_first_ = true;
  context_.resume_tests.erase(test);
}

void SignalSession::open(Connection connection, TimePoint now) {
  connection_ = std::move(connection);
  heard_at_ = now;
  if (closed_) return close();
  const bool cut_at_once = !first_;
  open_ = true;
  if (cut_at_once) return close();
  send(*first_);
  first_.reset();
  for (const control::ParticipantEvent& event : std::exchange(early_, {})) deliver(event);
  if (close_after_first_) return close();

  for (const pb::AddTrackRequest& track : parameters_.add_track_requests) {
    Request request;
    *request.mutable_add_track() = track;
    on_add_track(request, now);
  }
  if (parameters_.sync_state) {
    Request request;
    *request.mutable_sync_state() = *parameters_.sync_state;
    on_sync_state(request, now);
  }
  if (parameters_.publisher_offer)
    context_.control.offer(participant_, parameters_.publisher_offer->id(),
                           parameters_.publisher_offer->sdp());
  // Of all that a client says when it joins only this is asked for later.
  JoinParameters kept;
  kept.client.set_protocol(parameters_.client.protocol());
  parameters_ = std::move(kept);
}

control::EventSink SignalSession::sink() {
  return [weak = weak_from_this()](control::ParticipantEvent event) {
    if (const auto session = weak.lock()) session->on_event(std::move(event));
  };
}

void SignalSession::on_event(control::ParticipantEvent event) {
  if (closed_) return;
  if (open_) {
    deliver(event);
  } else {
    early_.push_back(std::move(event));
  }
}

void SignalSession::deliver(const control::ParticipantEvent& event) {
  if (closed_) return;
  if (const auto* left = std::get_if<control::LeaveSent>(&event))
    return leave(left->action, left->reason);
  if (std::holds_alternative<control::SessionReplaced>(event)) return close();
  if (std::holds_alternative<control::TokenDue>(event)) return send_token();
  if (const auto* moved = std::get_if<control::RoomMoved>(&event)) return tell_move(*moved);
  for (const pb::SignalResponse& response : event_messages(event)) send(response);
}

void SignalSession::send(const pb::SignalResponse& response) {
  if (closed_ || !connection_.send) return;
  if (response.has_offer() || response.has_media_sections_requirement())
    negotiations_asked_ = std::min(negotiations_asked_ + 1, kMaxNegotiationsAsked);
  std::string bytes;
  if (text_) {
    if (!google::protobuf::util::MessageToJsonString(response, &bytes).ok()) return;
  } else {
    response.SerializeToString(&bytes);
  }
  connection_.send(std::move(bytes), text_);
}

void SignalSession::leave(control::LeaveAction action, control::DisconnectReason reason) {
  pb::SignalResponse response;
  *response.mutable_leave() = leave_message(action, reason);
  send(response);
  close();
}

void SignalSession::close() {
  closed_ = true;
  if (connection_.close) connection_.close();
}

std::optional<std::string> SignalSession::fresh_token() const {
  const control::Participant* p = context_.control.participant(participant_);
  const auto secret = context_.keys.secret(token_.api_key);
  if (!p || !secret) return std::nullopt;
  AccessToken token = refreshed(token_, context_.unix_ms() / 1000);
  token.name = p->name;
  token.metadata = p->metadata;
  token.attributes = p->attributes;
  token.rights = names_of(p->rights);
  token.waiting = p->waiting;
  // As they are now: else a demoted participant regained its rights by reconnecting.
  apply_permission(permission_message(p->permissions), token.grants);
  return write_refreshed(std::move(token), *secret);
}

void SignalSession::send_token() {
  auto token = fresh_token();
  if (!token) return;
  pb::SignalResponse response;
  response.set_refresh_token(std::move(*token));
  send(response);
}

void SignalSession::tell_move(const control::RoomMoved& moved) {
  token_.grants.room = moved.room.name;
  token_.grants.room_admin = false;
  pb::SignalResponse response;
  pb::RoomMovedResponse& out = *response.mutable_room_moved();
  *out.mutable_room() = room_message(moved.room);
  out.set_token(fresh_token().value_or(""));
  *out.mutable_participant() = participant_message(*moved.self);
  for (const control::SnapshotPtr& other : moved.others)
    *out.add_other_participants() = participant_message(*other);
  send(response);
}

void SignalSession::on_message(std::string_view message, bool text, TimePoint now) {
  if (closed_ || !open_) return;
  heard_at_ = now;
  if (!messages_.take(kMessageRate, now)) return cut_flood("messages", now);
  if (!bytes_.take(kByteRate, now, static_cast<double>(message.size())))
    return cut_flood("bytes", now);
  text_ = text;
  Request request;
  if (text) {
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    const google::protobuf::StringPiece json(message.data(), message.size());
    if (!google::protobuf::util::JsonStringToMessage(json, &request, options).ok()) return;
  } else if (message.size() > INT_MAX ||
             !request.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
    return;
  }
  dispatch(request, now);
}

/// Offers and answers beyond those we asked for: a room that fills makes us ask often.
bool SignalSession::may_negotiate(TimePoint now) {
  if (negotiations_asked_ == 0) return negotiations_.take(kNegotiationRate, now);
  --negotiations_asked_;
  return true;
}

void SignalSession::cut_flood(const char* what, TimePoint now) {
  ++context_.counters.flooded;
  log::warn("signalling: {} in {} sends more {} than allowed", token_.identity, token_.grants.room,
            what);
  context_.control.end(participant_, control::LeaveAction::disconnect,
                       control::DisconnectReason::state_mismatch, now);
  if (!closed_) leave(control::LeaveAction::disconnect, control::DisconnectReason::state_mismatch);
}

void SignalSession::dispatch(const Request& request, TimePoint now) {
  if ((request.has_offer() || request.has_answer()) && !may_negotiate(now))
    return cut_flood("offers and answers", now);
  if (const Handler handler = handler_for(request.message_case())) (this->*handler)(request, now);
}

void SignalSession::on_closed(TimePoint now) {
  closed_ = true;
  connection_ = {};
  if (session_ != 0) context_.control.signal_lost(participant_, session_, now);
}

void SignalSession::handle_timeout(TimePoint now) {
  const auto limit = std::chrono::seconds(kSilentTimeouts * context_.config.ping_timeout_seconds);
  if (open_ && !closed_ && now - heard_at_ > limit) close();
}

void SignalSession::answer_request(const Status<control::Refusal>& result, std::uint32_t request_id,
                                   const Echo& echo) {
  const int protocol = parameters_.client.protocol();
  if (protocol < (result ? kSuccessSince : kRequestResponseSince)) return;
  pb::SignalResponse response;
  pb::RequestResponse& out = *response.mutable_request_response();
  out.set_request_id(request_id);
  if (!result) {
    out.set_reason(static_cast<pb::RequestResponse::Reason>(result.error()));
    out.set_message(describe(result.error()));
  }
  echo(out);
  send(response);
}

}  // namespace plenum::livekit_api
