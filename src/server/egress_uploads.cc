#include "server/egress_uploads.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <filesystem>

#include "base/log.h"
#include "history/egress_rows.h"
#include "history/write.h"
#include "io/clock.h"
#include "store/jobs.h"
#include "store/uploads.h"

namespace plenum::server {
namespace {

namespace json = boost::json;
using control::EgressJob;
using control::EgressOutput;

constexpr std::int64_t kLinkSeconds = std::int64_t{7} * 24 * 3600;

/// What the caller calls it, or its own name in the folder that he asked for. A bucket guards its
/// files itself: there recordings need no folder of their own.
std::string key_of(const EgressJob& job, const EgressOutput& output) {
  if (!output.name.empty()) return output.name;
  json::error_code ec;
  const json::value config = json::parse(job.config, ec);
  const json::value* folder =
      !ec && config.is_object() ? config.get_object().if_contains("awsDirPath") : nullptr;
  const bool is_asked = folder && folder->is_string() && !folder->get_string().empty();
  const std::string base = is_asked ? folder->get_string().c_str()
                           : output.type == EgressOutput::Type::segments ? "hls"
                                                                         : "recordings";
  return base + "/" + std::filesystem::path(output.path).filename().string();
}

void enqueue(store::Database& db, const Config& config, const EgressJob& job,
             const EgressOutput& output) {
  store::NewUpload upload;
  upload.api_key = job.api_key;
  upload.job = job.id;
  upload.node = config.node_id;
  upload.path = std::filesystem::absolute(config.data_dir) / output.path;
  upload.created_ms = io::unix_ms();
  const bool is_file = output.type == EgressOutput::Type::file;
  if (!job.upload_url.empty() && output.id == "file") {
    upload.kind = store::UploadKind::presigned;
    upload.target = job.upload_url;
  } else if (!config.storage_s3.bucket.empty()) {
    upload.target = key_of(job, output);
    // Players come to this server for segments.
    upload.delete_local = is_file && !config.storage_s3_keep_local;
  } else {
    return;
  }
  store::enqueue_upload(db, upload);
}

/// The usual waits, stretched so that the first one is `first`.
storage::RetryPolicy retry_policy(Duration first) {
  storage::RetryPolicy policy;
  const Duration usual = policy.steps.front();
  for (Duration& step : policy.steps) step = first * (step / usual);
  policy.part_pause = std::min(policy.part_pause, first);
  return policy;
}

/// The row of the job says where its file is now, or why it stays where it was.
void record(store::Database& db, const storage::Uploaded& uploaded,
            const history::Audience& audience) {
  const auto row = store::find_job(db, uploaded.api_key, uploaded.job);
  if (!row || (!uploaded.error && uploaded.key.empty())) return;
  const auto uploads = store::uploads_of_job(db, uploaded.api_key, uploaded.job);
  const auto it = std::ranges::find(uploads, uploaded.id, &store::Upload::id);
  if (it == uploads.end()) return;
  EgressJob job = history::egress_job_of(*row);
  for (EgressOutput& output : job.outputs) {
    if (output.path.empty() || !it->wanted.path.ends_with("/" + output.path)) continue;
    (uploaded.error ? output.upload_error : output.object) = uploaded.error.value_or(uploaded.key);
  }
  if (!uploaded.error) return history::write_egress(db, job, io::unix_ms());
  if (job.error.empty()) job.error = "a file was not uploaded: " + *uploaded.error;
  if (!row->deleted) history::upload_failed(db, job, io::unix_ms(), audience);
}

}  // namespace

std::function<void(store::Database&, const EgressJob&)> upload_order(const Config& config) {
  if (config.data_dir.empty()) return {};
  return [&config](store::Database& db, const EgressJob& job) {
    for (const EgressOutput& output : job.outputs)
      if (output.type != EgressOutput::Type::stream && output.bytes > 0)
        enqueue(db, config, job, output);
  };
}

std::unique_ptr<storage::Uploader> make_uploader(store::Store& store, const Config& config,
                                                 history::Audience audience,
                                                 std::function<void()> told) {
  if (config.data_dir.empty()) return nullptr;
  storage::Uploader::Options options;
  options.node = config.node_id;
  if (!config.storage_s3.bucket.empty()) options.s3 = config.storage_s3;
  options.http.allow_private = config.webhook_allow_private;
  options.retry = retry_policy(config.storage_retry);
  options.record = [audience = std::move(audience)](store::Database& db,
                                                    const storage::Uploaded& uploaded) {
    record(db, uploaded, audience);
  };
  options.ended = [told = std::move(told)](const storage::Uploaded& uploaded) {
    if (!uploaded.error) return;
    log::error("job {}: not uploaded: {}", uploaded.job, *uploaded.error);
    told();
  };
  return std::make_unique<storage::Uploader>(store, std::move(options));
}

std::function<std::string(const std::string&, std::int64_t)> object_links(const Config& config) {
  if (config.storage_s3.bucket.empty()) return {};
  // Uploaded::key has the prefix already, and signing puts it before what it is given.
  return [settings = config.storage_s3](const std::string& key, std::int64_t now_ms) {
    const std::size_t prefix = settings.prefix.empty() ? 0 : settings.prefix.size() + 1;
    return storage::signed_object_url(settings, key.substr(std::min(prefix, key.size())),
                                      now_ms / 1000, kLinkSeconds);
  };
}

}  // namespace plenum::server
