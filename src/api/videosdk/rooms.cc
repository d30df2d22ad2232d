// The calls on rooms (videosdk-api 3.1).
#include <boost/json/serialize.hpp>

#include "api/videosdk/egress_wish.h"
#include "api/videosdk/rest_api.h"
#include "api/videosdk/store_call.h"
#include "store/signing_keys.h"

namespace plenum::videosdk_api {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using store::Access;

/// Of what the owner leaves us to keep for him.
constexpr std::size_t kMaxStoredJsonBytes = 16 * 1024;

/// The field, unless it is absent or null.
const json::value* given(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  return value && !value->is_null() ? value : nullptr;
}

std::optional<std::string> text_of(const json::object& object, const char* key) {
  const json::value* value = given(object, key);
  if (!value) return std::nullopt;
  return std::string(value->as_string().data(), value->as_string().size());
}

void read_auto_close(const json::object& config, store::Room& out) {
  out.auto_close_type = text_of(config, "type").value_or(out.auto_close_type);
  const json::value* duration = given(config, "duration");
  if (!duration) return;
  const bool seconds = text_of(config, "durationUnit") == "seconds";
  out.auto_close_duration_s = duration->to_number<std::int64_t>() * (seconds ? 1 : 60);
}

/// The body has been validated.
store::Room room_from(const json::object& body) {
  store::Room room;
  room.custom_room_id = text_of(body, "customRoomId");
  room.geo_fence = text_of(body, "geoFence");
  if (const json::value* webhook = given(body, "webhook")) {
    room.webhook_endpoint = text_of(webhook->as_object(), "endPoint");
    const json::value* events = given(webhook->as_object(), "events");
    room.webhook_events = events ? json::serialize(*events) : R"(["*"])";
  }
  if (const json::value* config = given(body, "autoCloseConfig"))
    read_auto_close(config->as_object(), room);
  if (const json::value* config = given(body, "autoStartConfig"))
    room.auto_start = json::serialize(*config);
  if (const json::value* config = given(body, "multiComposition"))
    room.multi_composition = json::serialize(*config);
  if (const json::value* ids = given(body, "allowedParticipantIds"))
    room.allowed_participant_ids = json::serialize(*ids);
  return room;
}

bool too_large(const store::Room& room) {
  const std::size_t bytes = room.webhook_events.size() + room.multi_composition.size() +
                            (room.auto_start ? room.auto_start->size() : 0);
  return bytes > kMaxStoredJsonBytes;
}

/// What the jobs show that start by themselves.
std::vector<control::EgressScenery> sceneries_of(const json::object& body) {
  std::vector<control::EgressScenery> out;
  const json::value* rules = given(body, "autoStartConfig");
  if (!rules) return out;
  for (const char* kind : {"recording", "hls", "composite"}) {
    const json::value* rule = given(rules->as_object(), kind);
    const json::value* config = rule ? given(rule->as_object(), "config") : nullptr;
    if (!config) continue;
    control::EgressLayout layout;
    change_layout(layout, config->as_object());
    out.push_back(std::move(layout.scenery));
  }
  return out;
}

bool is_for(const Caller& caller, const store::Room& room) {
  return caller.room.empty() || caller.room == room.room_id || caller.room == room.custom_room_id;
}

}  // namespace

asio::awaitable<Result<store::Room, Problem>> RestApi::room_of(const Call& call, std::string id) {
  const std::string key = call.caller.api_key;
  auto room_step = on_store(store_, Access::read,
                            [=](store::Database& db) { return store::find_room(db, key, id); });
  const auto room = co_await std::move(room_step);
  // Whose token is for one room learns nothing about the others.
  if (room && !is_for(call.caller, *room)) co_return Err{problems::wrong_room()};
  if (!room && !call.caller.room.empty() && call.caller.room != id)
    co_return Err{problems::wrong_room()};
  if (!room) co_return Err{problems::room_not_found()};
  co_return *room;
}

