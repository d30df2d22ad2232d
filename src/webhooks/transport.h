#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/time.h"
#include "webhooks/request.h"
#include "webhooks/retry.h"

namespace plenum::webhooks {

/// Many POSTs at once on one thread, over libcurl. Follows no redirect, uses no proxy, and connects
/// only to addresses that the guard lets pass: it is asked with the very address of each connect,
/// so a name that changes between check and use gains nothing.
class Transport {
 public:
  struct Options {
    bool allow_private = false;
    /// Name resolution included.
    Duration connect_timeout = 5s;
    Duration total_timeout = 10s;
    /// What is read of an answer's body, and thrown away; a longer one is cut.
    std::size_t max_body_bytes = 64 * 1024;
  };
  /// An attempt that ended.
  struct Done {
    std::uint64_t id = 0;
    Outcome outcome;
  };

  /// Throws std::runtime_error.
  explicit Transport(const Options& options);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// The result comes from poll(), also when the request is refused at once. Ids are the caller's.
  void start(std::uint64_t id, Request request);
  /// Works until something has ended, wake() was called or so much time has passed.
  std::vector<Done> poll(Duration wait);
  /// The only function for other threads.
  void wake();
  std::size_t under_way() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace plenum::webhooks
