#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/time.h"
#include "media/dtls/endpoint.h"
#include "media/dtls/record.h"

struct ssl_st;
struct timeval;

namespace plenum::dtls {

/// One handshake and what grows out of it: the library's DTLS object between two memory queues.
/// Internal to Endpoint, which decides which association counts.
///
/// Plaintext records are renumbered before the library sees them: a forged one with a high
/// sequence number could otherwise move the replay window past the real peer's. Handshake message
/// numbers still remove duplicates. Plaintext alerts are dropped, since anybody can write one.
class Association {
 public:
  enum class Phase : std::uint8_t { handshaking, complete, dead };

  Association(const Certificate& certificate, Role role, const Endpoint::Config& config,
              TimePoint now);
  Association(const Association&) = delete;
  Association& operator=(const Association&) = delete;
  ~Association();

  /// Client: produces the hello.
  void start(TimePoint now);
  void feed(Bytes datagram, TimePoint now);
  bool send(Bytes data);
  void send_close_notify();
  TimePoint next_timeout() const;
  /// `may_retransmit` false: the flight waits for the next round of the timer.
  void handle_timeout(TimePoint now, bool may_retransmit);

  bool peer_matches(const Fingerprint& fingerprint) const;
  std::optional<Connected> export_keys() const;

  Phase phase() const { return phase_; }
  /// Why phase() is dead.
  FailReason fail_reason() const { return fail_reason_; }
  bool closed_by_peer() const { return closed_by_peer_; }
  /// The peer has answered our flight: not a mere hello any more.
  bool has_progressed() const;

  std::vector<Buffer> take_datagrams();
  std::vector<Buffer> take_data() { return std::exchange(received_, {}); }

  /// Of the hello that opened it; unknown while only later fragments have come.
  std::optional<HelloRandom> hello_random;
  TimePoint last_hello;

 private:
  friend struct WireBio;
  /// What the library's BIO reads and writes.
  struct Wire {
    Bytes inbox;
    std::vector<Buffer> outbox;
    /// The library's own timer, see backdate_timer() in the source.
    timeval* library_deadline = nullptr;
    bool timer_running = false;
    bool timer_started = false;
  };
  struct FreeSsl {
    void operator()(ssl_st* s) const;
  };

  std::optional<Buffer> admit(Bytes datagram);
  bool admits(const RecordView& record);
  void handshake();
  void read();
  void reschedule(TimePoint now);
  void die(FailReason reason);
  static unsigned on_library_timer(ssl_st* ssl, unsigned previous_us);

  Role role_;
  const Duration initial_retransmit_;
  const Duration max_retransmit_;
  const std::size_t max_handshake_bytes_;
  Wire wire_;  // before ssl_, which uses it until it is freed
  std::unique_ptr<ssl_st, FreeSsl> ssl_;
  Phase phase_ = Phase::handshaking;
  FailReason fail_reason_ = FailReason::handshake_failed;
  bool closed_by_peer_ = false;
  std::uint64_t plaintext_sequence_ = 0;
  std::size_t handshake_bytes_ = 0;
  std::size_t early_records_ = 0;
  Duration retransmit_after_{};
  TimePoint retransmit_at_ = kNever;
  TimePoint give_up_at_;
  std::vector<Buffer> received_;
};

}  // namespace plenum::dtls
