#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/http.h"
#include "storage/s3_answers.h"
#include "storage/sigv4.h"

namespace plenum::storage {

/// Where a bucket is and who writes there.
struct S3Settings {
  /// "https://s3.example:9000", without a slash at its end; empty = Amazon's of the region.
  std::string endpoint{};
  std::string region = "us-east-1";
  std::string bucket{};
  /// Before each key; empty, or without slashes at its ends.
  std::string prefix{};
  Credentials credentials{};
  /// https://host/bucket/key instead of https://bucket.host/key.
  bool path_style = false;
};

/// Why an object may not have that key, which comes behind the prefix; nullopt when it may.
std::optional<std::string> key_fault(const S3Settings& settings, const std::string& key);
/// The object's URL, unsigned. `key` is without the prefix, here and below.
std::string object_url(const S3Settings& settings, const std::string& key);
/// The same for whoever has it to read for `valid_s` seconds, at most a week, from `unix_s` on.
std::string signed_object_url(const S3Settings& settings, const std::string& key,
                              std::int64_t unix_s, std::int64_t valid_s);

/// What is said of an object besides its bytes.
struct ObjectKind {
  std::string content_type = "application/octet-stream";
  /// Empty = none.
  std::string cache_control{};
  /// Read back by is_stored(), to know our own upload again.
  std::string mark{};
};

struct S3Failure {
  /// In a few words for people, without secrets.
  std::string what;
  /// S3's word for it ("NoSuchUpload"); empty without an answer.
  std::string code{};
};
template <class T>
using S3Result = Result<T, S3Failure>;

/// Writes objects to one bucket. Blocks; for the thread that owns `http`.
class S3Client {
 public:
  /// Unix seconds.
  using Clock = std::function<std::int64_t()>;
  /// All must outlive it.
  S3Client(const S3Settings& settings, Http& http, Clock unix_s)
      : settings_(settings), http_(http), unix_s_(std::move(unix_s)) {}

  S3Result<Ok> put_object(const std::string& key, const ObjectKind& kind, std::string_view bytes);
  /// Whether the object is there with this size and mark.
  bool is_stored(const std::string& key, std::uint64_t bytes, const std::string& mark);

  /// Answers the id of the upload.
  S3Result<std::string> create_upload(const std::string& key, const ObjectKind& kind);
  /// Answers the part's tag. `number`: 1…10 000.
  S3Result<std::string> upload_part(const std::string& key, const std::string& upload, int number,
                                    std::string_view bytes);
  S3Result<std::vector<Part>> list_parts(const std::string& key, const std::string& upload);
  /// `parts` in ascending order.
  S3Result<Ok> complete_upload(const std::string& key, const std::string& upload,
                               const std::vector<Part>& parts);
  /// What is gone already counts as aborted.
  S3Result<Ok> abort_upload(const std::string& key, const std::string& upload);
  /// The ids of uploads of this key that were begun and have not ended.
  S3Result<std::vector<std::string>> list_uploads(const std::string& key);

 private:
  struct Call {
    std::string method;
    std::string key{};  // whole; empty = the bucket itself
    Pairs query{};
    Pairs headers{};
    std::string_view body{};
  };
  S3Result<HttpAnswer> send(const Call& call);

  const S3Settings& settings_;
  Http& http_;
  const Clock unix_s_;
};

}  // namespace plenum::storage
