// The calls on sessions and who was in them (videosdk-api 3.2).
#include <algorithm>
#include <utility>

#include "api/videosdk/rest_api.h"
#include "api/videosdk/store_call.h"

namespace plenum::videosdk_api {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using store::Access;

/// Participants shown inside a session; the others are at /participants, page by page.
constexpr std::int64_t kMaxShownParticipants = 100;
/// As history words it.
constexpr const char* kEndedByApi = "api";

SessionView view_of(store::Database& db, const store::Session& session) {
  const store::PageRequest page{.page = 1, .per_page = kMaxShownParticipants};
  return {
      session,
      store::list_participants(db, session.api_key, session.id, store::Present::all, page).items};
}

std::optional<std::int64_t> number(const json::object& parameters, const char* name) {
  const json::value* value = parameters.if_contains(name);
  if (!value || !value->is_int64()) return std::nullopt;
  return value->get_int64();
}

bool is_for(const Caller& caller, const store::Session& session) {
  return caller.room.empty() || caller.room == session.room_id ||
         caller.room == session.custom_room_id;
}

}  // namespace

asio::awaitable<Result<store::Session, Problem>> RestApi::session_of(const Call& call,
                                                                     std::string id) {
  const std::string key = call.caller.api_key;
  auto session_step = on_store(
      store_, Access::read, [=](store::Database& db) { return store::find_session(db, key, id); });
  const auto session = co_await std::move(session_step);
  if (!session) co_return Err{problems::session_not_found()};
  if (!is_for(call.caller, *session)) co_return Err{problems::wrong_room()};
  co_return *session;
}

auto RestApi::list_sessions(const Call& call) -> Task {
  const std::string key = call.caller.api_key;
  const store::PageRequest page = call.page();
  store::SessionFilter filter;
  for (const char* name : {"roomId", "customRoomId"})
    if (std::string text = call.text(name); !text.empty()) filter.room = std::move(text);
  if (std::string text = call.text("query"); !text.empty()) filter.query = std::move(text);
  const std::string status = call.text("status");
  if (!status.empty())
    filter.status = status == "ended" ? store::SessionFilter::Status::ended
                                      : store::SessionFilter::Status::ongoing;
  filter.started_from_ms = number(call.arguments.parameters, "startDate");
  filter.started_to_ms = number(call.arguments.parameters, "endDate");
  const std::string only = call.caller.room;
  if (!only.empty()) {
    // Another name of its room is no other room.
    if (filter.room && *filter.room != only) {
      const auto asked = co_await room_of(call, *filter.room);
      if (!asked) co_return Err{problems::wrong_room()};
    }
    filter.room = only;
  }

  using Listing = std::pair<std::vector<SessionView>, std::int64_t>;
  auto listing_step = on_store(store_, Access::read, [=](store::Database& db) {
    const auto sessions = store::list_sessions(db, key, filter, page);
    Listing out;
    out.second = sessions.total;
    for (const store::Session& session : sessions.items) out.first.push_back(view_of(db, session));
    return out;
  });
  const auto listing = co_await std::move(listing_step);
  json::array data;
  for (const SessionView& view : listing.first) data.push_back(session_json(view, call.base));
  co_return page_json(page, listing.second, std::move(data));
}

auto RestApi::get_session(const Call& call) -> Task {
  const auto session = co_await session_of(call, call.text("id"));
  if (!session) co_return Err{session.error()};
  const store::Session row = *session;
  auto view_step =
      on_store(store_, Access::read, [row](store::Database& db) { return view_of(db, row); });
  const auto view = co_await std::move(view_step);
  co_return session_json(view, call.base);
}

auto RestApi::participants_page(const Call& call, bool only_present) -> Task {
  const auto session = co_await session_of(call, call.text("id"));
  if (!session) co_return Err{session.error()};
  const store::Session row = *session;
  const store::PageRequest page = call.page();
  const auto present = only_present ? store::Present::only : store::Present::all;
  auto found_step = on_store(store_, Access::read, [=](store::Database& db) {
    return store::list_participants(db, row.api_key, row.id, present, page);
  });
  auto found = co_await std::move(found_step);
  SessionView view;
  view.session = row;
  view.participants = std::move(found.items);
  json::value data = session_json(view, call.base);
  // As documented: one object for all, an array of one for those who are present.
  if (only_present) data = json::array({std::move(data)});
  co_return page_json(page, found.total, std::move(data));
}

auto RestApi::list_participants(const Call& call) -> Task {
  co_return co_await participants_page(call, false);
}
auto RestApi::list_active_participants(const Call& call) -> Task {
  co_return co_await participants_page(call, true);
}