auto RestApi::create_room(const Call& call) -> Task {
  if (!call.caller.room.empty()) co_return Err{problems::wrong_room()};
  store::Room wanted = room_from(call.arguments.body);
  if (too_large(wanted)) co_return Err{problems::invalid("the configuration is too large")};
  if (wanted.webhook_endpoint && around_.hook_fault) {
    const auto fault = around_.hook_fault(*wanted.webhook_endpoint);
    if (fault) co_return Err{problems::invalid("body.webhook.endPoint: " + *fault)};
  }
  for (const control::EgressScenery& scenery : sceneries_of(call.arguments.body))
    if (const auto fault = scenery_fault(call, scenery))
      co_return Err{problems::invalid("body.autoStartConfig: " + fault->message)};
  wanted.api_key = call.caller.api_key;
  wanted.created_ms = wanted.updated_ms = around_.unix_ms();
  auto created_step = on_store(store_, Access::write, [wanted](store::Database& db) {
    return store::create_room(db, wanted);
  });
  const auto created = co_await std::move(created_step);
  co_return room_json(created.room, call.base);
}

auto RestApi::list_rooms(const Call& call) -> Task {
  const std::string key = call.caller.api_key;
  const store::PageRequest page = call.page();
  std::optional<std::string> query;
  if (const std::string text = call.text("query"); !text.empty()) query = text;
  // A token for one room sees a list of one.
  const std::string only = call.caller.room;
  if (!only.empty() && !query) query = only;
  auto rooms_step = on_store(store_, Access::read, [=](store::Database& db) {
    return store::list_rooms(db, key, page, query);
  });
  const auto rooms = co_await std::move(rooms_step);
  json::array data;
  for (const store::Room& room : rooms.items)
    if (is_for(call.caller, room)) data.push_back(room_json(room, call.base));
  const auto total = only.empty() ? rooms.total : static_cast<std::int64_t>(data.size());
  co_return page_json(page, total, std::move(data));
}

auto RestApi::get_room(const Call& call) -> Task {
  const auto room = co_await room_of(call, call.text("id"));
  if (!room) co_return Err{room.error()};
  co_return room_json(*room, call.base);
}

auto RestApi::set_disabled(const Call& call, store::Room room, bool disabled) -> Task {
  const std::string key = call.caller.api_key;
  const std::int64_t now_ms = around_.unix_ms();
  auto changed_step = on_store(store_, Access::write, [=](store::Database& db) {
    return store::set_room_disabled(db, key, room.id, disabled, now_ms);
  });
  const auto changed = co_await std::move(changed_step);
  if (!changed) co_return Err{problems::room_not_found()};
  if (disabled) {
    // Somebody may be there without a session: in the lobby, or hidden.
    close_room(key, room.room_id);
    co_await settle();
    auto live_step = on_store(store_, Access::read, [=](store::Database& db) {
      return store::live_session(db, key, room.room_id);
    });
    const auto live = co_await std::move(live_step);
    if (live) co_await end_live(*live);
  }
  json::object out = room_json(*changed, call.base);
  out["status"] = disabled ? "disabled" : "enabled";
  co_return out;
}

auto RestApi::deactivate_room(const Call& call) -> Task {
  const std::string id = call.body_room();
  auto room = co_await room_of(call, id);
  if (!room && room.error().status == 403) co_return Err{room.error()};
  if (!room || room->room_id != id) {
    Problem problem = problems::room_not_found();
    problem.status = 402;
    co_return Err{problem};
  }
  auto outcome = co_await set_disabled(call, *room, true);
  if (!outcome) co_return outcome;
  json::object& out = outcome->as_object();
  out["meetingId"] = out["roomId"];
  out["userMeetingId"] = out["customRoomId"];
  co_return outcome;
}

auto RestApi::update_room(const Call& call) -> Task {
  const auto room = co_await room_of(call, call.text("id"));
  if (!room) co_return Err{room.error()};
  co_return co_await set_disabled(call, *room, call.body_text("status") == "disabled");
}

auto RestApi::public_key(const Call&) -> Task {
  auto key_step = on_store(store_, Access::read,
                           [](store::Database& db) { return store::active_signing_key(db); });
  const auto key = co_await std::move(key_step);
  if (!key) co_return Err{Problem{404, "KEY_NOT_FOUND", "This server does not sign webhooks yet"}};
  co_return json::object{{"publicKey", key->public_pem}};
}

}  // namespace plenum::videosdk_api
