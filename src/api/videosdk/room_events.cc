#include "api/videosdk/room_events.h"

#include <boost/json/serialize.hpp>
#include <optional>
#include <utility>

#include "api/videosdk/room_state.h"
#include "base/overloaded.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;

/// Type and data of an event; nullopt: clients learn of it in another way.
struct Words {
  const char* type;
  json::object data;
};
std::optional<Words> words_of(const control::DomainEvent& event) {
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
          [](const auto&) -> std::optional<Words> { return std::nullopt; },
      },
      event.what);
}

}  // namespace

void RoomEvents::on_event(const control::DomainEvent& event) {
  if (std::holds_alternative<control::RoomFinished>(event.what)) {
    sequences_.erase(event.room.sid);
    return;
  }
  auto words = words_of(event);
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
  if (to.empty()) return;
  const json::object envelope{{"v", 1},
                              {"seq", ++sequences_[event.room_sid]},
                              {"type", event.type},
                              {"data", std::move(event.data)}};
  around_.send(event.room, json::serialize(envelope), std::move(to));
}

std::uint64_t RoomEvents::sequence(const std::string& room_sid) const {
  const auto it = sequences_.find(room_sid);
  return it == sequences_.end() ? 0 : it->second;
}

}  // namespace plenum::videosdk_api