auto RestApi::get_participant(const Call& call) -> Task {
  const auto session = co_await session_of(call, call.text("id"));
  if (!session) co_return Err{session.error()};
  const store::ParticipantKey who{session->api_key, session->id, call.text("participantId")};
  auto found_step = on_store(store_, Access::read, [who](store::Database& db) {
    return store::find_participant(db, who);
  });
  const auto found = co_await std::move(found_step);
  if (!found) co_return Err{problems::participant_not_found()};
  co_return participant_json(*found);
}

asio::awaitable<void> RestApi::settle() {
  if (!around_.settled) co_return;
  const bool settled = co_await around_.settled();
  if (!settled) throw store::StoreError(store::StoreError::Kind::unavailable, "history is behind");
}

void RestApi::close_room(const std::string& api_key, const std::string& room_id) {
  if (control_.moderation().is_foreign(api_key, room_id)) return;
  static_cast<void>(control_.moderation().delete_room(room_id, around_.now()));
  if (around_.changed) around_.changed();
}

asio::awaitable<void> RestApi::end_live(store::Session session) {
  close_room(session.api_key, session.room_id);
  co_await settle();
  // Nobody may have been there, on this server: then nobody has ended it yet.
  const std::int64_t now_ms = around_.unix_ms();
  auto kept_step = on_store(store_, Access::write, [=](store::Database& db) {
    return store::end_session(db, session.api_key, session.id, now_ms, kEndedByApi).has_value();
  });
  co_await std::move(kept_step);
}

auto RestApi::end_session(const Call& call) -> Task {
  std::string id;
  for (const char* name : {"customRoomId", "meetingId", "roomId"})
    if (std::string text = call.body_text(name); !text.empty()) id = std::move(text);
  const auto room = co_await room_of(call, id);
  if (!room) co_return Err{room.error()};
  co_await settle();
  const std::string key = call.caller.api_key, room_id = room->room_id;
  const std::string session_id = call.body_text("sessionId");
  auto live_step = on_store(store_, Access::read, [=](store::Database& db) {
    return store::live_session(db, key, room_id);
  });
  auto live = co_await std::move(live_step);
  if (live && !session_id.empty() && live->id != session_id) live.reset();
  if (live) co_await end_live(*live);
  if (!live && !call.body_flag("ignoreClosed")) co_return Err{problems::session_not_found()};

  const std::string ended = live ? live->id : session_id;
  auto view_step = on_store(store_, Access::read, [=](store::Database& db) {
    std::optional<SessionView> out;
    store::SessionFilter filter;
    filter.room = room_id;
    if (!ended.empty()) filter.query = ended;
    const auto last = store::list_sessions(db, key, filter, {.page = 1, .per_page = 1});
    if (!last.items.empty()) out = view_of(db, last.items.front());
    return out;
  });
  const auto view = co_await std::move(view_step);
  if (!view) co_return Err{problems::session_not_found()};
  co_return session_json(*view, call.base);
}

auto RestApi::remove_participant(const Call& call) -> Task {
  const std::string id = call.body_room();
  const std::string session_id = call.body_text("sessionId"), key = call.caller.api_key;
  std::string room_id;
  if (!id.empty()) {
    const auto room = co_await room_of(call, id);
    if (!room) co_return Err{room.error()};
    room_id = room->room_id;
  } else {
    const auto session = co_await session_of(call, session_id);
    if (!session) co_return Err{session.error()};
    room_id = session->room_id;
  }
  co_await settle();
  auto live_step = on_store(store_, Access::read, [=](store::Database& db) {
    return store::live_session(db, key, room_id);
  });
  const auto live = co_await std::move(live_step);
  if (!live || (!session_id.empty() && live->id != session_id))
    co_return Err{problems::session_not_found()};

  const store::ParticipantKey who{key, live->id, call.body_text("participantId")};
  const bool removed =
      !control_.moderation().is_foreign(key, room_id) &&
      control_.moderation().remove_participant(room_id, who.participant_id, around_.now()).ok();
  if (around_.changed) around_.changed();
  co_await settle();
  const std::int64_t now_ms = around_.unix_ms();
  auto was_there_step = on_store(store_, Access::write, [=](store::Database& db) {
    const auto participant = store::find_participant(db, who);
    return participant && participant->present && store::participant_left(db, who, now_ms);
  });
  const bool was_there = co_await std::move(was_there_step);
  if (!was_there && !removed) co_return Err{problems::participant_not_found()};
  const store::Session row = *live;
  auto view_step =
      on_store(store_, Access::read, [row](store::Database& db) { return view_of(db, row); });
  const auto view = co_await std::move(view_step);
  co_return session_json(view, call.base);
}

}  // namespace plenum::videosdk_api
