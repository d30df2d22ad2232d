#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/database.h"
#include "store/page.h"

namespace plenum::store {

/// One live occupancy of a room, from its first join until it is ended. A room has at most one that
/// has not ended; the database holds that rule.
struct Session {
  /// 24 hex digits (new_id).
  std::string id;
  std::string api_key;
  /// Room::id.
  std::string room;
  std::string room_id;
  /// From the room; not a column of the session.
  std::optional<std::string> custom_room_id = std::nullopt;
  /// The sid that clients saw.
  std::string livekit_sid;
  /// The server that runs it, so that a restart closes its own sessions and no others.
  std::string node;
  std::int64_t started_ms = 0;
  std::optional<std::int64_t> ended_ms = std::nullopt;
  std::optional<std::string> end_reason = std::nullopt;
  /// Last moment at which its server is known to have lived.
  std::int64_t last_seen_ms = 0;

  friend bool operator==(const Session&, const Session&) = default;
};

struct StartedSession {
  Session session;
  /// False: the room was live already, and this is that session.
  bool is_new = true;
};

/// `id` is filled in if empty; the room must exist and belong to the key, else
/// StoreError::Kind::constraint.
StartedSession start_session(Database& db, Session session);

/// A session that ended just now, and who was in it until then.
struct EndedSession {
  struct Left {
    std::string participant_id, name;
    friend bool operator==(const Left&, const Left&) = default;
  };
  Session session;
  std::vector<Left> left;
};

/// Ends the session, every stay and every stream in it. nullopt: no such session, or it has ended.
std::optional<EndedSession> end_session(Database& db, const std::string& api_key,
                                        const std::string& session, std::int64_t at_ms,
                                        const std::string& reason);

/// All running sessions of this server are alive at `at_ms`.
void heartbeat(Database& db, const std::string& node, std::int64_t at_ms);

/// For a server's start: ends the sessions that its last run left open, each at its last sign of
/// life, at most `limit` of them. Empty when there are none left.
std::vector<EndedSession> close_dangling(Database& db, const std::string& node,
                                         const std::string& reason, std::int64_t limit = 100);

/// Running sessions of this server that have lasted as long as their room's auto_close says, at
/// most `limit` of them.
std::vector<Session> overdue_sessions(Database& db, const std::string& node, std::int64_t now_ms,
                                      std::int64_t limit = 100);

std::optional<Session> find_session(Database& db, const std::string& api_key,
                                    const std::string& session);
/// The running session of a room; `room_id` as on the wire.
std::optional<Session> live_session(Database& db, const std::string& api_key,
                                    const std::string& room_id);

struct SessionFilter {
  enum class Status { ongoing, ended };
  /// room_id or custom_room_id.
  std::optional<std::string> room = std::nullopt;
  std::optional<Status> status = std::nullopt;
  /// Both inclusive, of the session's start.
  std::optional<std::int64_t> started_from_ms = std::nullopt, started_to_ms = std::nullopt;
  /// A session's id, or as `room`.
  std::optional<std::string> query = std::nullopt;
};

Page<Session> list_sessions(Database& db, const std::string& api_key, const SessionFilter& filter,
                            const PageRequest& page);

}  // namespace plenum::store
