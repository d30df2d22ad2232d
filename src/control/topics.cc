#include "control/topics.h"

#include <algorithm>
#include <utility>

namespace plenum::control {
namespace {

bool is_topic(std::string_view name) {
  return !name.empty() && name.size() <= Topics::kMaxTopicBytes;
}

bool is_for(const TopicMessage& message, const Participant& p) {
  return !message.only || std::ranges::find(*message.only, p.identity) != message.only->end();
}

/// What the containers take besides, roughly.
constexpr std::size_t kOverheadBytes = 256;

void drop_oldest(World& world, Room& room, RoomMemory::Topic& topic) {
  const std::size_t bytes = topic.messages.front().bytes();
  topic.messages.pop_front();
  topic.bytes -= bytes;
  room.memory.bytes -= bytes;
  world.memory_bytes -= bytes;
}

}  // namespace

std::size_t TopicMessage::bytes() const {
  std::size_t n = kOverheadBytes + topic.size() + text.size() + payload.size() + id.size() +
                  sender.size() + sender_name.size();
  if (only)
    for (const std::string& identity : *only) n += sizeof(std::string) + identity.size();
  return n;
}

Status<Refusal> Topics::subscribe(Participant& p, std::string_view topic) const {
  if (p.waiting) return Err{Refusal::not_allowed};
  if (!is_topic(topic)) return Err{Refusal::invalid_request};
  if (p.topics.contains(topic)) return Ok{};
  if (p.topics.size() >= kMaxSubscriptions) return Err{Refusal::limit_exceeded};
  p.topics.emplace(topic);
  return Ok{};
}

Status<Refusal> Topics::unsubscribe(Participant& p, std::string_view topic) const {
  if (p.waiting) return Err{Refusal::not_allowed};
  if (!is_topic(topic)) return Err{Refusal::invalid_request};
  if (const auto it = p.topics.find(topic); it != p.topics.end()) p.topics.erase(it);
  return Ok{};
}

Result<TopicMessage, Refusal> Topics::publish(Participant& sender, TopicMessage message,
                                              bool keep) {
  if (sender.waiting || !sender.permissions.can_publish_data) return Err{Refusal::not_allowed};
  const bool fits = message.text.size() + message.payload.size() <= kMaxMessageBytes &&
                    (!message.only || message.only->size() <= kMaxReceivers);
  if (!is_topic(message.topic) || !fits) return Err{Refusal::invalid_request};
  Room& room = *sender.room;
  if (sender.visible()) {
    message.sender = sender.identity;
    message.sender_name = sender.name;
  }
  message.number = room.memory.last_message + 1;
  message.id = room.sid + "_" + std::to_string(message.number);
  message.sent_ms = world_.unix_ms();
  if (keep) {
    if (!make_place(room, message)) return Err{Refusal::limit_exceeded};
    RoomMemory::Topic& topic = room.memory.topics[message.topic];
    const std::size_t bytes = message.bytes();
    topic.messages.push_back(message);
    topic.bytes += bytes;
    room.memory.bytes += bytes;
    world_.memory_bytes += bytes;
  }
  room.memory.last_message = message.number;
  return message;
}

/// The topic that takes most gives way first, so that nobody who floods one can empty the others.
bool Topics::make_place(Room& room, const TopicMessage& message) {
  RoomMemory& memory = room.memory;
  const auto known = memory.topics.find(message.topic);
  if (known == memory.topics.end()) {
    if (memory.topics.size() >= kMaxTopics) return false;
  } else if (known->second.messages.size() >= kMaxKeptInTopic) {
    drop_oldest(world_, room, known->second);
  }
  const auto fits = [&] {
    const std::size_t bytes = message.bytes();
    return memory.bytes + bytes <= world_.config.room_memory_bytes &&
           world_.memory_bytes + bytes <= world_.config.memory_bytes;
  };
  while (!fits()) {
    const auto largest = std::ranges::max_element(
        memory.topics, {}, [](const auto& entry) { return entry.second.bytes; });
    if (largest == memory.topics.end() || largest->second.messages.empty()) return false;
    drop_oldest(world_, room, largest->second);
    if (largest->second.messages.empty()) memory.topics.erase(largest);
  }
  return true;
}

std::vector<std::string> Topics::receivers(const Room& room, const TopicMessage& message) {
  std::vector<std::string> out;
  for (const auto& [id, p] : room.participants)
    if (!p->waiting && p->topics.contains(message.topic) && is_for(message, *p))
      out.push_back(p->identity);
  return out;
}

std::vector<const TopicMessage*> Topics::kept(const Participant& reader, std::string_view topic) {
  std::vector<const TopicMessage*> out;
  const auto& topics = reader.room->memory.topics;
  const auto found = topics.find(topic);
  if (reader.waiting || found == topics.end()) return out;
  for (const TopicMessage& message : found->second.messages)
    if (is_for(message, reader)) out.push_back(&message);
  return out;
}

}  // namespace plenum::control
