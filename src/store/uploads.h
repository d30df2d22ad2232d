#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/database.h"

/// The queue of finished files that are to be stored elsewhere. A row belongs to the node on whose
/// disk its files are, and nobody else works on it.
namespace plenum::store {

enum class UploadKind : std::uint8_t {
  /// To the operator's bucket; the target is a key without the bucket's prefix.
  s3,
  /// By PUT to a URL that somebody has signed; the target is that URL, and whoever knows it may
  /// write there: it is forgotten with the end of the upload, and shown to nobody.
  presigned,
};

/// What is asked for.
struct NewUpload {
  std::string api_key;
  /// Of `jobs`, or whatever else the caller finds his way back by.
  std::string job;
  /// See config's node-id.
  std::string node;
  UploadKind kind = UploadKind::s3;
  /// Absolute, of a file, or for s3 of a folder, whose files keep their names below the target.
  std::string path;
  std::string target;
  /// Delete the local files once they are uploaded.
  bool delete_local = false;
  std::int64_t created_ms = 0;
};

enum class UploadState : std::uint8_t { waiting, running, done, failed };

struct Upload {
  /// 24 hex digits.
  std::string id;
  NewUpload wanted{};
  UploadState state = UploadState::waiting;
  /// How often work on it began, kills included.
  std::int64_t claims = 0;
  /// That failed in a row without getting anywhere.
  std::int64_t attempts = 0;
  std::int64_t next_attempt_ms = 0;
  /// In a few words for people; holds no secret.
  std::optional<std::string> error = std::nullopt;
  /// Where it is now, without a signature, and how large; of a presigned one only the size.
  std::optional<std::string> location = std::nullopt;
  std::optional<std::int64_t> bytes = std::nullopt, finished_ms = std::nullopt;
};

/// Puts it into the queue, in the caller's transaction. Answers its id.
std::string enqueue_upload(Database& db, const NewUpload& wanted);
/// Of one job, oldest first; without their targets.
std::vector<Upload> uploads_of_job(Database& db, const std::string& api_key,
                                   const std::string& job);

/// The most overdue one, which is running from now on. Without `presigned`: of the others only.
std::optional<Upload> claim_upload(Database& db, const std::string& node, bool presigned,
                                   std::int64_t now_ms);
/// When the next one is due, of those that claim_upload() takes.
std::optional<std::int64_t> next_upload_ms(Database& db, const std::string& node, bool presigned);
/// What ran when the node died is due again. For its start.
void release_uploads(Database& db, const std::string& node);

/// Waits for another attempt.
void postpone_upload(Database& db, const std::string& id, std::int64_t attempts,
                     std::int64_t next_attempt_ms, const std::string& error);
struct UploadEnd {
  /// nullopt = done.
  std::optional<std::string> error = std::nullopt;
  std::optional<std::string> location = std::nullopt;
  std::int64_t bytes = 0;
  std::int64_t at_ms = 0;
};
/// False when it had ended before: whoever repeats a lost COMMIT does not act twice.
bool finish_upload(Database& db, const std::string& id, const UploadEnd& end);

/// Done uploads whose local files are still to be deleted.
std::vector<Upload> uploads_to_clean(Database& db, const std::string& node, std::int64_t limit);
void local_files_deleted(Database& db, const std::string& id);

struct UploadFile {
  /// Below the upload's path; empty for the file itself.
  std::string name;
  /// The id that the bucket gave to its multipart upload.
  std::optional<std::string> multipart = std::nullopt;
  std::int64_t part_bytes = 0;
  bool done = false;
};
std::vector<UploadFile> upload_files(Database& db, const std::string& upload);
void put_upload_file(Database& db, const std::string& upload, const UploadFile& file);

/// Forgets at most `limit` uploads that ended before; answers how many.
std::int64_t purge_uploads(Database& db, std::int64_t before_ms, std::int64_t limit);

}  // namespace plenum::store
