#include "storage/uploader.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "base/crypto.h"
#include "base/log.h"
#include "io/clock.h"
#include "storage/files.h"
#include "storage/upload_work.h"

namespace plenum::storage {
namespace {

/// After the store failed, and the longest sleep without work.
constexpr Duration kStoreRetry = 1s;
constexpr Duration kMaxSleep = 60s;
constexpr std::int64_t kCleanAtOnce = 1000;

/// Uniform in [0, 1).
double jitter() { return static_cast<double>(crypto::random_u32()) / 4294967296.0; }

std::int64_t ms(Duration d) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
}

std::int64_t unix_s() { return io::unix_ms() / 1000; }

}  // namespace

/// What the threads have in common. Each works on uploads that only it has claimed.
class Uploader::Shared {
 public:
  Shared(store::Store& store, Options options) : store_(store), options_(std::move(options)) {
    store_.run([&](store::Database& db) { store::release_uploads(db, options_.node); });
    const std::size_t count = std::clamp<std::size_t>(options_.at_once, 1, 64);
    try {
      for (std::size_t i = 0; i < count; ++i)
        threads_.emplace_back(
            [this, i, http = std::make_unique<Http>(options_.http, stopping_)] { work(i, *http); });
    } catch (...) {
      stop();
      throw;
    }
  }

  void wake() {
    {
      const std::lock_guard lock(mutex_);
      ++wakes_;
    }
    woken_.notify_all();
  }
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    woken_.notify_all();
    for (std::thread& t : threads_) t.join();
    threads_.clear();
  }
  Counters counters() const {
    return {.done = done_, .failed_attempts = failed_, .given_up = given_up_, .bytes = bytes_};
  }

 private:
  /// What a thread does next: an upload, or how long there is none.
  struct Next {
    std::optional<store::Upload> upload;
    Duration wait = kMaxSleep;
  };

  void work(std::size_t thread, Http& http);
  /// False = the store does not answer.
  bool in_store(const store::Store::Work& job);
  Next next(bool presigned);
  void upload(Http& http, const store::Upload& upload);
  void postpone(const store::Upload& upload, std::int64_t failed, Duration wait,
                const std::string& error);
  void finish(const store::Upload& upload, const WorkEnd& end);
  void clean(const store::Upload& upload);
  void clean_left_over();
  /// False = stop now. Without `until_wake` only that ends it early.
  bool pause(Duration wait, std::optional<std::uint64_t> until_wake = std::nullopt);
  std::uint64_t wakes() {
    const std::lock_guard lock(mutex_);
    return wakes_;
  }

  store::Store& store_;
  const Options options_;
  std::mutex mutex_;
  std::condition_variable woken_;
  std::uint64_t wakes_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint64_t> done_ = 0, failed_ = 0, given_up_ = 0, bytes_ = 0;
  std::vector<std::thread> threads_;
};

bool Uploader::Shared::pause(Duration wait, std::optional<std::uint64_t> until_wake) {
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, wait, [&] { return stopping_ || (until_wake && wakes_ != *until_wake); });
  return !stopping_;
}

bool Uploader::Shared::in_store(const store::Store::Work& job) {
  try {
    store_.run(job);  // waiting is what this thread is for
    return true;
  } catch (const store::StoreError& e) {
    log::warn("Uploads wait for the store: {}", e.what());
    return false;
  }
}

void Uploader::Shared::work(std::size_t thread, Http& http) {
  const bool presigned = thread == 0 || thread < (options_.at_once + 1) / 2;
  if (thread == 0) clean_left_over();
  while (!stopping_) {
    const std::uint64_t seen = wakes();
    const Next found = next(presigned);
    if (found.upload)
      upload(http, *found.upload);
    else
      pause(found.wait, seen);
  }
}

Uploader::Shared::Next Uploader::Shared::next(bool presigned) {
  Next found;
  const std::int64_t now_ms = io::unix_ms();
  std::optional<std::int64_t> due_ms;
  const bool answered = in_store([&](store::Database& db) {
    found.upload = store::claim_upload(db, options_.node, presigned, now_ms);
    if (!found.upload) due_ms = store::next_upload_ms(db, options_.node, presigned);
  });
  if (!answered) return {.upload = std::nullopt, .wait = kStoreRetry};
  if (due_ms)
    found.wait = std::clamp<Duration>(std::chrono::milliseconds(*due_ms - now_ms), 1ms, kMaxSleep);
  return found;
}

