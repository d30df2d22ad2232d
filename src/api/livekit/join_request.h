// What a client says when it opens a signalling connection: the query parameters of /rtc (v0) or
// the join_request parameter of /rtc/v1, read into one struct. Says nothing about whether the
// client may: that is the token's and the session's business.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/request.h"
#include "api/livekit/token.h"
#include "base/result.h"
#include "proto/livekit_rtc.pb.h"

namespace plenum::livekit_api {

/// A join request after decompression; more is a zip bomb.
inline constexpr std::size_t kMaxJoinRequestBytes = std::size_t{1} << 20;

struct JoinParameters {
  /// One peer connection used both ways (v1) instead of two (v0).
  bool single_peer_connection = false;
  /// `address` is filled in from the connection.
  ::livekit::ClientInfo client;

  bool auto_subscribe = true;
  /// nullopt = as the server is configured.
  std::optional<bool> auto_subscribe_data_track;
  bool adaptive_stream = false;
  std::optional<bool> subscriber_allow_pause;
  bool disable_ice_lite = false;

  bool reconnect = false;
  ::livekit::ReconnectReason reconnect_reason = ::livekit::RR_UNKNOWN;
  std::string participant_sid;

  /// Both need the grant canUpdateOwnMetadata. Empty metadata = none.
  std::string metadata;
  Attributes attributes;
  /// v0 "publish": a second connection that only publishes; appended to the identity after '#'.
  std::string publish_only;

  std::vector<::livekit::AddTrackRequest> add_track_requests;
  std::optional<::livekit::SessionDescription> publisher_offer;
  std::optional<::livekit::SyncState> sync_state;
};

/// Refusals are 400 with a plain text.
using JoinError = TokenError;

/// `require_join_request` = the path is /rtc/v1. On /rtc a join_request parameter also gives v1.
Result<JoinParameters, JoinError> read_join_parameters(const http::Request& request,
                                                       bool require_join_request);

/// The value of the join_request parameter: lenient base64 of a WrappedJoinRequest.
Result<::livekit::JoinRequest, JoinError> decode_join_request(std::string_view text);

/// "1" and "true", nothing else.
bool is_true(std::string_view text);

/// The access token of a request: the Authorization header first, then `access_token`.
std::optional<std::string_view> token_of(const http::Request& request);

}  // namespace plenum::livekit_api
