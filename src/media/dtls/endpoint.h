#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/output_queue.h"
#include "base/time.h"
#include "media/dtls/certificate.h"
#include "media/dtls/record.h"

namespace plenum::dtls {

class Association;

enum class Role : std::uint8_t { client, server };

/// use_srtp protection profiles: RFC 5764 section 4.1.2 and RFC 7714 section 14.2.
inline constexpr std::uint16_t kSrtpAes128CmSha1_80 = 0x0001;
inline constexpr std::uint16_t kSrtpAeadAes128Gcm = 0x0007;
inline constexpr std::uint16_t kSrtpAeadAes256Gcm = 0x0008;

enum class FailReason : std::uint8_t {
  certificate_mismatch,
  handshake_failed,  ///< client only: the server starts afresh instead
  no_srtp_profile,
  timeout,  ///< client only
};

struct Transmit {
  Buffer datagram;
};
/// The handshake is complete and the peer's certificate is the announced one. Comes once.
struct Connected {
  std::uint16_t srtp_profile;
  /// client key | server key | client salt | server salt (RFC 5764 section 4.2).
  std::vector<std::byte> keying_material;
  bool is_client;
};
/// One record of application data (an SCTP packet).
struct Data {
  Buffer bytes;
};
struct Failed {
  FailReason reason;
};
/// The peer said close_notify.
struct Closed {};
using Output = std::variant<Transmit, Connected, Data, Failed, Closed>;

/// One peer's DTLS 1.2 association for SRTP keys and data channels: RFC 6347, RFC 5764, RFC 8827
/// section 6.5. Sans-I/O; one shard. Feed it only datagrams from paths that ICE has validated: it
/// sends no cookies (browsers' hellos do not fit one datagram, and ICE proved the return path).
///
/// Nothing is exported before the peer's certificate was compared with a fingerprint that was
/// set; that may happen after the handshake. As server it survives hellos of strangers: up to
/// kMaxAttempts handshakes run side by side, told apart by the hello's random, and one that fails
/// is dropped silently.
class Endpoint {
 public:
  struct Config {
    /// In order of preference; as server ours decides.
    std::vector<std::uint16_t> srtp_profiles = {kSrtpAeadAes128Gcm, kSrtpAeadAes256Gcm,
                                                kSrtpAes128CmSha1_80};
    std::size_t mtu_bytes = 1200;
    Duration attempt_timeout = std::chrono::seconds(15);
    std::size_t max_handshake_bytes = 16384;
    /// Doubles up to the maximum (RFC 6347 section 4.2.4.1 has 1 s and 60 s for unknown networks;
    /// ICE has just measured this one, and browsers begin with 50 ms).
    Duration initial_retransmit = std::chrono::milliseconds(100);
    Duration max_retransmit = std::chrono::milliseconds(3200);
  };
  static constexpr std::size_t kMaxAttempts = 3;
  /// Longest piece of application data that send() takes.
  static constexpr std::size_t kMaxData = Buffer::kCapacity - 128;

  struct Counters {
    std::uint64_t dropped_datagrams = 0;  ///< not DTLS records, or not awaited
    std::uint64_t dropped_attempts = 0;   ///< server: failed, outgrown or crowded-out handshakes
  };

  Endpoint(const Certificate& certificate, Role role) : Endpoint(certificate, role, Config{}) {}
  Endpoint(const Certificate& certificate, Role role, Config config);
  ~Endpoint();
  Endpoint(Endpoint&&) noexcept;
  Endpoint& operator=(Endpoint&&) noexcept;

  /// May come at any time; a different one after Connected fails the endpoint.
  void set_remote_fingerprint(Fingerprint fingerprint);
  /// Client: sends the hello. Server: nothing to do, may be left out.
  void start(TimePoint now);
  void handle_datagram(Bytes datagram, TimePoint now);
  /// False (and nothing sent) unless connected and data.size() <= kMaxData.
  bool send(Bytes data);
  /// Sends close_notify if connected. Nothing comes in or out afterwards.
  void close();

  std::optional<Output> poll_output();
  TimePoint next_timeout() const;
  void handle_timeout(TimePoint now);

  bool is_connected() const { return state_ == State::connected; }
  Role role() const { return role_; }
  const Counters& counters() const { return counters_; }

 private:
  enum class State : std::uint8_t { handshaking, connected, closed, failed };

  Association& attempt_of(const HelloRandom& random, TimePoint now);
  Association& open_attempt(TimePoint now);
  /// After anything happened to the attempts: collects output, drops the dead, perhaps connects.
  void settle();
  std::optional<FailReason> examine(Association& a);
  bool is_final(FailReason reason) const;
  void say_goodbye(Association& a);
  void deliver(Association& a);
  void fail(FailReason reason);

  const Certificate* certificate_;
  Role role_;
  Config config_;
  State state_ = State::handshaking;
  std::optional<Fingerprint> remote_fingerprint_;
  /// Handshakes under way, or complete but waiting for the fingerprint. One once connected.
  std::vector<std::unique_ptr<Association>> attempts_;
  OutputQueue<Output> outputs_;
  Counters counters_;
};

}  // namespace plenum::dtls
