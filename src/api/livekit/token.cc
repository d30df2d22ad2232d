#include "api/livekit/token.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "api/http/jwt.h"
#include "control/types.h"
#include "proto/livekit_models.pb.h"

namespace plenum::livekit_api {
namespace {

namespace json = boost::json;
using ::livekit::ParticipantPermission;

/// A token renewed shortly before its end must still outlast a reconnect.
constexpr std::int64_t kMinRefreshedSeconds = 600;

/// Of a refreshed token, each: base64 adds a third, and a request line has 16 KiB at most.
constexpr std::size_t kMaxCarriedMetadataBytes = 4 * 1024;
constexpr std::size_t kMaxCarriedAttributesBytes = 4 * 1024;

struct KindName {
  ParticipantKind kind;
  std::string_view name;
};
constexpr std::array kKinds = {
    KindName{ParticipantKind::standard, "standard"},
    KindName{ParticipantKind::ingress, "ingress"},
    KindName{ParticipantKind::egress, "egress"},
    KindName{ParticipantKind::sip, "sip"},
    KindName{ParticipantKind::agent, "agent"},
    KindName{ParticipantKind::connector, "connector"},
    KindName{ParticipantKind::bridge, "bridge"},
};

struct SourceName {
  ::livekit::TrackSource source;
  std::string_view name;
};
constexpr std::array kSources = {
    SourceName{::livekit::CAMERA, "camera"},
    SourceName{::livekit::MICROPHONE, "microphone"},
    SourceName{::livekit::SCREEN_SHARE, "screen_share"},
    SourceName{::livekit::SCREEN_SHARE_AUDIO, "screen_share_audio"},
};

const json::value* find(const json::object& object, std::string_view key) {
  return object.if_contains({key.data(), key.size()});
}

std::string text_in(const json::object& object, std::string_view key) {
  const json::value* value = find(object, key);
  const json::string* text = value ? value->if_string() : nullptr;
  return text ? std::string(text->data(), text->size()) : std::string();
}

std::optional<bool> bool_in(const json::object& object, std::string_view key) {
  const json::value* value = find(object, key);
  if (!value || value->is_null()) return std::nullopt;
  // Present but no boolean: whatever was meant, it does not give a right.
  return value->is_bool() && value->get_bool();
}

bool flag_in(const json::object& object, std::string_view key) {
  return bool_in(object, key).value_or(false);
}

std::int64_t seconds_in(const json::object& object, std::string_view key) {
  const json::value* value = find(object, key);
  if (!value || !value->is_number()) return 0;
  boost::json::error_code ec;
  const auto seconds = value->to_number<double>(ec);
  constexpr double kLimit = 1e15;  // far beyond any date, safely within int64
  if (ec || !std::isfinite(seconds)) return 0;
  return static_cast<std::int64_t>(std::clamp(seconds, -kLimit, kLimit));
}

std::vector<std::string> texts_in(const json::object& object, std::string_view key) {
  std::vector<std::string> result;
  const json::value* value = find(object, key);
  if (!value || !value->is_array()) return result;
  for (const json::value& item : value->get_array())
    if (const json::string* text = item.if_string())
      result.emplace_back(text->data(), text->size());
  return result;
}

Attributes attributes_in(const json::object& object) {
  Attributes result;
  const json::value* value = find(object, "attributes");
  if (!value || !value->is_object()) return result;
  for (const auto& [key, item] : value->get_object())
    if (const json::string* text = item.if_string())
      result.emplace(std::string(key.data(), key.size()), std::string(text->data(), text->size()));
  return result;
}

ParticipantKind kind_from(std::string_view name) {
  for (const auto& k : kKinds)
    if (k.name == name) return k.kind;
  return ParticipantKind::standard;
}

Grants grants_from(const json::object& video) {
  Grants g;
  g.room_join = flag_in(video, "roomJoin");
  g.room_create = flag_in(video, "roomCreate");
  g.room_list = flag_in(video, "roomList");
  g.room_admin = flag_in(video, "roomAdmin");
  g.room_record = flag_in(video, "roomRecord");
  g.ingress_admin = flag_in(video, "ingressAdmin");
  g.room = text_in(video, "room");
  g.destination_room = text_in(video, "destinationRoom");
  g.can_publish = bool_in(video, "canPublish");
  g.can_subscribe = bool_in(video, "canSubscribe");
  g.can_publish_data = bool_in(video, "canPublishData");
  g.can_update_own_metadata = bool_in(video, "canUpdateOwnMetadata");
  g.can_subscribe_metrics = bool_in(video, "canSubscribeMetrics");
  g.can_manage_agent_session = bool_in(video, "canManageAgentSession");
  g.can_publish_sources = texts_in(video, "canPublishSources");
  // A list that is there but unreadable restricts; taken as empty it would allow everything.
  const json::value* sources = find(video, "canPublishSources");
  const bool restricts =
      sources && !sources->is_null() && !(sources->is_array() && sources->get_array().empty());
  if (restricts && g.can_publish_sources.empty()) g.can_publish = false;
  g.hidden = flag_in(video, "hidden");
  g.recorder = flag_in(video, "recorder");
  g.agent = flag_in(video, "agent");
  return g;
}

void put(json::object& object, std::string_view key, const std::string& text) {
  if (!text.empty()) object[{key.data(), key.size()}] = text;
}
void put(json::object& object, std::string_view key, bool flag) {
  if (flag) object[{key.data(), key.size()}] = true;
}
void put(json::object& object, std::string_view key, std::optional<bool> flag) {
  if (flag) object[{key.data(), key.size()}] = *flag;
}
void put(json::object& object, std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  json::array array;
  for (const auto& text : texts) array.emplace_back(text);
  object[{key.data(), key.size()}] = std::move(array);
}
void put(json::object& object, std::string_view key, std::int64_t seconds) {
  if (seconds != 0) object[{key.data(), key.size()}] = seconds;
}

json::object video_of(const Grants& g) {
  json::object video;
  put(video, "roomJoin", g.room_join);
  put(video, "roomCreate", g.room_create);
  put(video, "roomList", g.room_list);
  put(video, "roomAdmin", g.room_admin);
  put(video, "roomRecord", g.room_record);
  put(video, "ingressAdmin", g.ingress_admin);
  put(video, "room", g.room);
  put(video, "destinationRoom", g.destination_room);
  put(video, "canPublish", g.can_publish);
  put(video, "canSubscribe", g.can_subscribe);
  put(video, "canPublishData", g.can_publish_data);
  put(video, "canUpdateOwnMetadata", g.can_update_own_metadata);
  put(video, "canSubscribeMetrics", g.can_subscribe_metrics);
  put(video, "canManageAgentSession", g.can_manage_agent_session);
  put(video, "canPublishSources", g.can_publish_sources);
  put(video, "hidden", g.hidden);
  put(video, "recorder", g.recorder);
  put(video, "agent", g.agent);
  return video;
}

}  // namespace

AccessToken token_from_claims(const json::object& claims) {
  AccessToken token;
  token.api_key = text_in(claims, "iss");
  token.identity = text_in(claims, "sub");
  if (token.identity.empty()) token.identity = text_in(claims, "jti");  // old SDKs
  token.name = text_in(claims, "name");
  token.metadata = text_in(claims, "metadata");
  token.attributes = attributes_in(claims);
  if (const json::value* ours = find(claims, "plenum"); ours && ours->is_object()) {
    token.profile_kept = text_in(ours->get_object(), "profile") == "kept";
    token.waiting = find(ours->get_object(), "lobby") != nullptr;
    if (find(ours->get_object(), "rights")) token.rights = texts_in(ours->get_object(), "rights");
  }
  token.kind = kind_from(text_in(claims, "kind"));
  token.kind_details = texts_in(claims, "kindDetails");
  if (const json::value* video = find(claims, "video"); video && video->is_object())
    token.grants = grants_from(video->get_object());
  if (const json::value* config = find(claims, "roomConfig"); config && config->is_object())
    token.room_config = config->get_object();
  token.sha256 = text_in(claims, "sha256");
  token.not_before = seconds_in(claims, "nbf");
  token.issued_at = seconds_in(claims, "iat");
  token.expires_at = seconds_in(claims, "exp");
  return token;
}

json::object claims_of(const AccessToken& token) {
  json::object claims;
  put(claims, "iss", token.api_key);
  put(claims, "sub", token.identity);
  put(claims, "nbf", token.not_before);
  put(claims, "iat", token.issued_at);
  put(claims, "exp", token.expires_at);
  put(claims, "name", token.name);
  put(claims, "metadata", token.metadata);
  json::object attributes;
  for (const auto& [key, value] : token.attributes) attributes[key] = value;
  if (!attributes.empty()) claims["attributes"] = std::move(attributes);
  for (const auto& k : kKinds)
    if (k.kind == token.kind && k.kind != ParticipantKind::standard) claims["kind"] = k.name;
  put(claims, "kindDetails", token.kind_details);
  json::object video = video_of(token.grants);
  if (!video.empty()) claims["video"] = std::move(video);
  if (token.room_config) claims["roomConfig"] = *token.room_config;
  put(claims, "sha256", token.sha256);
  json::object ours;
  if (token.profile_kept) ours["profile"] = "kept";
  if (token.waiting) ours["lobby"] = "waiting";
  if (token.rights) ours["rights"] = json::array(token.rights->begin(), token.rights->end());
  if (!ours.empty()) claims["plenum"] = std::move(ours);
  return claims;
}

Result<AccessToken, TokenError> read_token(std::string_view token, const http::KeyStore& keys,
                                           std::int64_t now) {
  if (token.empty()) return Err{TokenError{401, "permissions denied"}};
  const auto claims = keys.verify(token, now);
  if (claims) return token_from_claims(*claims);
  if (claims.error() == http::JwtError::unknown_issuer) {
    const auto said = http::unverified_claims(token);
    return Err{TokenError{401, "invalid API key: " + (said ? text_in(*said, "iss") : "")}};
  }
  if (claims.error() == http::JwtError::revoked)
    return Err{TokenError{401, "token has been revoked"}};
  const std::string reason(http::text(claims.error()));
  return Err{TokenError{401, "invalid authorization token: " + reason}};
}

std::string write_token(const AccessToken& token, std::string_view secret) {
  return http::sign_jwt(claims_of(token), secret);
}

AccessToken refreshed(const AccessToken& original, std::int64_t now) {
  AccessToken token = original;
  // What was revoked by the time of issue stays revoked.
  if (token.not_before == 0) token.not_before = token.issued_at > 0 ? token.issued_at : now;
  token.expires_at = std::max(original.expires_at, now + kMinRefreshedSeconds);
  return token;
}

std::string write_refreshed(AccessToken token, std::string_view secret) {
  std::size_t bytes = 0;
  for (const auto& [key, value] : token.attributes) bytes += key.size() + value.size();
  const bool large_metadata = token.metadata.size() > kMaxCarriedMetadataBytes;
  const bool large_attributes = bytes > kMaxCarriedAttributesBytes;
  token.profile_kept = large_metadata || large_attributes;
  if (large_metadata) token.metadata.clear();
  if (large_attributes) token.attributes.clear();
  std::string text = write_token(token, secret);
  if (text.size() <= http::kMaxJwtBytes) return text;
  // Escapes can make six bytes of one.
  token.profile_kept = true;
  token.metadata.clear();
  token.attributes.clear();
  return write_token(token, secret);
}

Status<TokenError> check_join(const AccessToken& token) {
  if (!token.grants.room_join) return Err{TokenError{401, "permissions denied"}};
  if (token.grants.room.empty()) return Err{TokenError{400, "room name cannot be empty"}};
  if (token.identity.empty()) return Err{TokenError{400, "identity cannot be empty"}};
  if (token.identity == control::kServerIdentity)
    return Err{TokenError{400, "identity is reserved"}};
  if (has_nul(token.grants.room) || has_nul(token.identity) || has_nul(token.name))
    return Err{TokenError{400, "room, identity and name cannot have NUL characters"}};
  if (token.grants.room.size() > kMaxNameBytes)
    return Err{TokenError{400, "room name is too long"}};
  if (token.identity.size() > kMaxNameBytes) return Err{TokenError{400, "identity is too long"}};
  if (token.name.size() > kMaxNameBytes)
    return Err{TokenError{400, "participant name is too long"}};
  return Ok{};
}

ParticipantPermission permission_of(const Grants& grants) {
  ParticipantPermission p;
  p.set_can_subscribe(grants.may_subscribe());
  p.set_can_publish(grants.may_publish());
  p.set_can_publish_data(grants.may_publish_data());
  for (const auto& name : grants.can_publish_sources)
    for (const auto& s : kSources)
      if (s.name == name) p.add_can_publish_sources(s.source);
  // Sources nobody knows still restrict, and an empty list would allow all.
  if (!grants.can_publish_sources.empty() && p.can_publish_sources().empty())
    p.set_can_publish(false);
  p.set_hidden(grants.hidden);
  p.set_recorder(grants.recorder);
  p.set_agent(grants.agent);
  p.set_can_update_metadata(grants.may_update_own_metadata());
  p.set_can_subscribe_metrics(grants.can_subscribe_metrics.value_or(false));
  p.set_can_manage_agent_session(grants.can_manage_agent_session.value_or(false));
  return p;
}

void apply_permission(const ParticipantPermission& permission, Grants& grants) {
  grants.can_subscribe = permission.can_subscribe();
  grants.can_publish = permission.can_publish();
  grants.can_publish_data = permission.can_publish_data();
  grants.can_publish_sources.clear();
  for (const int source : permission.can_publish_sources())
    for (const auto& s : kSources)
      if (s.source == source) grants.can_publish_sources.emplace_back(s.name);
  if (!permission.can_publish_sources().empty() && grants.can_publish_sources.empty())
    grants.can_publish = false;
  grants.hidden = permission.hidden();
  grants.recorder = permission.recorder();
  grants.agent = permission.agent();
  grants.can_update_own_metadata = permission.can_update_metadata();
  grants.can_subscribe_metrics = permission.can_subscribe_metrics();
  grants.can_manage_agent_session = permission.can_manage_agent_session();
}

}  // namespace plenum::livekit_api
