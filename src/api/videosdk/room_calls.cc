#include "api/videosdk/room_calls.h"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "api/videosdk/room_state.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using control::Participant;
using control::Refusal;
using control::RpcError;
using control::TrackSource;

/// A call has 15 KiB at most (livekit-wire 5.3) and little depth.
constexpr std::size_t kMaxDepth = 8;

struct Call {
  control::Meeting& meeting;
  Participant& caller;
  json::object arguments;
  TimePoint now;

  std::string text(std::string_view name) const {
    const json::value* value = arguments.if_contains(name);
    const json::string* text = value ? value->if_string() : nullptr;
    return text ? std::string(text->data(), text->size()) : std::string();
  }
  bool flag(std::string_view name) const {
    const json::value* value = arguments.if_contains(name);
    return value && value->is_bool() && value->get_bool();
  }
  std::string who() const { return text("participantId"); }
  std::optional<TrackSource> source() const {
    if (text("kind") == "mic") return TrackSource::microphone;
    if (text("kind") == "webcam") return TrackSource::camera;
    return std::nullopt;
  }
};

Status<Refusal> set_mode(const Call& c) {
  const auto mode = control::mode_from(c.text("mode"));
  if (!mode) return Err{Refusal::invalid_request};
  return c.meeting.set_mode(c.caller, *mode, c.now);
}

Status<Refusal> respond_entry(const Call& c) {
  const std::string decision = c.text("decision");
  if (decision != "allowed" && decision != "denied") return Err{Refusal::invalid_request};
  return c.meeting.answer_entry(c.caller, c.who(), decision == "allowed", c.now);
}

Status<Refusal> set_pin(const Call& c) {
  return c.meeting.set_pin(c.caller, c.who(), c.flag("cam"), c.flag("share"));
}

Status<Refusal> request_media(const Call& c) {
  const auto source = c.source();
  if (!source) return Err{Refusal::invalid_request};
  return c.meeting.request_media(c.caller, c.who(), *source);
}

Status<Refusal> mute(const Call& c) {
  const auto source = c.source();
  if (!source) return Err{Refusal::invalid_request};
  return c.meeting.mute(c.caller, c.who(), *source, c.now);
}

Status<Refusal> remove(const Call& c) { return c.meeting.remove(c.caller, c.who(), c.now); }
Status<Refusal> end(const Call& c) { return c.meeting.end(c.caller, c.now); }

struct Method {
  Status<Refusal> (*run)(const Call&);
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

RpcError failed(int number, std::string_view code, const char* message) {
  const json::object data{{"number", number}, {"code", code}, {"message", message}};
  return {RpcError::kApplicationError, message, json::serialize(data)};
}

std::optional<json::object> arguments_of(const std::string& payload) {
  if (payload.empty()) return json::object();
  json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::system::error_code ec;
  json::value value = json::parse(payload, ec, {}, options);
  if (ec || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

}  // namespace

Result<std::string, RpcError> RoomCalls::answer(control::ParticipantId id,
                                                const control::RoutedData::RpcCall& call,
                                                TimePoint now) {
  Participant* caller = control_.caller(id);
  if (!caller) return Err{RpcError{RpcError::kRecipientNotFound, "Recipient not found", ""}};
  if (call.method == "state.get") {
    const std::string& sid = caller->room->sid;
    json::object state = state_of(*caller, around_.sequence(sid), around_.session(sid));
    if (around_.composition && !caller->waiting)
      for (auto& [kind, running] : around_.composition(sid)) state[kind] = std::move(running);
    return json::serialize(state);
  }
  const auto method = kMethods.find(call.method);
  if (method == kMethods.end())
    return Err{RpcError{RpcError::kUnsupportedMethod, "Method not supported at destination", ""}};
  auto arguments = arguments_of(call.payload);
  if (!arguments) return Err{failed(3073, "INVALID_PARAMETER", "The payload is no JSON object")};
  const Method& m = method->second;
  const auto done = m.run({control_.meeting(), *caller, std::move(*arguments), now});
  if (done) return std::string("{}");
  return Err{failed(m.number, m.code, text_of(done.error()))};
}

}  // namespace plenum::videosdk_api
