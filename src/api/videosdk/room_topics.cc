#include "api/videosdk/room_topics.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <limits>
#include <utility>

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using control::Refusal;
using control::TopicMessage;
using control::Topics;

json::object message_json(const TopicMessage& m) {
  return {{"id", m.id},
          {"order", m.number},
          {"topic", m.topic},
          {"message", m.text},
          {"payload", m.payload.empty() ? json::value() : json::parse(m.payload)},
          {"senderId", m.sender},
          {"senderName", m.sender_name},
          {"timestamp", m.sent_ms}};
}

/// Which of the old messages somebody asks for, by their numbers.
struct Wanted {
  std::uint64_t after = 0;
  std::uint64_t before = std::numeric_limits<std::uint64_t>::max();
  /// The newest ones of those.
  std::size_t most = std::numeric_limits<std::size_t>::max();
};

json::object page(const control::Participant& reader, const std::string& topic, Wanted wanted) {
  auto kept = Topics::kept(reader, topic);
  std::erase_if(kept, [&](const TopicMessage* m) {
    return m->number <= wanted.after || m->number >= wanted.before;
  });
  const std::size_t left_out = kept.size() - std::min(kept.size(), wanted.most);
  kept.erase(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(left_out));
  json::array messages;
  std::size_t bytes = 0, shown = 0;
  for (; shown < kept.size(); ++shown) {
    json::object message = message_json(*kept[shown]);
    bytes += json::serialize(message).size() + 1;
    if (bytes > kPageBytes && shown > 0) break;
    messages.push_back(std::move(message));
  }
  return {{"messages", std::move(messages)},
          {"isLast", shown == kept.size()},
          {"after", shown == 0 ? wanted.after : kept[shown - 1]->number}};
}

/// As JSON has it; nullopt when there is something else in its place.
std::optional<std::string> payload_of(const RoomArguments& arguments) {
  if (!arguments.has("payload")) return std::string();
  const json::value& payload = arguments.object().at("payload");
  if (!payload.is_object()) return std::nullopt;
  return json::serialize(payload);
}

bool is_text(const RoomArguments& arguments, const char* name) {
  const json::value* value = arguments.object().if_contains(name);
  return value && value->is_string();
}

/// With what JSON adds to it: it has to fit into a call and into a page.
std::size_t written_bytes(const TopicMessage& message) {
  return json::serialize(json::value(message.text)).size() + message.payload.size();
}

}  // namespace

RoomAnswer subscribe_topic(const RoomCall& call) {
  const std::string topic = call.arguments.text("topic");
  const auto limit = call.arguments.number("oldMessageLimit");
  if (call.arguments.has("oldMessageLimit") && !limit) return Err{Fault{Refusal::invalid_request}};
  const auto done = call.control.topics().subscribe(call.caller, topic);
  if (!done) return answer_of(done);
  const std::uint64_t before = call.caller.room->memory.last_message + 1;
  Wanted wanted{.before = before};
  if (limit) wanted.most = static_cast<std::size_t>(*limit);
  json::object out = page(call.caller, topic, wanted);
  out["before"] = before;
  return out;
}

RoomAnswer unsubscribe_topic(const RoomCall& call) {
  return answer_of(call.control.topics().unsubscribe(call.caller, call.arguments.text("topic")));
}

RoomAnswer read_topic(const RoomCall& call) {
  const std::string topic = call.arguments.text("topic");
  if (call.caller.waiting) return Err{Fault{Refusal::not_allowed}};
  if (topic.empty() || topic.size() > Topics::kMaxTopicBytes)
    return Err{Fault{Refusal::invalid_request}};
  Wanted wanted;
  for (const auto& [name, field] :
       {std::pair("after", &wanted.after), std::pair("before", &wanted.before)}) {
    if (!call.arguments.has(name)) continue;
    const auto number = call.arguments.number(name);
    if (!number) return Err{Fault{Refusal::invalid_request}};
    *field = *number;
  }
  return page(call.caller, topic, wanted);
}

RoomAnswer publish_on_topic(const RoomCall& call) {
  const RoomArguments& arguments = call.arguments;
  TopicMessage message;
  message.topic = arguments.text("topic");
  message.text = arguments.text("message");
  auto payload = payload_of(arguments);
  if (!is_text(arguments, "message") || !payload) return Err{Fault{Refusal::invalid_request}};
  message.payload = std::move(*payload);
  if (arguments.has("sendOnly")) {
    message.only = arguments.texts("sendOnly", Topics::kMaxReceivers);
    if (!message.only) return Err{Fault{Refusal::invalid_request}};
  }
  if (written_bytes(message) > Topics::kMaxMessageBytes)
    return Err{
        Fault{Refusal::invalid_request, 3072, "Message and payload have 12 KiB at most together"}};
  const auto sent =
      call.control.topics().publish(call.caller, std::move(message), arguments.flag("persist"));
  if (!sent) return Err{Fault{sent.error()}};
  const control::Room& room = *call.caller.room;
  if (auto to = Topics::receivers(room, *sent); !to.empty()) {
    const json::object envelope{{"v", 1}, {"type", "message"}, {"data", message_json(*sent)}};
    call.voice.message(room.name, json::serialize(envelope), std::move(to));
  }
  return json::object{{"id", sent->id}, {"order", sent->number}, {"timestamp", sent->sent_ms}};
}

}  // namespace plenum::videosdk_api
