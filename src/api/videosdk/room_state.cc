#include "api/videosdk/room_state.h"

#include <boost/json/array.hpp>
#include <utility>

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value() : json::value(text);
}

json::object pin_of(const control::Attributes& attributes) {
  const auto pin = attributes.find(control::kPinAttribute);
  if (pin == attributes.end()) return {};
  const auto by = attributes.find(control::kPinnedByAttribute);
  return {{"cam", pin->second.starts_with("cam")},
          {"share", pin->second.ends_with("share")},
          {"by", by == attributes.end() ? json::value() : json::value(by->second)}};
}

}  // namespace

json::object focus_of(const control::FocusChanged& focus) {
  return {{"activeSpeaker", text_or_null(focus.speaker)},
          {"presenter", text_or_null(focus.presenter)},
          {"main", text_or_null(focus.main)}};
}

json::object entry_request(const control::ParticipantSnapshot& asker) {
  return {{"participantId", asker.identity}, {"name", asker.name}};
}

json::object state_of(const control::Participant& caller, std::uint64_t sequence,
                      const std::string& session_id) {
  const control::Room& room = *caller.room;
  json::object out{{"v", 1}, {"roomId", room.name}, {"lobby", caller.waiting}};
  if (caller.waiting) return out;
  out["seq"] = sequence;
  out["sessionId"] = text_or_null(session_id);
  out["mode"] = control::mode_name(caller.mode());
  out["focus"] = focus_of(room.focus.told);
  json::object pins;
  json::array requests;
  for (const auto& [id, p] : room.participants) {
    if (p->waiting && caller.rights.admit)
      requests.emplace_back(entry_request(*control::Updates::snapshot(*p)));
    if (!p->takes_part()) continue;
    if (auto pin = pin_of(p->attributes); !pin.empty()) pins[p->identity] = std::move(pin);
  }
  out["pins"] = std::move(pins);
  if (caller.rights.admit) out["entryRequests"] = std::move(requests);
  return out;
}

}  // namespace plenum::videosdk_api
