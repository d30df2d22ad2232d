#include "store/jobs.h"

#include <fmt/format.h>

#include "store/filter.h"
#include "store/ids.h"

namespace plenum::store {
namespace {

constexpr const char* kColumns =
    "id, kind, api_key, room_id, session_id, status, config, result, webhook_url, started_ms, "
    "ended_ms, created_ms, updated_ms, deleted";

Job read(const Row& row) {
  FieldReader r(row);
  return {.id = r.text(),
          .kind = r.text(),
          .api_key = r.text(),
          .room_id = r.text(),
          .session_id = r.text(),
          .status = r.text(),
          .config = r.text(),
          .result = r.maybe_text(),
          .webhook_url = r.maybe_text(),
          .started_ms = r.maybe_integer(),
          .ended_ms = r.maybe_integer(),
          .created_ms = r.integer(),
          .updated_ms = r.integer(),
          .deleted = r.boolean()};
}

std::vector<Job> all(const Answer& answer) {
  std::vector<Job> jobs;
  for (const Row& row : answer.rows) jobs.push_back(read(row));
  return jobs;
}

}  // namespace

Job insert_job(Database& db, Job job) {
  if (job.id.empty()) job.id = new_id(job.created_ms);
  static const std::string kInsert = fmt::format(
      "INSERT INTO jobs ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
      kColumns);
  db.execute(kInsert, {job.id, job.kind, job.api_key, job.room_id, job.session_id, job.status,
                       job.config, job.result, job.webhook_url, job.started_ms, job.ended_ms,
                       job.created_ms, job.updated_ms, job.deleted});
  return job;
}

bool update_job(Database& db, const Job& job) {
  return db.execute(
               "UPDATE jobs SET status = $3, result = $4, started_ms = $5, ended_ms = $6, "
               "updated_ms = $7, deleted = $8 WHERE id = $1 AND api_key = $2",
               {job.id, job.api_key, job.status, job.result, job.started_ms, job.ended_ms,
                job.updated_ms, job.deleted})
             .changed == 1;
}

std::optional<Job> find_job(Database& db, const std::string& api_key, const std::string& id) {
  static const std::string kFind =
      fmt::format("SELECT {} FROM jobs WHERE id = $1 AND api_key = $2", kColumns);
  const Answer found = db.execute(kFind, {id, api_key});
  if (found.rows.empty()) return std::nullopt;
  return read(found.rows.front());
}

Page<Job> list_jobs(Database& db, const std::string& api_key, const JobFilter& wanted,
                    const PageRequest& page) {
  Filter filter(api_key);
  if (!wanted.kind.empty()) filter.add("kind = {0}", wanted.kind);
  filter.add("deleted = 0");
  if (wanted.room_id) filter.add("room_id = {0}", *wanted.room_id);
  if (wanted.session_id) filter.add("session_id = {0}", *wanted.session_id);
  if (wanted.status) filter.add("status = {0}", *wanted.status);
  if (wanted.query) filter.add("(id = {0} OR room_id = {0} OR session_id = {0})", *wanted.query);
  if (wanted.config_prefix)
    filter.add("{0} = substr(config, 1, length({0}))", *wanted.config_prefix);
  Page<Job> result;
  result.total =
      db.execute(fmt::format("SELECT count(*) FROM jobs WHERE {}", filter.where()), filter.params())
          .rows.front()
          .integer(0);
  result.items =
      all(db.execute(fmt::format("SELECT {} FROM jobs WHERE {} ORDER BY created_ms DESC, id DESC "
                                 "LIMIT {} OFFSET {}",
                                 kColumns, filter.where(), filter.place(1), filter.place(2)),
                     filter.params_and({page.per_page, page.offset()})));
  return result;
}

std::vector<Job> active_jobs(Database& db, const std::string& api_key, const std::string& room_id,
                             const std::string& kind) {
  static const std::string kActive = fmt::format(
      "SELECT {} FROM jobs WHERE api_key = $1 AND room_id = $2 AND kind = $3 AND ended_ms IS NULL "
      "ORDER BY created_ms, id",
      kColumns);
  return all(db.execute(kActive, {api_key, room_id, kind}));
}

std::vector<Job> unfinished_jobs(Database& db, const std::string& kind, std::int64_t limit) {
  static const std::string kUnfinished = fmt::format(
      "SELECT {} FROM jobs WHERE kind = $1 AND ended_ms IS NULL ORDER BY created_ms LIMIT $2",
      kColumns);
  return all(db.execute(kUnfinished, {kind, limit}));
}

}  // namespace plenum::store
