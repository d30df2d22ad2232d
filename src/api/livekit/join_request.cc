#include "api/livekit/join_request.h"

#include <zlib.h>

#include <array>
#include <boost/json/parse.hpp>
#include <charconv>

#include "api/livekit/user_agent.h"
#include "base/bytes.h"
#include "base/crypto.h"
#include "control/types.h"

namespace plenum::livekit_api {
namespace {

using ::livekit::ClientInfo;
using ::livekit::JoinRequest;

Err<JoinError> refuse(std::string_view text) { return Err{JoinError{400, std::string(text)}}; }

struct SdkName {
  std::string_view name;
  ClientInfo::SDK sdk;
};
constexpr std::array kSdks = {
    SdkName{"js", ClientInfo::JS},           SdkName{"ios", ClientInfo::SWIFT},
    SdkName{"swift", ClientInfo::SWIFT},     SdkName{"android", ClientInfo::ANDROID},
    SdkName{"flutter", ClientInfo::FLUTTER}, SdkName{"go", ClientInfo::GO},
    SdkName{"unity", ClientInfo::UNITY},     SdkName{"reactnative", ClientInfo::REACT_NATIVE},
    SdkName{"rust", ClientInfo::RUST},       SdkName{"python", ClientInfo::PYTHON},
    SdkName{"cpp", ClientInfo::CPP},         SdkName{"unityweb", ClientInfo::UNITY_WEB},
    SdkName{"node", ClientInfo::NODE},       SdkName{"unreal", ClientInfo::UNREAL},
    SdkName{"esp32", ClientInfo::ESP32},     SdkName{"dotnet", ClientInfo::DOTNET},
};

/// zlib: 15 bits of window, plus 16 = expect a gzip header (RFC 1952).
constexpr int kGzipWindowBits = 15 + 16;

/// The content of one gzip member; nullopt when broken or larger than `limit`.
std::optional<std::string> gunzip(std::string_view compressed, std::size_t limit) {
  z_stream z{};
  if (inflateInit2(&z, kGzipWindowBits) != Z_OK) return std::nullopt;
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));  // zlib only reads it
  z.avail_in = static_cast<uInt>(compressed.size());
  std::string out;
  std::array<char, 16 * 1024> chunk;
  int status = Z_OK;
  while (status == Z_OK && out.size() <= limit) {
    z.next_out = reinterpret_cast<Bytef*>(chunk.data());
    z.avail_out = chunk.size();
    status = inflate(&z, Z_NO_FLUSH);
    out.append(chunk.data(), chunk.size() - z.avail_out);
  }
  inflateEnd(&z);
  if (status != Z_STREAM_END || out.size() > limit) return std::nullopt;
  return out;
}

std::string text_of(const http::Query& query, std::string_view name) {
  return std::string(query.find(name).value_or(std::string_view{}));
}

int int_of(const http::Query& query, std::string_view name) {
  const std::string_view text = query.find(name).value_or(std::string_view{});
  int value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  return ec == std::errc{} && end == text.data() + text.size() ? value : 0;
}

std::optional<bool> bool_of(const http::Query& query, std::string_view name) {
  const auto text = query.find(name);
  if (!text || text->empty()) return std::nullopt;
  return is_true(*text);
}

::livekit::ReconnectReason reconnect_reason(int number) {
  return ::livekit::ReconnectReason_IsValid(number)
             ? static_cast<::livekit::ReconnectReason>(number)
             : ::livekit::RR_UNKNOWN;
}

void add_capabilities(std::string_view list, ClientInfo& client) {
  while (!list.empty()) {
    const std::string_view name = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), name.size() + 1));
    ClientInfo::Capability capability{};
    if (ClientInfo::Capability_Parse(std::string(name), &capability) &&
        capability != ClientInfo::CAP_UNUSED)
      client.add_capabilities(capability);
  }
}

ClientInfo client_from(const http::Query& query) {
  ClientInfo client;
  const std::string sdk = text_of(query, "sdk");
  for (const auto& known : kSdks)
    if (known.name == sdk) client.set_sdk(known.sdk);
  client.set_version(text_of(query, "version"));
  client.set_protocol(int_of(query, "protocol"));
  client.set_client_protocol(int_of(query, "client_protocol"));
  client.set_os(text_of(query, "os"));
  client.set_os_version(text_of(query, "os_version"));
  client.set_device_model(text_of(query, "device_model"));
  client.set_browser(text_of(query, "browser"));
  client.set_browser_version(text_of(query, "browser_version"));
  client.set_network(text_of(query, "network"));
  add_capabilities(text_of(query, "capabilities"), client);
  return client;
}

