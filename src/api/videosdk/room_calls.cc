#include "api/videosdk/room_calls.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <map>
#include <string_view>
#include <utility>

#include "api/videosdk/room_state.h"
#include "api/videosdk/room_topics.h"
#include "api/videosdk/room_values.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using control::Participant;
using control::Refusal;
using control::RpcError;
using control::TrackSource;

std::optional<TrackSource> source(const RoomCall& c) {
  if (c.arguments.text("kind") == "mic") return TrackSource::microphone;
  if (c.arguments.text("kind") == "webcam") return TrackSource::camera;
  return std::nullopt;
}

RoomAnswer set_mode(const RoomCall& c) {
  const auto mode = control::mode_from(c.arguments.text("mode"));
  if (!mode) return Err{Fault{Refusal::invalid_request}};
  return answer_of(c.control.meeting().set_mode(c.caller, *mode, c.now));
}

RoomAnswer respond_entry(const RoomCall& c) {
  const std::string decision = c.arguments.text("decision");
  if (decision != "allowed" && decision != "denied") return Err{Fault{Refusal::invalid_request}};
  return answer_of(
      c.control.meeting().answer_entry(c.caller, c.arguments.who(), decision == "allowed", c.now));
}

RoomAnswer set_pin(const RoomCall& c) {
  return answer_of(c.control.meeting().set_pin(c.caller, c.arguments.who(), c.arguments.flag("cam"),
                                               c.arguments.flag("share")));
}

RoomAnswer request_media(const RoomCall& c) {
  const auto wanted = source(c);
  if (!wanted) return Err{Fault{Refusal::invalid_request}};
  return answer_of(c.control.meeting().request_media(c.caller, c.arguments.who(), *wanted));
}

RoomAnswer mute(const RoomCall& c) {
  const auto wanted = source(c);
  if (!wanted) return Err{Fault{Refusal::invalid_request}};
  return answer_of(c.control.meeting().mute(c.caller, c.arguments.who(), *wanted, c.now));
}

RoomAnswer remove(const RoomCall& c) {
  return answer_of(c.control.meeting().remove(c.caller, c.arguments.who(), c.now));
}
RoomAnswer end(const RoomCall& c) { return answer_of(c.control.meeting().end(c.caller, c.now)); }

struct Method {
  RoomAnswer (*run)(const RoomCall&);
  /// VideoSDK's number for its failure (videosdk-api 5.8).
  int number;
  const char* code;
};
const std::map<std::string_view, Method> kMethods = {
    {"mode.set", {set_mode, 4065, "ERROR_CHANGE_MODE"}},
    {"entry.respond", {respond_entry, 4059, "ERROR_RESPOND_ENTRY"}},
    {"pin.set", {set_pin, 4071, "ERROR_PIN"}},
    {"media.request", {request_media, 4067, "ERROR_REQUEST_MEDIA"}},
    {"media.mute", {mute, 4068, "ERROR_MUTE_MEDIA"}},
    {"participant.remove", {remove, 4066, "ERROR_REMOVE_PARTICIPANT"}},
    {"meeting.end", {end, 3057, "ERROR_END_MEETING"}},
    {"pubsub.publish", {publish_on_topic, 4087, "ERROR_PUBSUB_PUBLISH"}},
    {"pubsub.subscribe", {subscribe_topic, 4088, "ERROR_PUBSUB_SUBSCRIBE"}},
    {"pubsub.history", {read_topic, 4088, "ERROR_PUBSUB_SUBSCRIBE"}},
    {"pubsub.unsubscribe", {unsubscribe_topic, 4089, "ERROR_PUBSUB_UNSUBSCRIBE"}},
    {"store.set", {set_value, 4045, "ERROR_STORE_SET"}},
    {"store.get", {get_value, 4046, "ERROR_STORE_GET"}},
    {"store.observe", {observe_value, 4085, "ERROR_STORE_OBSERVE"}},
    {"store.unobserve", {unobserve_value, 4086, "ERROR_STORE_UNOBSERVE"}},
};

