// A live room as its clients see it: what `state.get` answers and what events carry.
#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "control/control.h"

namespace plenum::videosdk_api {

/// {"activeSpeaker", "presenter", "main"}: ids of participants, or null.
boost::json::object focus_of(const control::FocusChanged& focus);

/// {"participantId", "name"} of somebody who asks to enter.
boost::json::object entry_request(const control::ParticipantSnapshot& asker);

/// The room for one of its participants. Who waits in the lobby learns only that.
boost::json::object state_of(const control::Participant& caller, std::uint64_t sequence,
                             const std::string& session_id);

}  // namespace plenum::videosdk_api
