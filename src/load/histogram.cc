#include "load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace plenum::load {

std::size_t Histogram::bucket(std::uint64_t value) {
  value = std::min(value, (std::uint64_t{1} << kValueBits) - 1);
  const auto bits = static_cast<unsigned>(std::bit_width(value));
  if (bits <= kLinearBits) return static_cast<std::size_t>(value);
  const unsigned shift = bits - kLinearBits;
  return static_cast<std::size_t>(shift * kHalf + (value >> shift));
}

std::uint64_t Histogram::highest_in(std::size_t bucket) {
  if (bucket < 2 * kHalf) return bucket;
  const std::size_t shift = bucket / kHalf - 1;
  const std::uint64_t top = bucket - shift * kHalf;
  return ((top + 1) << shift) - 1;
}

void Histogram::add(std::uint64_t value) {
  ++buckets_[bucket(value)];
  ++count_;
  max_ = std::max(max_, value);
  sum_ += static_cast<double>(value);
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

std::optional<std::uint64_t> Histogram::quantile(double share) const {
  if (count_ == 0) return std::nullopt;
  const auto wanted = static_cast<std::uint64_t>(
      std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    seen += buckets_[i];
    if (seen >= wanted && seen > 0) return std::min(highest_in(i), max_);
  }
  return max_;
}

}  // namespace plenum::load
