#pragma once
#include <compare>
#include <cstdint>
#include <list>
#include <map>
#include <string>

namespace plenum::control {

/// Which tokens of removed participants open their room no longer (livekit-wire 8.2). Sees one
/// node and forgets with the process. All times are Unix seconds.
class Revocations {
 public:
  /// A participant of a room of a key.
  struct Whom {
    std::string api_key, room, identity;
    friend auto operator<=>(const Whom&, const Whom&) = default;
  };

  struct Config {
    /// After this a token may be used again; those of a usual life have expired long before.
    std::int64_t memory_seconds = std::int64_t{7} * 24 * 3600;
    /// More push out the oldest.
    std::size_t max_entries = 20'000;
  };

  Revocations() : Revocations(Config{}) {}
  explicit Revocations(Config config) : config_(config) {}

  /// Tokens of that participant that are valid since before `before` are refused from now on.
  /// An earlier, larger `before` stays in force.
  void revoke(const Whom& whom, std::int64_t before, std::int64_t now);
  bool is_revoked(const Whom& whom, std::int64_t not_before, std::int64_t now) const;
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::int64_t before = 0;
    std::int64_t noted_at = 0;
    std::list<Whom>::iterator place;
  };
  void forget_old(std::int64_t now);

  Config config_;
  std::map<Whom, Entry> entries_;
  /// In the order in which they were noted.
  std::list<Whom> order_;
};

}  // namespace plenum::control