/// Of what composes, by kind: videosdk-api 5.8.
struct Composing {
  std::string_view kind;
  control::EgressKind means;
  struct Failure {
    int number;
    const char* code;
  };
  Failure start, stop;
};
constexpr Composing kComposing[] = {
    {"recording",
     control::EgressKind::recording,
     {4011, "START_RECORDING_FAILED"},
     {4012, "STOP_RECORDING_FAILED"}},
    {"livestream",
     control::EgressKind::livestream,
     {4013, "START_LIVESTREAM_FAILED"},
     {4014, "STOP_LIVESTREAM_FAILED"}},
    {"hls", control::EgressKind::hls, {4016, "START_HLS_FAILED"}, {4017, "STOP_HLS_FAILED"}},
};

const char* text_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::not_found:
      return "There is no such participant";
    case Refusal::not_allowed:
      return "The token does not allow that";
    case Refusal::limit_exceeded:
      return "The room is full";
    default:
      return "The arguments are not valid";
  }
}

RpcError failed(int number, std::string_view code, std::string_view message) {
  const json::object data{{"number", number}, {"code", code}, {"message", message}};
  return {RpcError::kApplicationError, std::string(message), json::serialize(data)};
}

RpcError failed(const Composing::Failure& usual, const Problem& problem) {
  return failed(problem.number != 0 ? problem.number : usual.number, problem.code, problem.message);
}

RpcError unsupported() {
  return {RpcError::kUnsupportedMethod, "Method not supported at destination", ""};
}

}  // namespace

std::string RoomCalls::state(const Participant& caller) const {
  const std::string& sid = caller.room->sid;
  json::object out = state_of(caller, around_.sequence(sid), around_.session(sid));
  if (around_.composition && !caller.waiting)
    for (auto& [kind, running] : around_.composition(sid)) out[kind] = std::move(running);
  return json::serialize(out);
}

std::optional<RoomCalls::Answer> RoomCalls::answer(control::ParticipantId id,
                                                   const control::RoutedData::RpcCall& call,
                                                   TimePoint now) {
  Participant* caller = control_.caller(id);
  if (!caller) return Err{RpcError{RpcError::kRecipientNotFound, "Recipient not found", ""}};
  if (call.payload.size() > kMaxPayloadBytes)
    return Err{RpcError{RpcError::kRequestTooLarge, "Request payload too large", ""}};
  if (call.method == "state.get") return state(*caller);
  const bool starts = call.method == "egress.start";
  const bool composes = starts || call.method == "egress.stop";
  const auto method = kMethods.find(call.method);
  if (!composes && method == kMethods.end()) return Err{unsupported()};
  auto arguments = parse_arguments(call.payload);
  if (!arguments) return Err{failed(3073, "INVALID_PARAMETER", "The payload is no JSON object")};
  if (composes) return compose(*caller, call.request_id, starts, std::move(*arguments));
  const Method& m = method->second;
  const auto done = m.run({control_, around_.voice, *caller, std::move(*arguments), now});
  if (done) return json::serialize(*done);
  const Fault& fault = done.error();
  return Err{failed(fault.number != 0 ? fault.number : m.number, m.code,
                    fault.message ? fault.message : text_of(fault.refusal))};
}

std::optional<RoomCalls::Answer> RoomCalls::compose(const Participant& caller,
                                                    const std::string& request_id, bool start,
                                                    RoomArguments arguments) {
  const std::string kind = arguments.text("kind");
  const auto* found = std::ranges::find(kComposing, std::string_view(kind), &Composing::kind);
  if (found == std::end(kComposing))
    return Err{failed(3073, "INVALID_PARAMETER", "kind is one of recording, livestream, hls")};
  const Composing::Failure usual = start ? found->start : found->stop;
  if (caller.waiting || (around_.moderators_compose && !caller.rights.moderate))
    return Err{failed(usual.number, usual.code, text_of(Refusal::not_allowed))};
  const control::ParticipantId id = caller.id;
  if (!composing_.insert(id).second)
    return Err{failed(usual.number, usual.code, "Another of this participant's is under way")};
  const auto done = [this, id, request_id, usual](Result<json::value, Problem> result) {
    composing_.erase(id);
    if (result) return control_.answer_call(id, request_id, json::serialize(*result));
    control_.answer_call(id, request_id, Err{failed(usual, result.error())});
  };
  around_.egress({caller.room->api_key, caller.room->name, found->means, start, arguments.object()},
                 done);
  return std::nullopt;
}

}  // namespace plenum::videosdk_api
