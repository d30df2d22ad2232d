// What happens in rooms as messages of the server to the clients in them (videosdk-api 7.2): one
// JSON envelope {"v":1, "seq", "type", "data"} on the topic kRoomEventsTopic.
#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "api/videosdk/media_links.h"
#include "control/control.h"

namespace plenum::videosdk_api {

inline constexpr const char* kRoomEventsTopic = "plenum/events";

/// Observes control, and sends in a later turn of its thread.
class RoomEvents {
 public:
  struct Surroundings {
    /// Calls flush() soon, not from within the call.
    std::function<void()> flush_soon;
    /// Sends text to those identities in the room.
    std::function<void(const std::string& room, const std::string& text,
                       std::vector<std::string> to)>
        send;
    /// Of HLS streams.
    MediaLinks media{};
  };

  RoomEvents(const control::Control& control, Surroundings around)
      : control_(control), around_(std::move(around)) {}

  void on_event(const control::DomainEvent& event);
  void flush();
  /// Tells something of a room to those identities at once, after what happened before.
  void tell(const control::Room& room, std::string type, boost::json::object data,
            std::vector<std::string> to);
  /// The number of the newest event of a room by its sid: a snapshot holds what came until then.
  std::uint64_t sequence(const std::string& room_sid) const;
  /// {"recording", "livestream", "hls"} of a room by its sid: the data of the newest event of one
  /// that runs, or null.
  boost::json::object composition(const std::string& room_sid) const;

 private:
  struct Waiting {
    std::string room, room_sid, type;
    boost::json::object data;
    /// For everybody; else for whom it is about, and for those who may admit others.
    bool to_all = true;
    bool doorkeepers = false;
    std::string about{};
  };
  void send(Waiting event);
  void send(const control::Room& room, const std::string& type, boost::json::object data,
            std::vector<std::string> to);
  void note(const std::string& room_sid, const control::EgressJob& job);

  const control::Control& control_;
  Surroundings around_;
  std::deque<Waiting> queue_;
  /// By the room's sid.
  std::map<std::string, std::uint64_t> sequences_;
  /// What runs in each room: by kind, then by job.
  using Running = std::map<std::string, std::map<std::string, boost::json::object>, std::less<>>;
  std::map<std::string, Running> running_;
};

}  // namespace plenum::videosdk_api
