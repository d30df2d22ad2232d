#include "load/link_config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace plenum::load {
namespace {

constexpr Duration kLongest = std::chrono::hours(24);

/// A number and the letters behind it.
struct Quantity {
  double number = 0;
  std::string_view unit;
};

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
  return s;
}

std::optional<Quantity> quantity(std::string_view s) {
  if (s.empty() || s.front() < '0' || s.front() > '9') return std::nullopt;
  Quantity q;
  const auto [end, error] =
      std::from_chars(s.data(), s.data() + s.size(), q.number, std::chars_format::fixed);
  if (error != std::errc{}) return std::nullopt;
  q.unit = s.substr(static_cast<std::size_t>(end - s.data()));
  return q;
}

struct Unit {
  std::string_view name;
  double factor = 1;
};

/// The quantity in the unit whose factor is 1. Zero needs no unit.
template <std::size_t N>
std::optional<double> in_units(std::string_view s, const std::array<Unit, N>& units) {
  const auto q = quantity(s);
  if (!q) return std::nullopt;
  if (q->number == 0 && q->unit.empty()) return 0;
  const auto unit = std::ranges::find(units, q->unit, &Unit::name);
  if (unit == units.end()) return std::nullopt;
  return q->number * unit->factor;
}

constexpr std::array kTimes{Unit{"us", 1}, Unit{"ms", 1e3}, Unit{"s", 1e6}, Unit{"min", 60e6}};
constexpr std::array kShares{Unit{"%", 0.01}};
constexpr std::array kRates{Unit{"bit", 1}, Unit{"kbit", 1e3}, Unit{"mbit", 1e6},
                            Unit{"gbit", 1e9}};
constexpr std::array kSizes{Unit{"B", 1}, Unit{"kB", 1e3}, Unit{"MB", 1e6}};
constexpr std::array kPlain{Unit{"", 1}};

bool set_duration(std::string_view s, Duration& to) {
  const auto duration = parse_duration(s);
  to = duration.value_or(to);
  return duration.has_value();
}

bool set_share(std::string_view s, double& to) {
  const auto share = in_units(s, kShares);
  if (!share || *share > 1) return false;
  to = *share;
  return true;
}

bool set_burst(std::string_view s, double& to) {
  const auto packets = in_units(s, kPlain);
  if (!packets || *packets > 1e6 || (*packets > 0 && *packets < 1)) return false;
  to = *packets;
  return true;
}

bool set_rate(std::string_view s, std::uint64_t& to) {
  const auto bps = in_units(s, kRates);
  if (!bps || *bps > 100e9 || (*bps > 0 && *bps < 1000)) return false;
  to = static_cast<std::uint64_t>(std::llround(*bps));
  return true;
}

bool set_queue(std::string_view s, LinkConfig& link) {
  const auto bytes = in_units(s, kSizes);
  if (!bytes || *bytes < 1) {
    link.queue_bytes = 0;
    return set_duration(s, link.queue);
  }
  link.queue_bytes = static_cast<std::size_t>(std::min(*bytes, 1e9));
  return *bytes <= 1e9;
}

bool set_mtu(std::string_view s, std::size_t& to) {
  const auto bytes = in_units(s, kPlain);
  if (!bytes || *bytes > 65535 || (*bytes > 0 && *bytes < 68)) return false;
  to = static_cast<std::size_t>(*bytes);
  return true;
}

bool set_shape(std::string_view s, JitterShape& to) {
  to = s == "normal" ? JitterShape::normal : JitterShape::uniform;
  return s == "normal" || s == "uniform";
}

struct Setting {
  std::string_view key;
  std::string_view takes;
  bool (*set)(std::string_view, LinkConfig&);
};

constexpr std::array kSettings{
    Setting{"delay", "a time such as 50ms, at most 24 hours",
            [](std::string_view s, LinkConfig& c) { return set_duration(s, c.delay); }},
    Setting{"jitter", "a time such as 10ms, at most 24 hours",
            [](std::string_view s, LinkConfig& c) { return set_duration(s, c.jitter); }},
    Setting{"jitter-shape", "uniform or normal",
            [](std::string_view s, LinkConfig& c) { return set_shape(s, c.jitter_shape); }},
    Setting{"loss", "a share from 0% to 100%",
            [](std::string_view s, LinkConfig& c) { return set_share(s, c.loss); }},
    Setting{"burst", "a mean number of packets from 1 to 1000000, or 0 for none",
            [](std::string_view s, LinkConfig& c) { return set_burst(s, c.mean_burst); }},
    Setting{"dup", "a share from 0% to 100%",
            [](std::string_view s, LinkConfig& c) { return set_share(s, c.duplicate); }},
    Setting{"reorder", "a share from 0% to 100%",
            [](std::string_view s, LinkConfig& c) { return set_share(s, c.reorder); }},
    Setting{"reorder-by", "a time such as 20ms, at most 24 hours",
            [](std::string_view s, LinkConfig& c) { return set_duration(s, c.reorder_by); }},
    Setting{"rate", "a rate from 1kbit to 100gbit, or 0 for no limit",
            [](std::string_view s, LinkConfig& c) { return set_rate(s, c.rate_bps); }},
    Setting{"queue",
            "a time such as 300ms, at most 24 hours, or a size such as 64kB, at most 1000MB",
            [](std::string_view s, LinkConfig& c) { return set_queue(s, c); }},
    Setting{"mtu", "a number of bytes from 68 to 65535, or 0 for no limit",
            [](std::string_view s, LinkConfig& c) { return set_mtu(s, c.mtu_bytes); }},
};

