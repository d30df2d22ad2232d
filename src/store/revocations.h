#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "store/database.h"

namespace plenum::store {

/// One token that must not be used any more, by its `jti` claim (RFC 7519 4.1.7).
struct RevokedToken {
  std::string api_key, jti;
  /// When the token would have expired anyhow, and this row may go.
  std::int64_t expires_at_s = 0;

  friend bool operator==(const RevokedToken&, const RevokedToken&) = default;
};

/// All tokens of a participant issued before a moment.
struct RevokedParticipant {
  std::string api_key;
  /// Name of the room; empty = every room of the key.
  std::string room;
  std::string identity;
  std::int64_t issued_before_s = 0;
  std::int64_t expires_at_s = 0;

  friend bool operator==(const RevokedParticipant&, const RevokedParticipant&) = default;
};

/// Repeating a revocation widens it and never narrows it.
void revoke_token(Database& db, const RevokedToken& token);
void revoke_participant(Database& db, const RevokedParticipant& participant);

bool is_token_revoked(Database& db, const std::string& api_key, const std::string& jti);
bool is_participant_revoked(Database& db, const std::string& api_key, const std::string& room,
                            const std::string& identity, std::int64_t issued_at_s);

/// Everything that has not expired, of all keys: what a server keeps in memory so that entering
/// does not wait for SQL.
struct Revocations {
  std::vector<RevokedToken> tokens;
  std::vector<RevokedParticipant> participants;
};
Revocations list_revocations(Database& db, std::int64_t now_s);

}  // namespace plenum::store
