#include "api/videosdk/resources.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <chrono>
#include <ctime>
#include <optional>
#include <string_view>

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;

json::value text_or_null(const std::optional<std::string>& text) {
  return text ? json::value(*text) : json::value();
}

json::value time_or_null(const std::optional<std::int64_t>& unix_ms) {
  return unix_ms ? json::value(time_text(*unix_ms)) : json::value();
}

json::object interval_json(const store::Interval& interval) {
  return {{"start", time_text(interval.start_ms)}, {"end", time_or_null(interval.end_ms)}};
}

json::value auto_close_json(const store::Room& room) {
  if (room.auto_close_duration_s == 0) return nullptr;
  json::object out{{"type", room.auto_close_type}};
  const bool whole_minutes = room.auto_close_duration_s % 60 == 0;
  out["duration"] = whole_minutes ? room.auto_close_duration_s / 60 : room.auto_close_duration_s;
  if (!whole_minutes) out["durationUnit"] = "seconds";
  return out;
}

json::value webhook_json(const store::Room& room) {
  if (!room.webhook_endpoint) return nullptr;
  return json::object{{"endPoint", *room.webhook_endpoint},
                      {"events", stored_json(room.webhook_events)}};
}

json::object multi_composition_json(const store::Room& room) {
  const json::value stored = stored_json(room.multi_composition);
  json::object out;
  for (const char* kind : {"recording", "hls", "rtmp"}) {
    const json::value* set = stored.is_object() ? stored.get_object().if_contains(kind) : nullptr;
    out[kind] = set && set->is_bool() && set->get_bool();
  }
  return out;
}

std::string session_link(const std::string& base, const std::string& id) {
  return base + "/v2/sessions/" + id;
}

struct StreamName {
  std::string_view stored, shown;
};
constexpr std::array kStreams = {
    StreamName{"mic", "mic"},
    StreamName{"webcam", "webcam"},
    StreamName{"screen_share", "screenShare"},
    StreamName{"screen_share_audio", "screenShareAudio"},
};

}  // namespace

std::string time_text(std::int64_t unix_ms) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(unix_ms)};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                     (time - seconds).count());
}

json::value stored_json(const std::string& text) {
  json::error_code ec;
  json::value value = json::parse(text, ec);
  return ec ? json::value() : value;
}

json::object room_json(const store::Room& room, const std::string& base) {
  json::object out;
  out["id"] = room.id;
  out["roomId"] = room.room_id;
  out["customRoomId"] = text_or_null(room.custom_room_id);
  out["userId"] = room.api_key;
  out["apiKey"] = room.api_key;
  out["geoFence"] = text_or_null(room.geo_fence);
  out["disabled"] = room.disabled;
  out["webhook"] = webhook_json(room);
  out["autoCloseConfig"] = auto_close_json(room);
  out["autoStartConfig"] = room.auto_start ? stored_json(*room.auto_start) : json::value();
  out["multiComposition"] = multi_composition_json(room);
  out["allowedParticipantIds"] = stored_json(room.allowed_participant_ids);
  out["createdAt"] = time_text(room.created_ms);
  out["updatedAt"] = time_text(room.updated_ms);
  out["links"] = json::object{{"get_room", base + "/v2/rooms/" + room.room_id},
                              {"get_session", base + "/v2/sessions/?roomId=" + room.room_id}};
  return out;
}

json::object participant_json(const store::Participant& p) {
  json::object out{{"participantId", p.participant_id}, {"name", p.name}, {"mode", p.mode}};
  json::array stays;
  for (const store::Interval& stay : p.stays) stays.push_back(interval_json(stay));
  out["timelog"] = std::move(stays);
  json::object events;
  for (const StreamName& name : kStreams) {
    json::array& times = events[{name.shown.data(), name.shown.size()}].emplace_array();
    for (const auto& stream : p.streams)
      if (stream.kind == name.stored) times.push_back(interval_json(stream.time));
  }
  out["events"] = std::move(events);
  out["initTime"] = p.init_time_s ? json::value(*p.init_time_s) : json::value();
  out["deviceInfo"] = p.device ? stored_json(*p.device) : json::value();
  json::array modes;
  for (const auto& change : p.modes)
    modes.push_back(json::object{{"mode", change.mode}, {"timelog", time_text(change.at_ms)}});
  out["changeModeHistory"] = std::move(modes);
  out["geoLocation"] = nullptr;
  return out;
}

json::object session_json(const SessionView& view, const std::string& base) {
  const store::Session& s = view.session;
  json::object out;
  out["id"] = s.id;
  out["roomId"] = s.room_id;
  out["customRoomId"] = text_or_null(s.custom_room_id);
  out["userId"] = s.api_key;
  out["start"] = time_text(s.started_ms);
  out["end"] = time_or_null(s.ended_ms);
  out["status"] = s.ended_ms ? "ended" : "ongoing";
  out["region"] = nullptr;
  out["activeDuration"] = s.ended_ms ? (*s.ended_ms - s.started_ms) / 1000 : 0;
  out["chatLink"] = nullptr;
  out["hlsLog"] = json::array();
  json::array participants;
  for (const auto& p : view.participants) participants.push_back(participant_json(p));
  out["participants"] = std::move(participants);
  const std::string link = session_link(base, s.id);
  out["links"] = json::object{{"get_room", base + "/v2/rooms/" + s.room_id},
                              {"get_session", link},
                              {"get_all_participants", link + "/participants"}};
  return out;
}

json::object page_json(const store::PageRequest& page, std::int64_t total, json::value data) {
  const std::int64_t last = std::max<std::int64_t>(1, (total + page.per_page - 1) / page.per_page);
  json::object out;
  out["pageInfo"] = json::object{
      {"currentPage", page.page}, {"perPage", page.per_page}, {"lastPage", last}, {"total", total}};
  out["data"] = std::move(data);
  return out;
}

}  // namespace plenum::videosdk_api
