#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/database.h"
#include "store/page.h"

namespace plenum::store {

/// A recording, livestream, HLS stream or other work done with a session's media. Kinds, states and
/// the two JSON texts are the caller's words; a job without `ended_ms` is active.
struct Job {
  /// 24 hex digits (new_id).
  std::string id;
  std::string kind;
  std::string api_key;
  std::string room_id, session_id;
  std::string status;
  std::string config = "{}";                         // JSON
  std::optional<std::string> result = std::nullopt;  // JSON
  std::optional<std::string> webhook_url = std::nullopt;
  std::optional<std::int64_t> started_ms = std::nullopt, ended_ms = std::nullopt;
  std::int64_t created_ms = 0;
  std::int64_t updated_ms = 0;
  /// Hidden from listings; its files are gone.
  bool deleted = false;

  friend bool operator==(const Job&, const Job&) = default;
};

/// `id` is filled in if empty. Answers the job as stored.
Job insert_job(Database& db, Job job);
/// Stores status, result, started_ms, ended_ms, updated_ms and deleted; the rest never changes.
/// False: no such job.
bool update_job(Database& db, const Job& job);
std::optional<Job> find_job(Database& db, const std::string& api_key, const std::string& id);

struct JobFilter {
  std::string kind;  // empty = all
  std::optional<std::string> room_id = std::nullopt, session_id = std::nullopt,
                             status = std::nullopt;
  /// An id of the job, its room or its session.
  std::optional<std::string> query = std::nullopt;
  /// What the text of its config begins with.
  std::optional<std::string> config_prefix = std::nullopt;
};
/// Without deleted ones.
Page<Job> list_jobs(Database& db, const std::string& api_key, const JobFilter& filter,
                    const PageRequest& page);
/// Active jobs of a room, oldest first.
std::vector<Job> active_jobs(Database& db, const std::string& api_key, const std::string& room_id,
                             const std::string& kind);
/// Active jobs of all keys, oldest first, at most `limit`: what a restart has to look after.
std::vector<Job> unfinished_jobs(Database& db, const std::string& kind, std::int64_t limit);

}  // namespace plenum::store