void Uploader::Shared::upload(Http& http, const store::Upload& upload) {
  UploadWork work({.store = store_,
                   .http = http,
                   .settings = options_.s3 ? &*options_.s3 : nullptr,
                   .unix_s = unix_s,
                   .pause = [this](Duration wait) { return pause(wait); },
                   .part_pause = options_.retry.part_pause,
                   .part_bytes = options_.part_bytes},
                  upload);
  WorkEnd end;
  try {
    end = work.run();
  } catch (const store::StoreError&) {
    // Its fault, not the upload's: once it answers, everything goes on.
    return postpone(upload, upload.attempts, kStoreRetry, "the server's store did not answer");
  } catch (const std::exception& e) {
    log::error("Upload {} fails: {}", upload.id, e.what());
    end = {.error = "the server failed"};
  }
  if (stopping_ && end.error) return;  // the next start takes it up
  if (!end.error) return finish(upload, end);
  ++failed_;
  const std::int64_t failed = end.progressed ? 0 : upload.attempts + 1;
  const Duration age = std::chrono::milliseconds(io::unix_ms() - upload.wanted.created_ms);
  const auto wait = next_wait(options_.retry, failed, age, jitter());
  log::warn("Upload {} of job {} failed: {}", upload.id, upload.wanted.job, *end.error);
  if (wait && !end.hopeless) return postpone(upload, failed, *wait, *end.error);
  work.abandon();
  finish(upload, end);
}

void Uploader::Shared::postpone(const store::Upload& upload, std::int64_t failed, Duration wait,
                                const std::string& error) {
  const std::int64_t at_ms = io::unix_ms() + ms(wait);
  while (!in_store(
      [&](store::Database& db) { store::postpone_upload(db, upload.id, failed, at_ms, error); }))
    if (!pause(kStoreRetry)) return;
}

void Uploader::Shared::finish(const store::Upload& upload, const WorkEnd& end) {
  const bool s3 = upload.wanted.kind == store::UploadKind::s3;
  Uploaded ended{.id = upload.id,
                 .api_key = upload.wanted.api_key,
                 .job = upload.wanted.job,
                 .kind = upload.wanted.kind,
                 .location = end.location.value_or(""),
                 .bytes = end.bytes,
                 .error = end.error};
  if (s3 && options_.s3)
    ended.key =
        (options_.s3->prefix.empty() ? "" : options_.s3->prefix + "/") + upload.wanted.target;
  const store::UploadEnd row{.error = end.error,
                             .location = end.location,
                             .bytes = static_cast<std::int64_t>(end.bytes),
                             .at_ms = io::unix_ms()};
  while (!in_store([&](store::Database& db) {
    if (store::finish_upload(db, upload.id, row) && options_.record) options_.record(db, ended);
  }))
    if (!pause(kStoreRetry)) return;
  if (end.error) {
    ++given_up_;
    log::error("Upload {} of job {} is given up; the local files are kept", upload.id,
               upload.wanted.job);
  } else {
    ++done_;
    bytes_ += end.bytes;
    log::info("Upload {} of job {} is done: {} bytes", upload.id, upload.wanted.job, end.bytes);
    if (upload.wanted.delete_local) clean(upload);
  }
  if (options_.ended) options_.ended(ended);
}

void Uploader::Shared::clean(const store::Upload& upload) {
  if (!delete_local(upload.wanted.path)) {
    log::warn("The local files of upload {} cannot be deleted", upload.id);
    return;
  }
  delete_if_empty(upload.wanted.path.substr(0, upload.wanted.path.rfind('/')));
  in_store([&](store::Database& db) { store::local_files_deleted(db, upload.id); });
}

void Uploader::Shared::clean_left_over() {
  std::vector<store::Upload> left;
  in_store([&](store::Database& db) {
    left = store::uploads_to_clean(db, options_.node, kCleanAtOnce);
  });
  for (const store::Upload& u : left) clean(u);
}

Uploader::Uploader(store::Store& store, Options options)
    : shared_(std::make_unique<Shared>(store, std::move(options))) {}

Uploader::~Uploader() { stop(); }

void Uploader::wake() { shared_->wake(); }

void Uploader::stop() { shared_->stop(); }

Uploader::Counters Uploader::counters() const { return shared_->counters(); }

}  // namespace plenum::storage
