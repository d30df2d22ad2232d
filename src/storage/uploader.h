#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/time.h"
#include "storage/http.h"
#include "storage/retry.h"
#include "storage/s3_client.h"
#include "store/store.h"
#include "store/uploads.h"

namespace plenum::storage {

/// An upload that has ended.
struct Uploaded {
  /// As enqueue_upload() answered.
  std::string id;
  std::string api_key, job;
  store::UploadKind kind = store::UploadKind::s3;
  /// In the bucket, with its prefix; empty of a presigned one. A folder's is what its files' keys
  /// begin with.
  std::string key{};
  /// Unsigned; see signed_object_url() for one to give away. Empty of a presigned one.
  std::string location{};
  std::uint64_t bytes = 0;
  /// nullopt = done; else it was given up, the local files are kept, and this says why in words
  /// that the tenant may read.
  std::optional<std::string> error = std::nullopt;
};

/// Uploads what lies in the queue (store/uploads.h) and is on this node's disk, on threads of its
/// own, a few at once. What a kill or a stop interrupts goes on at the next start: parts that are
/// over are not sent again, finished uploads not repeated (a presigned one may be, if the kill
/// comes before its end is recorded).
///
/// To upload a file: in any transaction, `store::enqueue_upload(db, {...})`; after its commit,
/// `wake()`.
class Uploader {
 public:
  struct Options {
    /// Config's node-id.
    std::string node;
    /// nullopt = no bucket; uploads to it fail.
    std::optional<S3Settings> s3 = std::nullopt;
    RetryPolicy retry{};
    /// http.allow_private is for presigned URLs; the operator's own endpoint may be anywhere.
    Http::Options http{};
    /// Threads, 1…64. Half of them, and one at least, serve presigned URLs: strangers' slow servers
    /// do not keep the bucket waiting.
    std::size_t at_once = 4;
    /// See UploadWork.
    std::uint64_t part_bytes = std::uint64_t{8} << 20;

    /// Called on the store's thread, in the transaction that records the end: what it writes is
    /// there exactly when the end is. Once for each upload. It may throw StoreError.
    std::function<void(store::Database&, const Uploaded&)> record{};
    /// Called on an uploader's thread after that commit. A kill may come between.
    std::function<void(const Uploaded&)> ended{};
  };
  /// Since the start.
  struct Counters {
    std::uint64_t done = 0, failed_attempts = 0, given_up = 0, bytes = 0;
  };

  /// `store` must outlive it. Throws StoreError or std::runtime_error.
  Uploader(store::Store& store, Options options);
  ~Uploader();
  Uploader(const Uploader&) = delete;
  Uploader& operator=(const Uploader&) = delete;

  /// Something was put into the queue and is committed. From any thread; never blocks.
  void wake();
  /// Cuts what is under way and returns, within about a second, once the store has answered.
  void stop();
  /// From any thread.
  Counters counters() const;

 private:
  class Shared;
  std::unique_ptr<Shared> shared_;
};

}  // namespace plenum::storage
