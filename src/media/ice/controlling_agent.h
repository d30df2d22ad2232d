#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/output_queue.h"
#include "base/time.h"
#include "media/ice/credentials.h"
#include "media/ice/output.h"
#include "media/stun/message.h"

namespace plenum::ice {

/// The client's side of ICE against a lite peer: a controlling agent with regular nomination
/// (RFC 8445 sections 6, 7.2 and 8.1.1) and consent checks (RFC 7675), for the load generator and
/// tests. One pair per remote candidate; it gathers nothing and answers no checks. Sans-I/O.
class ControllingAgent {
 public:
  struct Config {
    Duration pacing = std::chrono::milliseconds(50);              // Ta, RFC 8445 section 14.2
    Duration initial_rto = std::chrono::milliseconds(500);        // RFC 8489 section 6.2.1
    int max_requests = 7;                                         // Rc, ibid.
    Duration consent_interval = std::chrono::milliseconds(2500);  // as Chromium
    Duration failure_timeout = std::chrono::seconds(15);
  };

  explicit ControllingAgent(Credentials local) : ControllingAgent(std::move(local), Config{}) {}
  ControllingAgent(Credentials local, Config config);

  /// Begins checking, best candidate first. Also ends a restart.
  void set_remote(Credentials remote, std::vector<Path> candidates, TimePoint now);
  void add_remote_candidate(const Path& candidate, TimePoint now);
  /// New local credentials; the selected path stays in use until the new ones found one.
  void restart(Credentials new_local);

  /// False when the datagram was not the answer to one of our checks, or was not authentic.
  bool handle_stun(Bytes datagram, const Path& from, TimePoint now);
  std::optional<Output> poll_output();
  TimePoint next_timeout() const;
  void handle_timeout(TimePoint now);

  const Credentials& local() const { return local_; }
  bool is_validated(const Path& path) const;
  std::optional<Path> selected() const { return selected_; }

 private:
  enum class PairState : std::uint8_t { waiting, in_progress, succeeded, failed };
  struct Pair {
    Path remote;
    PairState state = PairState::waiting;
    bool nominating = false;
    /// Of the check in flight.
    stun::TransactionId transaction{};
    int requests_sent = 0;
    TimePoint retransmit_at = kNever;
    TimePoint next_consent = kNever;
    std::uint32_t priority = 0;
  };

  void start_check(Pair& pair, TimePoint now);
  void send_request(Pair& pair, TimePoint now);
  void retransmit_or_give_up(Pair& pair, TimePoint now);
  void on_success(Pair& pair, TimePoint now);
  Pair* next_waiting();
  void fail();

  Config config_;
  Credentials local_;
  std::optional<Credentials> remote_;
  std::uint64_t tie_breaker_;
  std::vector<Pair> pairs_;
  std::optional<std::size_t> nominee_;
  TimePoint next_check_ = kNever;
  TimePoint fail_at_ = kNever;
  std::optional<Path> selected_;
  OutputQueue<Output> outputs_;
};

}  // namespace plenum::ice
