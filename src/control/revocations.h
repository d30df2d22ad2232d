#pragma once
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <utility>

namespace plenum::control {

/// Which tokens of removed participants open their room no longer (livekit-wire 8.2). Sees one
/// node and forgets with the process. All times are Unix seconds.
class Revocations {
 public:
  struct Config {
    /// After this a token may be used again; those of a usual life have expired long before.
    std::int64_t memory_seconds = std::int64_t{7} * 24 * 3600;
    /// More push out the oldest.
    std::size_t max_entries = 20'000;
  };

  Revocations() : Revocations(Config{}) {}
  explicit Revocations(Config config) : config_(config) {}

  /// Tokens of `identity` for `room` that are valid since before `before` are refused from now on.
  /// An earlier, larger `before` stays in force.
  void revoke(const std::string& room, const std::string& identity, std::int64_t before,
              std::int64_t now);
  bool is_revoked(const std::string& room, const std::string& identity, std::int64_t not_before,
                  std::int64_t now) const;
  std::size_t size() const { return entries_.size(); }

 private:
  using Key = std::pair<std::string, std::string>;
  struct Entry {
    std::int64_t before = 0;
    std::int64_t noted_at = 0;
    std::list<Key>::iterator place;
  };
  void forget_old(std::int64_t now);

  Config config_;
  std::map<Key, Entry> entries_;
  /// In the order in which they were noted.
  std::list<Key> order_;
};

}  // namespace plenum::control
