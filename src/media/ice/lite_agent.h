#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/output_queue.h"
#include "base/time.h"
#include "media/ice/credentials.h"
#include "media/ice/output.h"
#include "media/stun/message.h"

namespace plenum::ice {

/// What became of a STUN datagram, so that the caller can count it.
enum class Verdict : std::uint8_t {
  accepted,         ///< authenticated and answered with success
  refused,          ///< authenticated but answered with an error (420, 487)
  malformed,        ///< dropped without an answer
  unauthenticated,  ///< dropped without an answer, no state touched
  irrelevant,       ///< a response, an indication or another method: dropped
};

/// The server's side of ICE: a lite agent (RFC 8445 section 2.5), always controlled. It answers
/// authenticated checks, learns the peer's addresses only from them, follows the peer's
/// nomination and notices when consent ends. It never sends a check itself. Sans-I/O; one shard.
class LiteAgent {
 public:
  struct Config {
    /// RFC 7675 section 5.1.
    Duration consent_timeout = std::chrono::seconds(30);
    /// A check without USE-CANDIDATE on another path moves the selection once the selected path
    /// has been silent this long. The first holds for peers that nominate once (Firefox: its
    /// consent checks come every 4.5…5.5 s and carry no USE-CANDIDATE); the second for peers that
    /// repeat USE-CANDIDATE on each check (Chromium, every 2.5 s) and so can speak for themselves.
    Duration silence_once_nominated = std::chrono::seconds(3);
    Duration silence_always_nominated = std::chrono::seconds(6);
    /// Remembered paths; the least recently checked one falls out, never the selected one.
    std::size_t max_paths = 16;
  };

  explicit LiteAgent(Credentials local) : LiteAgent(std::move(local), Config{}) {}
  LiteAgent(Credentials local, Config config);

  /// Until this is called the remote half of USERNAME is not compared.
  void set_remote(Credentials remote);
  /// New local credentials. The selected path and the old credentials stay good until a check with
  /// the new ones succeeds; then that check's path is selected.
  void restart(Credentials new_local);

  Verdict handle_stun(Bytes datagram, const Path& from, TimePoint now);
  /// The path exists no more (a TCP connection was closed). If it was the selected one, the next
  /// check selects another; consent ends when none comes.
  void forget(const Path& path);
  std::optional<Output> poll_output();
  /// kNever until a check was accepted.
  TimePoint next_timeout() const;
  void handle_timeout(TimePoint now);

  const Credentials& local() const { return current_.local; }
  /// True if an authenticated check came this way. Packets from other paths must be dropped.
  bool is_validated(const Path& path) const { return find(path) != nullptr; }
  std::optional<Path> selected() const;
  /// When the last authenticated check came, on any path; nothing once consent has ended.
  std::optional<TimePoint> last_check() const { return last_check_; }
  /// True if the datagram's USERNAME begins with one of our user fragments (no authentication).
  bool owns_ufrag(std::string_view ufrag) const;

 private:
  struct Generation {
    Credentials local;
    std::optional<Credentials> remote;
  };
  struct KnownPath {
    Path path;
    TimePoint last_check;
    std::uint32_t priority = 0;
    bool nominated_by_first_check = false;
    bool last_check_nominated = false;
  };

  const Generation* authenticate(const stun::MessageView& m) const;
  bool is_replay(const stun::TransactionId& id, const Path& from);
  const KnownPath* find(const Path& path) const;
  KnownPath& note_check(const stun::MessageView& m, const Path& from, TimePoint now);
  bool should_select(const KnownPath& checked, bool first_of_generation, TimePoint now) const;
  void select(const Path& path);
  void answer_success(const stun::MessageView& m, const Path& to, const Generation& g);
  void answer_error(const stun::MessageView& m, const Path& to, const Generation& g, int code);
  void forget_least_recent();

  Config config_;
  Generation current_;
  std::optional<Generation> previous_;
  /// No check with the current credentials has been accepted yet.
  bool generation_fresh_ = true;
  std::vector<KnownPath> paths_;
  /// More checks than a client sends in a minute on several paths.
  static constexpr std::size_t kRememberedChecks = 256;
  std::vector<std::pair<stun::TransactionId, Path>> recent_checks_;
  std::size_t next_check_ = 0;
  std::optional<Path> selected_;
  std::optional<TimePoint> last_check_;
  OutputQueue<Output> outputs_;
};

}  // namespace plenum::ice
