#include "store/uploads.h"

#include <fmt/format.h>

#include "store/ids.h"

namespace plenum::store {
namespace {

constexpr const char* kColumns =
    "id, api_key, job, node, kind, path, target, state, claims, attempts, next_attempt_ms, error, "
    "location, bytes, delete_local, created_ms, finished_ms";

constexpr std::string_view kind_name(UploadKind kind) {
  return kind == UploadKind::s3 ? "s3" : "presigned";
}

UploadState state_of(std::string_view name) {
  if (name == "waiting") return UploadState::waiting;
  if (name == "running") return UploadState::running;
  return name == "done" ? UploadState::done : UploadState::failed;
}

Upload read(const Row& row) {
  FieldReader r(row);
  Upload u;
  u.id = r.text();
  u.wanted.api_key = r.text();
  u.wanted.job = r.text();
  u.wanted.node = r.text();
  u.wanted.kind = r.text() == "s3" ? UploadKind::s3 : UploadKind::presigned;
  u.wanted.path = r.text();
  u.wanted.target = r.text();
  u.state = state_of(r.text());
  u.claims = r.integer();
  u.attempts = r.integer();
  u.next_attempt_ms = r.integer();
  u.error = r.maybe_text();
  u.location = r.maybe_text();
  u.bytes = r.maybe_integer();
  u.wanted.delete_local = r.boolean();
  u.wanted.created_ms = r.integer();
  u.finished_ms = r.maybe_integer();
  return u;
}

std::vector<Upload> all(const Answer& answer) {
  std::vector<Upload> uploads;
  for (const Row& row : answer.rows) uploads.push_back(read(row));
  return uploads;
}

}  // namespace

std::string enqueue_upload(Database& db, const NewUpload& w) {
  std::string id = new_id(w.created_ms);
  db.execute(
      "INSERT INTO uploads (id, api_key, job, node, kind, path, target, state, claims, attempts, "
      "next_attempt_ms, delete_local, created_ms) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, 0, $8, $9, $8)",
      {id, w.api_key, w.job, w.node, kind_name(w.kind), w.path, w.target, w.created_ms,
       w.delete_local});
  return id;
}

std::vector<Upload> uploads_of_job(Database& db, const std::string& api_key,
                                   const std::string& job) {
  static const std::string kFind = fmt::format(
      "SELECT {} FROM uploads WHERE api_key = $1 AND job = $2 ORDER BY created_ms, id", kColumns);
  std::vector<Upload> found = all(db.execute(kFind, {api_key, job}));
  for (Upload& u : found) u.wanted.target.clear();
  return found;
}

std::optional<Upload> claim_upload(Database& db, const std::string& node, bool presigned,
                                   std::int64_t now_ms) {
  static const std::string kDue = fmt::format(
      "SELECT {} FROM uploads WHERE node = $1 AND state = 'waiting' AND next_attempt_ms <= $2 "
      "AND ($3 = 1 OR kind = 's3') ORDER BY next_attempt_ms, id LIMIT 1",
      kColumns);
  const Answer due = db.execute(kDue, {node, now_ms, presigned});
  if (due.rows.empty()) return std::nullopt;
  Upload upload = read(due.rows.front());
  const Answer claimed = db.execute(
      "UPDATE uploads SET state = 'running', claims = claims + 1 "
      "WHERE id = $1 AND state = 'waiting'",
      {upload.id});
  if (claimed.changed != 1) return std::nullopt;
  upload.state = UploadState::running;
  ++upload.claims;
  return upload;
}

std::optional<std::int64_t> next_upload_ms(Database& db, const std::string& node, bool presigned) {
  const Answer found = db.execute(
      "SELECT min(next_attempt_ms) FROM uploads WHERE node = $1 AND state = 'waiting' "
      "AND ($2 = 1 OR kind = 's3')",
      {node, presigned});
  return FieldReader(found.rows.front()).maybe_integer();
}

void release_uploads(Database& db, const std::string& node) {
  db.execute("UPDATE uploads SET state = 'waiting' WHERE node = $1 AND state = 'running'", {node});
}

void postpone_upload(Database& db, const std::string& id, std::int64_t attempts,
                     std::int64_t next_attempt_ms, const std::string& error) {
  db.execute(
      "UPDATE uploads SET state = 'waiting', attempts = $2, next_attempt_ms = $3, error = $4 "
      "WHERE id = $1 AND state = 'running'",
      {id, attempts, next_attempt_ms, error});
}

bool finish_upload(Database& db, const std::string& id, const UploadEnd& end) {
  const Answer ended = db.execute(
      "UPDATE uploads SET state = $2, error = $3, location = $4, bytes = $5, finished_ms = $6, "
      "target = CASE WHEN kind = 'presigned' THEN '' ELSE target END "
      "WHERE id = $1 AND state = 'running'",
      {id, end.error ? "failed" : "done", end.error, end.location, end.bytes, end.at_ms});
  if (ended.changed != 1) return false;
  db.execute("DELETE FROM upload_files WHERE upload = $1", {id});
  return true;
}

std::vector<Upload> uploads_to_clean(Database& db, const std::string& node, std::int64_t limit) {
  static const std::string kFind = fmt::format(
      "SELECT {} FROM uploads WHERE node = $1 AND state = 'done' AND delete_local = 1 LIMIT $2",
      kColumns);
  return all(db.execute(kFind, {node, limit}));
}

void local_files_deleted(Database& db, const std::string& id) {
  db.execute("UPDATE uploads SET delete_local = 0 WHERE id = $1", {id});
}

std::vector<UploadFile> upload_files(Database& db, const std::string& upload) {
  const Answer found = db.execute(
      "SELECT name, multipart, part_bytes, done FROM upload_files WHERE upload = $1", {upload});
  std::vector<UploadFile> files;
  for (const Row& row : found.rows) {
    FieldReader r(row);
    files.push_back({.name = r.text(),
                     .multipart = r.maybe_text(),
                     .part_bytes = r.integer(),
                     .done = r.boolean()});
  }
  return files;
}

void put_upload_file(Database& db, const std::string& upload, const UploadFile& file) {
  db.execute(
      "INSERT INTO upload_files (upload, name, multipart, part_bytes, done) "
      "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (upload, name) "
      "DO UPDATE SET multipart = $3, part_bytes = $4, done = $5",
      {upload, file.name, file.multipart, file.part_bytes, file.done});
}

std::int64_t purge_uploads(Database& db, std::int64_t before_ms, std::int64_t limit) {
  return db
      .execute(
          "DELETE FROM uploads WHERE id IN (SELECT id FROM uploads WHERE finished_ms < $1 "
          "AND (state = 'failed' OR delete_local = 0) ORDER BY finished_ms LIMIT $2)",
          {before_ms, limit})
      .changed;
}

}  // namespace plenum::store