/// "10s+5s" or "10s+5s/30s".
std::optional<Blackhole> blackhole(std::string_view s) {
  Blackhole b;
  const auto plus = s.find('+');
  if (plus == std::string_view::npos || !set_duration(s.substr(0, plus), b.from)) return {};
  s.remove_prefix(plus + 1);
  const auto slash = s.find('/');
  if (!set_duration(s.substr(0, slash), b.length) || b.length == 0us) return {};
  if (slash == std::string_view::npos) return b;
  if (!set_duration(s.substr(slash + 1), b.every) || b.every <= b.length) return {};
  return b;
}

class Parser {
 public:
  explicit Parser(LinkPlan base) : base_steps_(std::move(base.steps)), plan_(std::move(base)) {
    plan_.steps.clear();
  }

  Result<LinkPlan, std::string> parse(std::string_view text) {
    text = trimmed(text);
    while (!text.empty() && error_.empty()) {
      const auto comma = text.find(',');
      item(trimmed(text.substr(0, comma)));
      if (comma == std::string_view::npos) break;
      text.remove_prefix(comma + 1);
      if (trimmed(text).empty()) error_ = "something has to follow the last comma";
    }
    if (plan_.steps.empty()) plan_.steps = std::move(base_steps_);
    check(plan_.link);
    for (const LinkPlan::Step& step : plan_.steps) check(step.link);
    if (!error_.empty()) return Err{error_};
    return std::move(plan_);
  }

 private:
  void item(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return fail(text, "a setting is written key=value");
    const std::string_view key = text.substr(0, equals), value = text.substr(equals + 1);
    if (key == "at") return step(text, value);
    if (key == "seed") return seed(text, value);
    if (key == "blackhole") return dark(text, value);
    const auto setting = std::ranges::find(kSettings, key, &Setting::key);
    if (setting == kSettings.end()) return fail(text, "there is no such setting");
    each([&](LinkConfig& link) {
      if (!setting->set(value, link)) fail(text, "takes " + std::string(setting->takes));
    });
  }

  void step(std::string_view text, std::string_view value) {
    const auto colon = value.find(':');
    LinkPlan::Step next;
    if (colon == std::string_view::npos || !set_duration(value.substr(0, colon), next.at))
      return fail(text, "a step is written at=TIME:key=value");
    if (!plan_.steps.empty() && next.at <= plan_.steps.back().at)
      return fail(text, "a step comes after the one before it");
    next.link = plan_.steps.empty() ? plan_.link : plan_.steps.back().link;
    plan_.steps.push_back(next);
    item(trimmed(value.substr(colon + 1)));
  }

  void seed(std::string_view text, std::string_view value) {
    const auto [end, error] =
        std::from_chars(value.data(), value.data() + value.size(), plan_.seed);
    if (error != std::errc{} || end != value.data() + value.size() || !plan_.steps.empty())
      fail(text, "takes a whole number, before the first step");
  }

  void dark(std::string_view text, std::string_view value) {
    if (value == "on" || value == "off") {
      if (value == "off" && plan_.steps.empty()) plan_.blackholes.clear();
      return each([&](LinkConfig& link) { link.blackhole = value == "on"; });
    }
    const auto found = blackhole(value);
    if (!found || !plan_.steps.empty())
      return fail(text,
                  "takes on, off or, before the first step, FROM+LENGTH or "
                  "FROM+LENGTH/EVERY such as 10s+5s/30s");
    plan_.blackholes.push_back(*found);
  }

  /// Everything that a setting at this place of the text acts on.
  template <class F>
  void each(F&& set) {
    if (!plan_.steps.empty()) return set(plan_.steps.back().link);
    set(plan_.link);
    for (LinkPlan::Step& later : base_steps_) set(later.link);
  }

  void check(const LinkConfig& link) {
    // Bursts of b packets with one good packet between them are the most that b allows.
    if (link.mean_burst > 0 && link.loss < 1 &&
        link.loss > link.mean_burst / (link.mean_burst + 1) && error_.empty())
      error_ = "loss and burst: so much loss needs longer bursts";
  }

  void fail(std::string_view text, std::string_view why) {
    if (error_.empty()) error_ = std::string(text) + ": " + std::string(why);
  }

  std::vector<LinkPlan::Step> base_steps_;
  LinkPlan plan_;
  std::string error_;
};

}  // namespace

bool Blackhole::covers(Duration at) const {
  if (at < from) return false;
  const Duration since = at - from;
  return (every > 0us ? since % every : since) < length;
}

std::optional<Duration> parse_duration(std::string_view text) {
  const auto us = in_units(text, kTimes);
  if (!us || *us > static_cast<double>(kLongest.count())) return std::nullopt;
  return Duration(std::llround(*us));
}

Result<LinkPlan, std::string> parse_link(std::string_view text, LinkPlan base) {
  return Parser(std::move(base)).parse(text);
}

}  // namespace plenum::load
