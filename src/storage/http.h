#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace plenum::storage {

/// Longest URL of a request, in bytes.
inline constexpr std::size_t kMaxUrlBytes = 8192;

/// What a request sends: bytes that somebody else keeps, or a file from its beginning.
struct Body {
  std::string_view bytes{};
  /// Used when it is not negative; `file_bytes` of it are sent.
  int file = -1;
  std::uint64_t file_bytes = 0;

  std::uint64_t size() const { return file >= 0 ? file_bytes : bytes.size(); }
};

struct HttpRequest {
  std::string method;
  std::string url;
  /// "Name: value".
  std::vector<std::string> headers{};
  Body body{};
  /// The URL is a stranger's: only addresses that the outbound guard lets pass.
  bool guarded = false;
};

struct HttpAnswer {
  long status = 0;
  std::string body{};
  std::string etag{};
  /// Of the header that marks our own uploads.
  std::string mark{};
  std::uint64_t content_length = 0;
};

/// In a few words for people, without the URL.
struct HttpFailure {
  std::string what;
  /// No later attempt can end otherwise.
  bool hopeless = false;
};

/// The response header behind HttpAnswer::mark.
inline constexpr const char* kMarkHeader = "x-amz-meta-plenum-upload";

/// One request after the other over libcurl, for one thread, which waits for each. Keeps its
/// connections, follows no redirect and uses no proxy.
class Http {
 public:
  struct Options {
    Duration connect_timeout = 10s;
    /// A body that goes out slower than `min_bytes_per_s` for so long is given up.
    Duration stall_timeout = 30s;
    long min_bytes_per_s = 8 * 1024;
    /// How long the answer to a small body may take: putting parts together takes minutes.
    Duration answer_timeout = 300s;
    /// For guarded requests.
    bool allow_private = false;
    /// Longer answers are cut.
    std::size_t max_answer_bytes = std::size_t{2} << 20;
  };

  /// `stopping` ends a transfer within a second when it becomes true; it outlives this. Throws
  /// std::runtime_error.
  Http(const Options& options, const std::atomic<bool>& stopping);
  ~Http();
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  /// Any answer is one, whatever its status.
  Result<HttpAnswer, HttpFailure> perform(const HttpRequest& request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace plenum::storage
