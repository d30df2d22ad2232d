#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "control/world.h"

namespace plenum::control {

/// Messages between participants by topic (videosdk-api 5.6). Who subscribed to a topic gets what
/// is published on it; what is to be kept stays for who comes later, until the session ends or
/// newer ones need the place. Knows no wire format, and sends nothing itself. Nothing is for those
/// who wait in the lobby: Refusal::not_allowed.
class Topics {
 public:
  static constexpr std::size_t kMaxTopicBytes = 128;
  static constexpr std::size_t kMaxMessageBytes = 12 * 1024;
  static constexpr std::size_t kMaxReceivers = 100;
  /// Of one participant.
  static constexpr std::size_t kMaxSubscriptions = 100;
  /// That hold messages, in one room.
  static constexpr std::size_t kMaxTopics = 200;
  static constexpr std::size_t kMaxKeptInTopic = 1000;

  explicit Topics(World& world) : world_(world) {}

  /// Refusal::invalid_request for the name of a topic that is empty or too long,
  /// Refusal::limit_exceeded for one subscription too many. To subscribe again is fine.
  Status<Refusal> subscribe(Participant& p, std::string_view topic) const;
  /// Also from what it had not subscribed to.
  Status<Refusal> unsubscribe(Participant& p, std::string_view topic) const;
  /// Gives `message` (topic, text, payload and only) its sender, number, id and time, and keeps it
  /// if wanted. Refusal::not_allowed for who may not publish messages; limit_exceeded when there is
  /// no place.
  Result<TopicMessage, Refusal> publish(Participant& sender, TopicMessage message, bool keep);
  /// Identities of those who shall get it.
  static std::vector<std::string> receivers(const Room& room, const TopicMessage& message);
  /// The kept messages that `reader` may see, oldest first. Valid until the next call.
  static std::vector<const TopicMessage*> kept(const Participant& reader, std::string_view topic);

 private:
  bool make_place(Room& room, const TopicMessage& message);

  World& world_;
};

}  // namespace plenum::control
