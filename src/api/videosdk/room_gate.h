// Who may enter a room that was created by REST v2, by whatever protocol he comes.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "api/videosdk/problem.h"
#include "store/rooms.h"
#include "store/store.h"

namespace plenum::videosdk_api {

/// Why this participant may not enter; nullopt when he may.
std::optional<Problem> entry_fault(const store::Room& room, const std::string& participant_id);

/// The same for a room by its name on the wire. A room of another key does not exist for this one;
/// a room that nobody created has no rules, nor has any while the store cannot be asked.
boost::asio::awaitable<std::optional<Problem>> check_entry(store::Store& store, std::string api_key,
                                                           std::string room,
                                                           std::string participant_id);

}  // namespace plenum::videosdk_api
