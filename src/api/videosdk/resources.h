// Rows of the store in the words of REST v2 (videosdk-api 3.1, 3.2), and the pages they come in.
#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "store/page.h"
#include "store/participants.h"
#include "store/rooms.h"
#include "store/sessions.h"

namespace plenum::videosdk_api {

/// A session and who is listed in it.
struct SessionView {
  store::Session session;
  std::vector<store::Participant> participants{};
};

/// ISO 8601 in UTC with milliseconds.
std::string time_text(std::int64_t unix_ms);

/// `base` is the server's public URL without a slash at its end.
boost::json::object room_json(const store::Room& room, const std::string& base);
boost::json::object session_json(const SessionView& view, const std::string& base);
boost::json::object participant_json(const store::Participant& participant);

boost::json::object page_json(const store::PageRequest& page, std::int64_t total,
                              boost::json::value data);

/// JSON text of ours; null when a row holds something else.
boost::json::value stored_json(const std::string& text);

}  // namespace plenum::videosdk_api
