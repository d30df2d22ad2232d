#include "api/videosdk/webhook_message.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "api/videosdk/egress_resources.h"
#include "api/videosdk/resources.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using control::DisconnectReason;
using history::Record;

struct LeaveReason {
  int code;
  std::string_view message;
};

/// Codes of the client SDK (videosdk-api 5.8).
LeaveReason leave_reason(const control::ParticipantLeft& left) {
  switch (left.reason) {
    case DisconnectReason::client_initiated:
      return {1101, "MANUAL_LEAVE_CALLED"};
    case DisconnectReason::duplicate_identity:
      return {1011, "DUPLICATE_PARTICIPANT"};
    case DisconnectReason::participant_removed:
      if (left.by_server_api) return {1010, "REMOVE_PEER_API"};
      return {1002, "REMOVE_PEER"};
    case DisconnectReason::room_deleted:
      return {1009, "MEETING_END_API"};
    case DisconnectReason::room_closed:
      return {1006, "ROOM_CLOSE"};
    case DisconnectReason::signal_close:
    case DisconnectReason::connection_timeout:
      return {1001, "WEBSOCKET_DISCONNECTED"};
    case DisconnectReason::migration:
      return {1005, "SWITCH_ROOM"};
    case DisconnectReason::join_failure:
      return {1103, "JOIN_ROOM_FAILED"};
    default:
      return {1007, "UNKNOWN"};
  }
}

/// Greedy with one way back: linear but for patterns made of many stars.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

history::Message message(const Record& record, const std::string& type, json::object data) {
  const auto* egress = std::get_if<control::EgressChanged>(&record.event.what);
  data["meetingId"] = egress ? egress->job.room : record.event.room.name;
  data["sessionId"] = record.session.id;
  const json::object body{{"webhookType", type},
                          {"data", std::move(data)},
                          {"id", record.id},
                          {"timestamp", time_text(record.event.at_ms)}};
  return {type, json::serialize(body)};
}

json::object who(const Record& record) {
  const control::ParticipantSnapshot& p = *record.event.participant;
  return {{"participantId", p.identity}, {"participantName", p.name}};
}

}  // namespace

std::optional<history::Message> webhook_message(const Record& record, const MediaLinks& links) {
  const std::string start = time_text(record.session.started_ms);
  if (record.session.id.empty()) return std::nullopt;
  if (record.what == Record::What::session_start)
    return message(record, "session-started", {{"start", start}});
  if (record.what == Record::What::session_end)
    return message(record, "session-ended",
                   {{"start", start}, {"end", time_text(record.event.at_ms)}});
  if (std::holds_alternative<control::ParticipantJoined>(record.event.what))
    return message(record, "participant-joined", who(record));
  if (const auto* left = std::get_if<control::ParticipantLeft>(&record.event.what)) {
    const LeaveReason reason = leave_reason(*left);
    json::object data = who(record);
    data["reason"] = json::object{{"code", reason.code}, {"message", reason.message}};
    return message(record, "participant-left", std::move(data));
  }
  if (const auto* egress = std::get_if<control::EgressChanged>(&record.event.what);
      egress && egress->state_changed)
    return message(record, egress_webhook_type(egress->job),
                   egress_webhook_data(egress->job, links, record.event.at_ms));
  return std::nullopt;
}

bool asks_for(const std::string& patterns, std::string_view type) {
  const json::value list = stored_json(patterns);
  if (!list.is_array()) return false;
  return std::ranges::any_of(list.get_array(), [&](const json::value& pattern) {
    return pattern.is_string() && matches(pattern.get_string(), type);
  });
}

}  // namespace plenum::videosdk_api
