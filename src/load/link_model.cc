#include "load/link_model.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace plenum::load {
namespace {

/// A TCP segment: the least that a stream is taken in.
constexpr std::size_t kSegmentBytes = 1460;

std::int64_t nanoseconds(Duration d) { return d.count() * 1000; }

std::int64_t transmission_ns(std::size_t bytes, std::uint64_t rate_bps) {
  return static_cast<std::int64_t>(static_cast<double>(bytes) * 8e9 /
                                   static_cast<double>(rate_bps));
}

}  // namespace

LinkModel::LinkModel(LinkPlan plan, TimePoint start)
    : plan_(std::move(plan)), start_(start), random_(plan_.seed), epoch_(start) {}

double LinkModel::uniform() { return static_cast<double>(random_() >> 11) * 0x1p-53; }

double LinkModel::normal() {
  // The sum of twelve: near enough, and free of a mathematics library that differs between systems.
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += uniform();
  return sum;
}

void LinkModel::advance(TimePoint now) {
  auto& steps = plan_.steps;
  while (!steps.empty() && start_ + steps.front().at <= now) {
    plan_.link = steps.front().link;
    steps.erase(steps.begin());
  }
}

bool LinkModel::is_dark(TimePoint now) const {
  return plan_.link.blackhole || std::ranges::any_of(plan_.blackholes, [&](const Blackhole& b) {
           return b.covers(now - start_);
         });
}

bool LinkModel::loses() {
  const LinkConfig& link = plan_.link;
  if (link.loss >= 1) return true;
  if (link.mean_burst <= 0 || link.loss <= 0) return chance(link.loss);
  // Gilbert's model: every packet of the bad state is lost; both rates follow from the share of
  // packets in it and the mean stay.
  const double leave = 1 / link.mean_burst;
  const double enter = link.loss * leave / (1 - link.loss);
  in_burst_ = in_burst_ ? !chance(leave) : chance(enter);
  return in_burst_;
}

Duration LinkModel::queueing(TimePoint now) const {
  const std::int64_t wait = busy_until_ns_ - nanoseconds(now - epoch_);
  return Duration(std::max<std::int64_t>(wait, 0) / 1000);
}

Duration LinkModel::queue_limit() const {
  const LinkConfig& link = plan_.link;
  if (link.queue_bytes == 0) return link.queue;
  return Duration(transmission_ns(link.queue_bytes, link.rate_bps) / 1000);
}

TimePoint LinkModel::transmit(std::size_t size_bytes, TimePoint now) {
  if (plan_.link.rate_bps == 0) return now;
  const std::int64_t now_ns = nanoseconds(now - epoch_);
  counters_.longest_queue = std::max(counters_.longest_queue, queueing(now));
  busy_until_ns_ =
      std::max(busy_until_ns_, now_ns) + transmission_ns(size_bytes, plan_.link.rate_bps);
  return epoch_ + Duration((busy_until_ns_ + 999) / 1000);
}

Duration LinkModel::way() {
  const LinkConfig& link = plan_.link;
  if (link.jitter == 0us) return link.delay;
  const bool is_normal = link.jitter_shape == JitterShape::normal;
  const double jitter =
      (is_normal ? normal() : uniform()) * static_cast<double>(link.jitter.count());
  return std::max(link.delay + Duration(std::llround(jitter)), Duration::zero());
}

Verdict LinkModel::on_packet(std::size_t size_bytes, TimePoint now) {
  advance(now);
  const LinkConfig& link = plan_.link;
  ++counters_.packets;
  counters_.bytes += size_bytes;
  const auto dropped = [](Fate fate, std::uint64_t& counter) {
    ++counter;
    return Verdict{fate, kNever, 0};
  };
  if (link.mtu_bytes && size_bytes > link.mtu_bytes)
    return dropped(Fate::too_long, counters_.too_long);
  if (is_dark(now)) return dropped(Fate::blackhole, counters_.blackhole);
  if (loses()) return dropped(Fate::lost, counters_.lost);
  if (link.rate_bps && queueing(now) > queue_limit())
    return dropped(Fate::queue_full, counters_.queue_full);

  Verdict verdict{Fate::delivered, transmit(size_bytes, now) + way(), 1};
  verdict.at = std::max(verdict.at, last_arrival_);
  if (chance(link.reorder)) {
    ++counters_.reordered;
    verdict.at += Duration(
        1 + static_cast<std::int64_t>(uniform() * static_cast<double>(link.reorder_by.count())));
  } else {
    last_arrival_ = verdict.at;
  }
  if (chance(link.duplicate)) {
    ++counters_.duplicated;
    verdict.copies = 2;
  }
  return verdict;
}

std::size_t LinkModel::stream_room(TimePoint now) {
  advance(now);
  const LinkConfig& link = plan_.link;
  if (is_dark(now)) return 0;
  if (link.rate_bps == 0) return std::numeric_limits<std::size_t>::max();
  const Duration left = queue_limit() - queueing(now);
  if (left < 0us) return 0;
  const double bytes = static_cast<double>(left.count()) * static_cast<double>(link.rate_bps) / 8e6;
  return std::max(static_cast<std::size_t>(bytes), kSegmentBytes);
}

TimePoint LinkModel::on_stream(std::size_t size_bytes, TimePoint now) {
  advance(now);
  counters_.stream_bytes += size_bytes;
  last_arrival_ = std::max(transmit(size_bytes, now) + way(), last_arrival_);
  return last_arrival_;
}

Status<std::string> LinkModel::change(std::string_view text, TimePoint now) {
  advance(now);
  LinkPlan rest = plan_;
  for (LinkPlan::Step& step : rest.steps) step.at -= now - start_;
  for (Blackhole& b : rest.blackholes) b.from -= now - start_;
  auto changed = parse_link(text, std::move(rest));
  if (!changed) return Err{changed.error()};
  if (changed->seed != plan_.seed) random_.seed(changed->seed);
  plan_ = std::move(*changed);
  start_ = now;
  return Ok{};
}

}  // namespace plenum::load
