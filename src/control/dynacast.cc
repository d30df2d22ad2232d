#include "control/dynacast.h"

#include <algorithm>

namespace plenum::control {
namespace {

int rank(VideoQuality q) { return q == VideoQuality::off ? -1 : static_cast<int>(q); }

}  // namespace

Dynacast::Dynacast(Config config, std::size_t codecs, TimePoint published)
    : config_(config),
      first_at_(published + config.first_after),
      wanted_(codecs, VideoQuality::off),
      told_(codecs, VideoQuality::off) {
  if (!told_.empty()) told_[0] = VideoQuality::high;
}

void Dynacast::set_wanted(std::vector<VideoQuality> wanted, TimePoint now) {
  wanted.resize(told_.size(), VideoQuality::off);
  wanted_ = std::move(wanted);
  bool less = false;
  for (std::size_t i = 0; i < told_.size(); ++i) {
    if (rank(wanted_[i]) > rank(told_[i])) {
      told_[i] = wanted_[i];
      dirty_ = true;
    }
    less = less || rank(wanted_[i]) < rank(told_[i]);
  }
  if (!less) {
    decrease_at_ = kNever;
  } else if (first_done_ && decrease_at_ == kNever) {
    decrease_at_ = now + config_.decrease_after;
  }
}

void Dynacast::handle_timeout(TimePoint now) {
  const bool first = !first_done_ && now >= first_at_;
  if (!first && now < decrease_at_) return;
  first_done_ = first_done_ || first;
  decrease_at_ = kNever;
  told_ = wanted_;
  dirty_ = true;
}

TimePoint Dynacast::next_timeout() const {
  return first_done_ ? decrease_at_ : std::min(first_at_, decrease_at_);
}

std::optional<std::vector<VideoQuality>> Dynacast::poll() {
  if (!dirty_ || muted_) return std::nullopt;
  dirty_ = false;
  reported_once_ = true;
  return told_;
}

}  // namespace plenum::control
