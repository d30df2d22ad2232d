#include "api/videosdk/token.h"

#include <algorithm>
#include <boost/json/object.hpp>

#include "api/http/jwt.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;

constexpr http::JwtRules kOurRules{
    .issuer_claim = "apikey", .leeway_s = 30, .needs_expiry = false, .checks_issued_at = false};

std::string text_in(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  const json::string* text = value ? value->if_string() : nullptr;
  return text ? std::string(text->data(), text->size()) : std::string();
}

bool flag_in(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  return value && value->is_bool() && value->get_bool();
}

bool contains(const json::array& array, std::string_view word) {
  return std::ranges::any_of(array, [&](const json::value& item) {
    const json::string* text = item.if_string();
    return text && std::string_view(text->data(), text->size()) == word;
  });
}

Problem problem_of(http::JwtError error) {
  if (error == http::JwtError::unknown_issuer)
    return {401, "INVALID_API_KEY", "The API key is unknown", 4001};
  if (error == http::JwtError::key_disabled)
    return {403, "APIKEY_DEACTIVATED", "The API key is deactivated", 4053};
  return problems::invalid_token();
}

/// Scopes that are there but of the wrong type must not open every room. No database takes NUL.
bool is_text_or_absent(const json::object& claims, const char* key) {
  const json::value* value = claims.if_contains(key);
  if (!value || value->is_null()) return true;
  return value->is_string() && value->get_string().find('\0') == json::string_view::npos;
}

Result<Caller, Problem> from_videosdk(const json::object& claims) {
  Caller caller;
  caller.api_key = text_in(claims, "apikey");
  for (const char* scope : {"roomId", "participantId"})
    if (!is_text_or_absent(claims, scope)) return Err{problems::invalid_token()};
  caller.room = text_in(claims, "roomId");
  caller.participant_id = text_in(claims, "participantId");

  const json::value* version = claims.if_contains("version");
  const bool uses_version_2 =
      claims.contains("roomId") || claims.contains("participantId") || claims.contains("roles");
  if (version ? !(version->is_number() && *version == 2) : uses_version_2)
    return Err{problems::invalid_token()};

  const json::value* roles = claims.if_contains("roles");
  if (roles && !roles->is_array()) return Err{problems::invalid_token()};
  caller.may_call_rest = !roles || contains(roles->get_array(), "crawler");
  caller.may_join = !roles || contains(roles->get_array(), "rtc");
  caller.room_create = caller.room_list = caller.room_admin = caller.may_call_rest;
  if (const json::value* permissions = claims.if_contains("permissions");
      permissions && permissions->is_array()) {
    caller.allow_join = contains(permissions->get_array(), "allow_join");
    caller.ask_join = contains(permissions->get_array(), "ask_join");
    caller.allow_mod = contains(permissions->get_array(), "allow_mod");
  }
  return caller;
}

Result<Caller, Problem> from_livekit(const json::object& claims) {
  Caller caller;
  caller.api_key = text_in(claims, "iss");
  const json::value* video = claims.if_contains("video");
  if (!video || !video->is_object()) return caller;
  const json::object& grants = video->get_object();
  if (!is_text_or_absent(grants, "room")) return Err{problems::invalid_token()};
  caller.room = text_in(grants, "room");
  caller.room_create = flag_in(grants, "roomCreate");
  caller.room_list = flag_in(grants, "roomList");
  caller.room_admin = flag_in(grants, "roomAdmin");
  caller.may_call_rest = caller.room_create || caller.room_list || caller.room_admin;
  return caller;
}

}  // namespace

std::string_view token_of(const http::Request& request) {
  if (const auto bearer = request.bearer_token()) return *bearer;
  std::string_view raw = request.header("Authorization");
  if (request.headers.count("Authorization") != 1) return {};
  while (raw.starts_with(' ')) raw.remove_prefix(1);
  while (raw.ends_with(' ')) raw.remove_suffix(1);
  return raw;
}

/// Looks before the signature is checked, only to know by which rules to check it.
bool is_videosdk_token(std::string_view token) {
  const auto claims = http::unverified_claims(token);
  return claims && claims->contains("apikey");
}

Result<Caller, Problem> read_caller(std::string_view token, const http::KeyStore& keys,
                                    std::int64_t now) {
  const bool videosdk = is_videosdk_token(token);
  const auto claims = keys.verify(token, now, videosdk ? kOurRules : http::JwtRules{});
  if (!claims) return Err{problem_of(claims.error())};
  return videosdk ? from_videosdk(*claims) : from_livekit(*claims);
}

}  // namespace plenum::videosdk_api