/// base64 of a JSON object of strings. nullopt for anything else.
std::optional<Attributes> decode_attributes(std::string_view text) {
  const auto bytes = crypto::base64_decode_lenient(text);
  if (!bytes || bytes->size() > 2 * kMaxAttributesBytes) return std::nullopt;
  boost::json::error_code ec;
  const boost::json::value value =
      boost::json::parse({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, ec);
  if (ec || !value.is_object()) return std::nullopt;
  Attributes result;
  for (const auto& [key, item] : value.get_object()) {
    if (!item.is_string()) return std::nullopt;
    const auto& string = item.get_string();
    result.emplace(std::string(key.data(), key.size()), std::string(string.data(), string.size()));
  }
  return result;
}

Result<JoinParameters, JoinError> from_query(const http::Query& query) {
  JoinParameters p;
  p.client = client_from(query);
  p.auto_subscribe = bool_of(query, "auto_subscribe").value_or(true);
  p.auto_subscribe_data_track = bool_of(query, "auto_subscribe_data_track");
  p.adaptive_stream = bool_of(query, "adaptive_stream").value_or(false);
  p.subscriber_allow_pause = bool_of(query, "subscriber_allow_pause");
  p.disable_ice_lite = bool_of(query, "disable_ice_lite").value_or(false);
  p.reconnect = bool_of(query, "reconnect").value_or(false);
  p.reconnect_reason = reconnect_reason(int_of(query, "reconnect_reason"));
  p.participant_sid = text_of(query, "sid");
  p.publish_only = text_of(query, "publish");
  if (const auto text = query.find("attributes"); text && !text->empty()) {
    auto attributes = decode_attributes(*text);
    if (!attributes) return refuse("invalid attributes");
    p.attributes = std::move(*attributes);
  }
  return p;
}

JoinParameters from_message(JoinRequest request) {
  JoinParameters p;
  p.single_peer_connection = true;
  p.client.Swap(request.mutable_client_info());
  const auto& settings = request.connection_settings();
  p.auto_subscribe = settings.auto_subscribe();
  if (settings.has_auto_subscribe_data_track())
    p.auto_subscribe_data_track = settings.auto_subscribe_data_track();
  p.adaptive_stream = settings.adaptive_stream();
  if (settings.has_subscriber_allow_pause())
    p.subscriber_allow_pause = settings.subscriber_allow_pause();
  p.disable_ice_lite = settings.disable_ice_lite();
  p.reconnect = request.reconnect();
  p.reconnect_reason = reconnect_reason(request.reconnect_reason());
  p.participant_sid = request.participant_sid();
  p.metadata = request.metadata();
  for (const auto& [key, value] : request.participant_attributes()) p.attributes[key] = value;
  for (auto& track : *request.mutable_add_track_requests())
    p.add_track_requests.push_back(std::move(track));
  if (request.has_publisher_offer()) p.publisher_offer = request.publisher_offer();
  if (request.has_sync_state()) p.sync_state = request.sync_state();
  return p;
}

Status<JoinError> check_sizes(const JoinParameters& p) {
  if (p.metadata.size() > kMaxMetadataBytes) return refuse("metadata is too large");
  std::size_t bytes = 0;
  for (const auto& [key, value] : p.attributes) bytes += key.size() + value.size();
  if (bytes > kMaxAttributesBytes) return refuse("attributes are too large");
  for (const auto& [key, value] : p.attributes)
    if (control::is_reserved(key)) return refuse("attributes that begin with plenum. are reserved");
  if (p.publish_only.size() > kMaxNameBytes) return refuse("identity is too long");
  return Ok{};
}

}  // namespace

bool is_true(std::string_view text) { return text == "1" || text == "true"; }

std::optional<std::string_view> token_of(const http::Request& request) {
  if (const auto token = request.bearer_token()) return token;
  return request.query.find("access_token");
}

Result<JoinRequest, JoinError> decode_join_request(std::string_view text) {
  const auto bytes = crypto::base64_decode_lenient(text);
  if (!bytes) return refuse("cannot base64 decode wrapped join request");
  ::livekit::WrappedJoinRequest wrapped;
  if (!wrapped.ParseFromArray(bytes->data(), static_cast<int>(bytes->size())))
    return refuse("cannot unmarshal wrapped join request");
  std::string inner;
  switch (wrapped.compression()) {
    case ::livekit::WrappedJoinRequest::NONE:
      inner = std::move(*wrapped.mutable_join_request());
      break;
    case ::livekit::WrappedJoinRequest::GZIP: {
      auto content = gunzip(wrapped.join_request(), kMaxJoinRequestBytes);
      if (!content) return refuse("cannot decompress join request");
      inner = std::move(*content);
      break;
    }
    default:
      return refuse("unknown compression of join request");
  }
  JoinRequest request;
  if (inner.size() > kMaxJoinRequestBytes || !request.ParseFromString(inner))
    return refuse("cannot unmarshal join request");
  return request;
}

Result<JoinParameters, JoinError> read_join_parameters(const http::Request& request,
                                                       bool require_join_request) {
  const auto encoded = request.query.find("join_request");
  const bool has_message = encoded && !encoded->empty();
  if (require_join_request && !has_message) return refuse("join_request is required");

  auto parameters = [&]() -> Result<JoinParameters, JoinError> {
    if (!has_message) return from_query(request.query);
    auto message = decode_join_request(*encoded);
    if (!message) return Err{message.error()};
    return from_message(std::move(*message));
  }();
  if (!parameters) return parameters;
  if (const auto checked = check_sizes(*parameters); !checked) return Err{checked.error()};
  parameters->client.set_address(request.client.ip_text());
  add_user_agent(request.headers.find("User-Agent").value_or(""), parameters->client);
  return parameters;
}

}  // namespace plenum::livekit_api
