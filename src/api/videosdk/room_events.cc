#include "api/videosdk/room_events.h"

#include <boost/json/serialize.hpp>
#include <optional>
#include <utility>

#include "api/videosdk/egress_resources.h"
#include "api/videosdk/room_state.h"
#include "base/overloaded.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;

/// Type and data of an event; nullopt: clients learn of it in another way.
struct Words {
  std::string type;
  json::object data;
};
std::optional<Words> words_of(const control::DomainEvent& event, const MediaLinks& links) {
  const auto who = [&] { return event.participant->identity; };
  return std::visit(
      overloaded{
          [&](const control::EntryRequested&) -> std::optional<Words> {
            return Words{"entry.requested", entry_request(*event.participant)};
          },
          [&](const control::EntryAnswered& e) -> std::optional<Words> {
            return Words{"entry.responded",
                         {{"participantId", who()},
                          {"decision", e.allowed ? "allowed" : "denied"},
                          {"by", e.by}}};
          },
          [&](const control::EntryWithdrawn&) -> std::optional<Words> {
            return Words{"entry.withdrawn", {{"participantId", who()}}};
          },
          [&](const control::MediaRequested& e) -> std::optional<Words> {
            const bool camera = e.source == control::TrackSource::camera;
            return Words{
                "media.requested",
                {{"participantId", who()}, {"kind", camera ? "webcam" : "mic"}, {"by", e.by}}};
          },
          [&](const control::FocusChanged& e) -> std::optional<Words> {
            return Words{"focus", focus_of(e)};
          },
          [&](const control::EgressChanged& e) -> std::optional<Words> {
            if (!e.state_changed) return std::nullopt;
            return Words{egress_event_type(e.job.kind), egress_event(e.job, links)};
          },
          [](const auto&) -> std::optional<Words> { return std::nullopt; },
      },
      event.what);
}

}  // namespace

void RoomEvents::on_event(const control::DomainEvent& event) {
  if (std::holds_alternative<control::RoomFinished>(event.what)) {
    sequences_.erase(event.room.sid);
    running_.erase(event.room.sid);
    return;
  }
  if (const auto* egress = std::get_if<control::EgressChanged>(&event.what))
    note(event.room.sid, egress->job);
  auto words = words_of(event, around_.media);
  if (!words) return;
  Waiting waiting{event.room.name, event.room.sid, words->type, std::move(words->data)};
  if (event.participant) {
    waiting.to_all = false;
    if (!std::holds_alternative<control::EntryRequested>(event.what))
      waiting.about = event.participant->identity;
    waiting.doorkeepers = !std::holds_alternative<control::MediaRequested>(event.what);
  }
  queue_.push_back(std::move(waiting));
  if (queue_.size() == 1) around_.flush_soon();
}

void RoomEvents::flush() {
  for (Waiting& event : std::exchange(queue_, {})) send(std::move(event));
}

void RoomEvents::send(Waiting event) {
  const control::Room* room = control_.world().room(event.room);
  if (!room || room->sid != event.room_sid) return;
  std::vector<std::string> to;
  for (const auto& [id, p] : room->participants) {
    const bool concerned = (event.to_all && !p->waiting) || p->identity == event.about ||
                           (event.doorkeepers && p->rights.admit && !p->waiting);
    // Others speak LiveKit's protocol only and take every message for one of their application.
    if (concerned && p->calls_server) to.push_back(p->identity);
  }
  if (!to.empty()) send(*room, event.type, std::move(event.data), std::move(to));
}

void RoomEvents::tell(const control::Room& room, std::string type, json::object data,
                      std::vector<std::string> to) {
  flush();
  if (!to.empty()) send(room, type, std::move(data), std::move(to));
}

void RoomEvents::send(const control::Room& room, const std::string& type, json::object data,
                      std::vector<std::string> to) {
  const json::object envelope{
      {"v", 1}, {"seq", ++sequences_[room.sid]}, {"type", type}, {"data", std::move(data)}};
  around_.send(room.name, json::serialize(envelope), std::move(to));
}

void RoomEvents::note(const std::string& room_sid, const control::EgressJob& job) {
  const std::string kind(control::egress_kind_name(job.kind));
  if (!job.is_over()) {
    running_[room_sid][kind][job.id] = egress_event(job, around_.media);
    return;
  }
  const auto room = running_.find(room_sid);
  if (room == running_.end()) return;
  room->second[kind].erase(job.id);
  if (room->second[kind].empty()) room->second.erase(kind);
  if (room->second.empty()) running_.erase(room);
}

json::object RoomEvents::composition(const std::string& room_sid) const {
  json::object out{{"recording", nullptr}, {"livestream", nullptr}, {"hls", nullptr}};
  const auto room = running_.find(room_sid);
  if (room == running_.end()) return out;
  // Ids are in the order in which jobs began.
  for (const auto& [kind, jobs] : room->second) out[kind] = jobs.rbegin()->second;
  return out;
}

std::uint64_t RoomEvents::sequence(const std::string& room_sid) const {
  const auto it = sequences_.find(room_sid);
  return it == sequences_.end() ? 0 : it->second;
}

}  // namespace plenum::videosdk_api
