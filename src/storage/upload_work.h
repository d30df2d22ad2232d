#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "storage/files.h"
#include "storage/s3_client.h"
#include "store/store.h"
#include "store/uploads.h"

namespace plenum::storage {

/// How one attempt at an upload ended.
struct WorkEnd {
  /// nullopt = done. In a few words for people.
  std::optional<std::string> error = std::nullopt;
  /// No later attempt can end otherwise.
  bool hopeless = false;
  /// A file or a part went over that had not been there.
  bool progressed = false;
  std::uint64_t bytes = 0;
  std::optional<std::string> location = std::nullopt;
};

/// Uploads one claimed row of the queue: takes up what earlier attempts left (their multipart
/// uploads, and files that are done), and writes down what the next one would need. For one thread.
class UploadWork {
 public:
  struct Around {
    store::Store& store;
    Http& http;
    /// nullptr = no bucket is configured.
    const S3Settings* settings = nullptr;
    S3Client::Clock unix_s;
    /// Waits; false = stop now.
    std::function<bool(Duration)> pause;
    /// See RetryPolicy.
    Duration part_pause = 1s;
    /// Of multipart uploads, at least 5 MiB, S3 says. Smaller files go in one piece.
    std::uint64_t part_bytes = std::uint64_t{8} << 20;
  };
  UploadWork(Around around, const store::Upload& upload);

  /// Throws StoreError when the store fails.
  WorkEnd run();
  /// Throws away what a given up upload has left in the bucket, as far as that succeeds.
  void abandon();

 private:
  /// nullopt = done.
  using Failure = std::optional<std::string>;

  WorkEnd run_s3(const std::vector<LocalFile>& files);
  WorkEnd run_presigned(const std::vector<LocalFile>& files);
  Failure store_file(const LocalFile& file);
  Failure store_whole(const LocalFile& file, int fd);
  Failure store_in_parts(const LocalFile& file, int fd);
  /// Parts that are there; fills in the multipart upload, which may be a new one. nullopt = the
  /// whole object is there.
  S3Result<std::optional<std::vector<Part>>> resume(const LocalFile& file,
                                                    store::UploadFile& known);
  S3Result<std::string> send_part(const std::string& key, const std::string& multipart, int number,
                                  const std::string& bytes);
  Failure send_parts(const LocalFile& file, int fd, const store::UploadFile& known,
                     const std::vector<Part>& there);

  std::string key_of(const LocalFile& file) const;
  ObjectKind kind_of(const LocalFile& file) const;
  store::UploadFile known_of(const std::string& name) const;
  void write_down(const store::UploadFile& file);

  Around around_;
  const store::Upload& upload_;
  std::optional<S3Client> client_;
  std::vector<store::UploadFile> known_;
  bool progressed_ = false;
};

}  // namespace plenum::storage
