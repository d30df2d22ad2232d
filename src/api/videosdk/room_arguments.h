// The payload of a participant's call to the server: a JSON object from a stranger.
#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plenum::videosdk_api {

/// A call has so much at most (livekit-wire 5.3).
inline constexpr std::size_t kMaxPayloadBytes = 15 * 1024;

class RoomArguments {
 public:
  explicit RoomArguments(boost::json::object object) : object_(std::move(object)) {}

  const boost::json::object& object() const { return object_; }
  /// Absent, null and of another type are the same: "", false, nullopt.
  std::string text(std::string_view name) const;
  bool flag(std::string_view name) const;
  /// From 0 on.
  std::optional<std::uint64_t> number(std::string_view name) const;
  bool has(std::string_view name) const;
  /// nullopt unless it is an array of texts, of `most` at most.
  std::optional<std::vector<std::string>> texts(std::string_view name, std::size_t most) const;
  std::string who() const { return text("participantId"); }

 private:
  boost::json::object object_;
};

/// An empty payload is an empty object. nullopt: it is no JSON object, or nested deeper than 8.
std::optional<RoomArguments> parse_arguments(std::string_view payload);

}  // namespace plenum::videosdk_api
