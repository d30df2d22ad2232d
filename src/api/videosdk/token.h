// Who calls REST v2 (videosdk-api 1): VideoSDK's tokens, and those of LiveKit, told apart by their
// claims. Signature and times are api/http/jwt's business.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/key_store.h"
#include "api/http/request.h"
#include "api/videosdk/problem.h"
#include "base/result.h"

namespace plenum::videosdk_api {

/// A verified token.
struct Caller {
  std::string api_key;
  /// The only room that the token is for; empty = all of the key.
  std::string room;
  /// The only participant that may join with it; empty = any.
  std::string participant_id;
  bool may_call_rest = false;
  bool may_join = false;
  bool allow_join = false, ask_join = false, allow_mod = false;
  /// What a LiveKit token was granted; a VideoSDK token for REST has all three.
  bool room_create = false, room_list = false, room_admin = false;
};

/// The longest id of a participant, in bytes.
inline constexpr std::size_t kMaxParticipantIdBytes = 128;

/// The token in `Authorization`, with or without "Bearer"; empty when there is none.
std::string_view token_of(const http::Request& request);

/// Whether a token is of VideoSDK's family. Says nothing about whether it holds.
bool is_videosdk_token(std::string_view token);

/// Steps 1 to 5 of the verification order, and what the claims allow. `now` is Unix time in
/// seconds.
Result<Caller, Problem> read_caller(std::string_view token, const http::KeyStore& keys,
                                    std::int64_t now);

}  // namespace plenum::videosdk_api
