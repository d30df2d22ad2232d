#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "control/world.h"

namespace plenum::control {

/// Texts under keys that all participants of a room share (videosdk-api 5.6). The last one to set a
/// key wins. They go with the session. Sends nothing itself. Nothing is for those who wait in the
/// lobby: Refusal::not_allowed; Refusal::invalid_request for a key that is empty or too long.
class SharedValues {
 public:
  static constexpr std::size_t kMaxKeyBytes = 128;
  static constexpr std::size_t kMaxValueBytes = 1024;
  static constexpr std::size_t kMaxKeys = 1000;
  /// Of one participant.
  static constexpr std::size_t kMaxObserved = 200;

  explicit SharedValues(World& world) : world_(world) {}

  /// nullopt removes the key. Refusal::not_allowed for who may not publish messages, limit_exceeded
  /// when there is no place for it. `value` has at most kMaxValueBytes.
  Status<Refusal> set(Participant& setter, const std::string& key,
                      std::optional<std::string> value);
  /// nullptr: the key has no value. Valid until the next call.
  Result<const SharedValue*, Refusal> get(const Participant& reader, std::string_view key) const;
  Status<Refusal> observe(Participant& p, std::string_view key) const;
  Status<Refusal> unobserve(Participant& p, std::string_view key) const;
  /// Identities of those who observe the key.
  static std::vector<std::string> observers(const Room& room, std::string_view key);

 private:
  World& world_;
};

}  // namespace plenum::control
