// POST /v2/plenum/join (videosdk-api 7.2): a token of VideoSDK's family for the URL and the token
// with which a LiveKit client enters, or the exact reason why not, before any WebSocket.
#include <boost/json/serialize.hpp>

#include "api/http/jwt.h"
#include "api/videosdk/rest_api.h"
#include "api/videosdk/room_gate.h"
#include "api/videosdk/store_call.h"
#include "base/crypto.h"
#include "base/log.h"
#include "control/mode.h"
#include "control/types.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using control::Mode;
using store::Access;

/// Checked when a client enters; the server gives it newer ones while it is in.
constexpr std::int64_t kEntrySeconds = 3600;
constexpr std::size_t kMaxMetadataBytes = 4 * 1024;

std::string websocket_url(const std::string& base) {
  return base.starts_with("https") ? "wss" + base.substr(5) : "ws" + base.substr(4);
}

std::string metadata_text(const json::object& body) {
  const json::value* value = body.if_contains("metaData");
  if (!value || value->is_null()) return {};
  if (const json::string* text = value->if_string()) return {text->data(), text->size()};
  return json::serialize(*value);
}

/// Which id the participant gets, or why he gets none.
Result<std::string, Problem> participant_id(const Caller& caller, std::string asked) {
  if (!caller.participant_id.empty() && !asked.empty() && asked != caller.participant_id)
    return Err{
        Problem{403, "UNAUTHORIZED_PARTCIPANT_ID", "The token is for another participant", 4023}};
  if (asked.empty()) asked = caller.participant_id;
  if (asked.empty()) return crypto::random_text(8);
  if (asked.size() > kMaxParticipantIdBytes || asked == control::kServerIdentity ||
      asked.find_first_of(" \t\r\n\v\f") != std::string::npos)
    return Err{Problem{400, "INVALID_PARTICIPANT_ID", "The participant id is not valid", 4004}};
  return asked;
}

/// What he may do in the room, in the words of control::Rights.
json::array rights_of(const Caller& caller) {
  json::array out{"publish", "subscribe"};
  if (caller.allow_join) out.emplace_back("admit");
  if (caller.allow_mod) out.emplace_back("moderate");
  return out;
}

json::object entry_claims(const Caller& caller, const store::Room& room,
                          const std::string& identity, Mode mode) {
  json::object video{{"roomJoin", true}, {"room", room.room_id}};
  video["canPublish"] = mode == Mode::send_and_recv;
  video["canSubscribe"] = mode != Mode::signalling_only;
  video["canPublishData"] = true;
  json::object ours{{"rights", rights_of(caller)}};
  if (caller.ask_join) ours["lobby"] = "waiting";
  return {{"iss", room.api_key},
          {"sub", identity},
          {"video", std::move(video)},
          {"attributes", {{control::kModeAttribute, control::mode_name(mode)}}},
          {"plenum", std::move(ours)}};
}

}  // namespace

/// Who enters where, and with which token of LiveKit's.
struct RestApi::Entry {
  store::Room room;
  std::string participant_id;
  Mode mode = Mode::send_and_recv;
  std::string token;
};

auto RestApi::entry(const Call& call) -> boost::asio::awaitable<Result<Entry, Problem>> {
  const Caller& caller = call.caller;
  if (caller.ask_join && (caller.allow_join || caller.allow_mod))
    co_return Err{Problem{403, "INVALID_PERMISSIONS", "ask_join excludes other permissions", 4008}};
  if (!caller.ask_join && !caller.allow_join)
    co_return Err{Problem{403, "INVALID_PERMISSIONS", "The token does not allow to join", 4008}};
  const auto id = participant_id(caller, call.body_text("participantId"));
  if (!id) co_return Err{id.error()};
  const auto room = co_await room_of(call, call.body_room());
  if (!room) co_return Err{room.error()};
  if (const auto fault = entry_fault(*room, *id)) co_return Err{*fault};
  const std::string metadata = metadata_text(call.arguments.body);
  if (metadata.size() > kMaxMetadataBytes)
    co_return Err{problems::invalid("body.metaData must have at most 4096 bytes")};
  const auto key = around_.keys.secret(caller.api_key);
  if (!key) co_return Err{problems::invalid_token()};

  const Mode mode = control::mode_from(call.body_text("mode")).value_or(Mode::send_and_recv);
  json::object claims = entry_claims(caller, *room, *id, mode);
  const std::int64_t now_s = around_.unix_ms() / 1000;
  claims["iat"] = claims["nbf"] = now_s;
  claims["exp"] = now_s + kEntrySeconds;
  claims["name"] = call.body_text("name");
  if (!metadata.empty()) claims["metadata"] = metadata;
  co_return Entry{*room, *id, mode, http::sign_jwt(claims, *key)};
}

auto RestApi::join(const Call& call) -> Task {
  const auto entered = co_await entry(call);
  if (!entered) co_return Err{entered.error()};
  const std::string room_id = entered->room.room_id, api_key = call.caller.api_key;
  auto live_step = on_store(store_, Access::read, [=](store::Database& db) {
    return store::live_session(db, api_key, room_id);
  });
  const auto live = co_await std::move(live_step);
  json::object out;
  out["url"] = websocket_url(call.base);
  out["token"] = entered->token;
  out["roomId"] = room_id;
  out["sessionId"] = live ? json::value(live->id) : json::value();
  out["participantId"] = entered->participant_id;
  out["mode"] = control::mode_name(entered->mode);
  out["lobby"] = call.caller.ask_join;
  co_return out;
}

boost::asio::awaitable<Result<std::string, Problem>> RestApi::exchange(std::string token) {
  auto caller = read_caller(token, around_.keys, around_.unix_ms() / 1000);
  if (!caller) co_return Err{caller.error()};
  if (!caller->may_join) co_return Err{problems::forbidden_grant()};
  if (caller->room.empty() || caller->participant_id.empty())
    co_return Err{Problem{401, "INVALID_TOKEN", "The token names no room or no participant", 4002}};
  Call call;
  call.caller = std::move(*caller);
  call.arguments.body["roomId"] = call.caller.room;
  try {
    auto step = entry(call);
    const auto entered = co_await std::move(step);
    if (!entered) co_return Err{entered.error()};
    co_return entered->token;
  } catch (const store::StoreError& e) {
    log::warn("a token was not exchanged: {}", e.what());
  }
  co_return Err{problems::unavailable()};
}

}  // namespace plenum::videosdk_api
