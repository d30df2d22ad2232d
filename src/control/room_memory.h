#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace plenum::control {

/// A message to those who subscribed to its topic.
struct TopicMessage {
  std::string topic, text;
  /// What else the sender put in, as it shall be passed on; empty = nothing.
  std::string payload;
  /// The only ones who get it, by identity; nullopt = all.
  std::optional<std::vector<std::string>> only;
  /// From 1 on, in the order of the room.
  std::uint64_t number = 0;
  std::string id;
  /// Empty for a sender that is hidden.
  std::string sender, sender_name;
  /// Milliseconds since 1970.
  std::int64_t sent_ms = 0;

  std::size_t bytes() const;
};

struct SharedValue {
  std::string text;
  /// Identity of who set it last.
  std::string set_by;
};

/// What participants of one room left there for each other. State only; the rules are in Topics and
/// SharedValues. Goes with the session.
struct RoomMemory {
  struct Topic {
    /// Oldest first.
    std::deque<TopicMessage> messages;
    std::size_t bytes = 0;
  };
  std::map<std::string, Topic, std::less<>> topics;
  std::map<std::string, SharedValue, std::less<>> values;
  std::uint64_t last_message = 0;
  /// Of messages and values.
  std::size_t bytes = 0;
};

}  // namespace plenum::control
