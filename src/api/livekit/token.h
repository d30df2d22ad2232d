// LiveKit access tokens: the claims of a JWT as grants, and grants as claims. "Absent" and "false"
// differ for some grants, so those are optional. Signature and times are api/http/jwt's business.
#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/key_store.h"
#include "base/result.h"

namespace livekit {
class ParticipantPermission;
}

namespace plenum::livekit_api {

/// Limits of the protocol, in bytes.
inline constexpr std::size_t kMaxNameBytes = 256;
inline constexpr std::size_t kMaxMetadataBytes = 512 * 1024;
inline constexpr std::size_t kMaxAttributesBytes = 64 * 1024;

using Attributes = std::map<std::string, std::string>;

/// Values of livekit.ParticipantInfo.Kind.
enum class ParticipantKind : std::uint8_t {
  standard = 0,
  ingress = 1,
  egress = 2,
  sip = 3,
  agent = 4,
  connector = 7,
  bridge = 8,
};

/// Of names that go into the database: PostgreSQL takes no text with NUL.
inline bool has_nul(std::string_view text) { return text.find('\0') != text.npos; }

/// The `video` claim.
struct Grants {
  bool room_join = false;
  bool room_create = false;
  bool room_list = false;
  bool room_admin = false;
  bool room_record = false;
  bool ingress_admin = false;
  /// The room the token is for. With room_admin the only room it may administer.
  std::string room;
  std::string destination_room;

  std::optional<bool> can_publish;
  std::optional<bool> can_subscribe;
  std::optional<bool> can_publish_data;
  std::optional<bool> can_update_own_metadata;
  std::optional<bool> can_subscribe_metrics;
  std::optional<bool> can_manage_agent_session;
  /// "camera", "microphone", "screen_share", "screen_share_audio"; empty = all.
  std::vector<std::string> can_publish_sources;
  bool hidden = false;
  bool recorder = false;
  bool agent = false;

  bool may_publish() const { return can_publish.value_or(true); }
  bool may_subscribe() const { return can_subscribe.value_or(true); }
  bool may_publish_data() const { return can_publish_data.value_or(may_publish()); }
  bool may_update_own_metadata() const { return can_update_own_metadata.value_or(false); }

  friend bool operator==(const Grants&, const Grants&) = default;
};

/// A verified token, or one to be made.
struct AccessToken {
  std::string api_key;   // iss
  std::string identity;  // sub; empty in tokens for the server API
  std::string name;
  std::string metadata;
  Attributes attributes;
  /// Our claim `plenum.profile` is "kept": metadata and attributes that are absent were too large
  /// for the token, and the participant has them still.
  bool profile_kept = false;
  /// Our claim `plenum.rights`: which of "admit", "moderate", "publish" and "subscribe" its holder
  /// has whatever his grants say now (control::Rights). Absent: they follow from the grants.
  std::optional<std::vector<std::string>> rights;
  /// Our claim `plenum.lobby`: has to be let in by somebody in the room.
  bool waiting = false;
  ParticipantKind kind = ParticipantKind::standard;
  std::vector<std::string> kind_details;
  Grants grants;
  /// proto-JSON of livekit.RoomConfiguration.
  std::optional<boost::json::object> room_config;
  /// The `sha256` claim of webhooks; standard base64.
  std::string sha256;
  /// Unix seconds.
  std::int64_t not_before = 0;
  std::int64_t issued_at = 0;
  std::int64_t expires_at = 0;
};

/// A refusal as clients see it: HTTP status and plain text.
struct TokenError {
  int status = 401;
  std::string text;
};

/// Checks the signature and times and reads the claims. `now` is Unix time in seconds.
Result<AccessToken, TokenError> read_token(std::string_view token, const http::KeyStore& keys,
                                           std::int64_t now);
/// Reads claims whose signature has been checked. Unknown claims and wrongly typed ones that only
/// take away rights are ignored; nothing malformed gives a right.
AccessToken token_from_claims(const boost::json::object& claims);
boost::json::object claims_of(const AccessToken& token);
/// The signed token. Uses the token's own not_before and expires_at.
std::string write_token(const AccessToken& token, std::string_view secret);
/// A token with the same key and identity and the grants as they are now. Lives as long as the
/// original had left, at least ten minutes.
AccessToken refreshed(const AccessToken& original, std::int64_t now);

/// The signed token for a client to come back with. Metadata and attributes that would make it too
/// large for the verifier or for a request line are left out, and the token says so.
std::string write_refreshed(AccessToken token, std::string_view secret);

/// May this token open a signalling connection? 401 without the grant, 400 without a room.
Status<TokenError> check_join(const AccessToken& token);

::livekit::ParticipantPermission permission_of(const Grants& grants);
/// Overwrites the grants that a permission speaks of and leaves the others.
void apply_permission(const ::livekit::ParticipantPermission& permission, Grants& grants);

}  // namespace plenum::livekit_api
