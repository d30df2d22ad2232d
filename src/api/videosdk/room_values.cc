#include "api/videosdk/room_values.h"

#include <utility>

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using control::Refusal;
using control::SharedValue;
using control::SharedValues;

json::object value_json(const std::string& key, const SharedValue* value) {
  return {{"key", key},
          {"value", value ? json::value(value->text) : json::value()},
          {"updatedBy", value ? json::value(value->set_by) : json::value()}};
}

RoomAnswer present_value(const RoomCall& call, const std::string& key) {
  const auto value = call.control.shared_values().get(call.caller, key);
  if (!value) return Err{Fault{value.error()}};
  return value_json(key, *value);
}

}  // namespace

RoomAnswer set_value(const RoomCall& call) {
  const std::string key = call.arguments.text("key");
  const json::value* given = call.arguments.object().if_contains("value");
  if (!given || !(given->is_string() || given->is_null()))
    return Err{Fault{Refusal::invalid_request}};
  std::optional<std::string> value;
  if (given->is_string()) value = call.arguments.text("value");
  if (value && value->size() > SharedValues::kMaxValueBytes)
    return Err{Fault{Refusal::invalid_request, 3072, "A value has 1024 bytes at most"}};
  const auto done = call.control.shared_values().set(call.caller, key, value);
  if (!done) return answer_of(done);
  json::object changed{{"key", key},
                       {"value", value ? json::value(*value) : json::value()},
                       {"updatedBy", call.caller.visible() ? call.caller.identity : std::string()}};
  const control::Room& room = *call.caller.room;
  call.voice.event(room, "store.changed", std::move(changed), SharedValues::observers(room, key));
  return json::object();
}

RoomAnswer get_value(const RoomCall& call) {
  return present_value(call, call.arguments.text("key"));
}

RoomAnswer observe_value(const RoomCall& call) {
  const std::string key = call.arguments.text("key");
  const auto done = call.control.shared_values().observe(call.caller, key);
  return done ? present_value(call, key) : answer_of(done);
}

RoomAnswer unobserve_value(const RoomCall& call) {
  return answer_of(call.control.shared_values().unobserve(call.caller, call.arguments.text("key")));
}

}  // namespace plenum::videosdk_api
