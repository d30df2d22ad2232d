// Who may enter a room that was created by REST v2, by whatever protocol he comes.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "api/videosdk/problem.h"
#include "store/rooms.h"
#include "store/store.h"

namespace plenum::videosdk_api {

/// Why this participant may not enter; nullopt when he may.
std::optional<Problem> entry_fault(const store::Room& room, const std::string& participant_id);

/// Asks the store about a room by its name on the wire. A room of another key does not exist for
/// this one; a room that nobody created has no rules. While the database is away, calls go on: what
/// was last known of the room holds then, and who asks for an unknown one may enter. Any other
/// error lets nobody in. Lives on the control thread.
class RoomGate {
 public:
  using Verdict = boost::asio::awaitable<std::optional<Problem>>;

  /// `max_known`: rooms with rules to remember for an outage.
  explicit RoomGate(store::Store& store, std::size_t max_known = 500)
      : store_(store), max_known_(max_known) {}

  /// May this participant enter?
  Verdict check_entry(std::string api_key, std::string room, std::string participant_id);
  /// May this key open the room, with nobody in it yet?
  Verdict check_open(std::string api_key, std::string room);

 private:
  /// API key and name on the wire.
  using Name = std::pair<std::string, std::string>;
  struct Found {
    std::optional<std::string> owner;
    std::optional<store::Room> room;
  };

  boost::asio::awaitable<Result<Found, Problem>> look_up(Name name);
  void remember(const Name& name, const Found& found);

  store::Store& store_;
  std::size_t max_known_;
  /// The longest known first in `order_`.
  std::map<Name, Found> known_;
  std::deque<Name> order_;
};

}  // namespace plenum::videosdk_api
