#pragma once
#include <array>
#include <cstdint>
#include <optional>

namespace plenum::load {

/// Counts values (of any unit, 0 and up) in buckets of a logarithmic scale: a percentile is right
/// within 3 %. Of fixed size; adding allocates nothing.
class Histogram {
 public:
  void add(std::uint64_t value);
  void merge(const Histogram& other);

  std::uint64_t count() const { return count_; }
  std::uint64_t max() const { return max_; }
  double mean() const { return count_ ? sum_ / static_cast<double>(count_) : 0; }
  /// The smallest value that `share` (0…1) of all are not above; nullopt without any.
  std::optional<std::uint64_t> quantile(double share) const;

 private:
  // Values below 2^kLinearBits have a bucket each; above, each power of two has 2^kLinearBits / 2.
  static constexpr unsigned kLinearBits = 6;
  static constexpr unsigned kHalf = 1u << (kLinearBits - 1);
  static constexpr unsigned kValueBits = 40;
  static constexpr std::size_t kBuckets = (kValueBits - kLinearBits + 2) * kHalf;
  static std::size_t bucket(std::uint64_t value);
  static std::uint64_t highest_in(std::size_t bucket);

  std::array<std::uint32_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace plenum::load
