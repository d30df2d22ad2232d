#include "load/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <cmath>
#include <optional>

#include "load/histogram.h"

namespace plenum::load {
namespace {

namespace json = boost::json;

constexpr int kSchema = 1;
constexpr double kShares[] = {0.5, 0.9, 0.95, 0.99};
constexpr const char* kShareNames[] = {"p50", "p90", "p95", "p99"};

double ms(Duration d) { return std::round(static_cast<double>(d.count()) / 10) / 100; }

/// Of a histogram in microseconds.
json::object delays(const Histogram& h) {
  json::object o;
  o["count"] = h.count();
  if (h.count() == 0) return o;
  o["mean_ms"] = std::round(h.mean() / 10) / 100;
  for (std::size_t i = 0; i < std::size(kShares); ++i)
    o[std::string(kShareNames[i]) + "_ms"] = static_cast<double>(*h.quantile(kShares[i])) / 1000;
  o["max_ms"] = static_cast<double>(h.max()) / 1000;
  return o;
}

/// Of values one each visit, and all of them in order, for plots.
json::object distribution(std::vector<double> values, const std::string& unit) {
  json::object o;
  o["count"] = values.size();
  if (values.empty()) return o;
  std::ranges::sort(values);
  double sum = 0;
  for (const double v : values) sum += v;
  o["mean" + unit] = std::round(100 * sum / static_cast<double>(values.size())) / 100;
  for (std::size_t i = 0; i < std::size(kShares); ++i) {
    const double rank = std::ceil(kShares[i] * static_cast<double>(values.size()));
    o[kShareNames[i] + unit] = values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
  }
  o["max" + unit] = values.back();
  json::array sorted;
  for (const double v : values) sorted.push_back(v);
  o["sorted"] = std::move(sorted);
  return o;
}

template <class F>
json::object times(const std::vector<Visit>& visits, F&& pick) {
  std::vector<double> values;
  for (const Visit& v : visits)
    if (const std::optional<Duration> d = pick(v)) values.push_back(ms(*d));
  return distribution(std::move(values), "_ms");
}

json::object config_json(const Scenario& s) {
  json::object o;
  o["url"] = s.url;
  o["rooms"] = s.rooms;
  o["publishers"] = s.publishers;
  o["subscribers"] = s.subscribers;
  o["layout"] = name(s.layout);
  o["video"] = s.video ? codec::name(*s.video) : "none";
  o["simulcast"] = s.simulcast;
  o["audio"] = s.audio;
  o["screen_share"] = s.screen_share;
  o["publishers_subscribe"] = s.publishers_subscribe;
  o["joins_per_second"] = s.joins_per_second;
  o["duration_s"] = ms(s.duration) / 1000;
  o["leaves_per_hour"] = s.churn.leaves_per_hour;
  o["mutes_per_hour"] = s.churn.mutes_per_hour;
  o["impaired"] = s.up || s.down ? s.impaired : 0.0;
  o["data_per_second"] = s.data_per_second;
  o["seed"] = s.seed;
  return o;
}

double percent(double part, double whole) {
  return whole > 0 ? std::round(1e5 * part / whole) / 1e3 : 0;
}

/// bit/s while it was connected.
double rate(std::uint64_t bytes, Duration time) {
  return time > 0us ? static_cast<double>(bytes) * 8e6 / static_cast<double>(time.count()) : 0;
}

json::object receive_json(const std::vector<Visit>& visits) {
  ReceiveStats sum;
  std::vector<double> kbps;
  for (const Visit& v : visits) {
    const ReceiveStats& r = v.received;
    if (!v.subscribes || !v.joined) continue;
    sum.packets += r.packets;
    sum.bytes += r.bytes;
    sum.recovered += r.recovered;
    sum.lost += std::max<std::int64_t>(r.lost, 0);
    sum.frames += r.frames;
    sum.keyframes += r.keyframes;
    sum.freezes += r.freezes;
    sum.frozen += r.frozen;
    sum.longest_freeze = std::max(sum.longest_freeze, r.longest_freeze);
    sum.layer_switches += r.layer_switches;
    sum.nacks += r.nacks;
    sum.plis += r.plis;
    sum.video_delay.merge(r.video_delay);
    sum.audio_delay.merge(r.audio_delay);
    kbps.push_back(std::round(rate(r.bytes, v.connected) / 1000));
    sum.watched += r.watched;
  }
  json::object o;
  o["packets"] = sum.packets;
  o["bytes"] = sum.bytes;
  o["lost"] = sum.lost;
  o["loss_percent"] = percent(static_cast<double>(sum.lost),
                              static_cast<double>(sum.lost) + static_cast<double>(sum.packets));
  o["recovered"] = sum.recovered;
  o["nacks"] = sum.nacks;
  o["plis"] = sum.plis;
  o["frames"] = sum.frames;
  o["keyframes"] = sum.keyframes;
  o["freezes"] = sum.freezes;
  o["frozen_ms"] = ms(sum.frozen);
  o["longest_freeze_ms"] = ms(sum.longest_freeze);
  o["frozen_percent"] = percent(ms(sum.frozen), ms(sum.watched));
  o["layer_switches"] = sum.layer_switches;
  o["bitrate"] = distribution(std::move(kbps), "_kbps");
  o["video_delay"] = delays(sum.video_delay);
  o["audio_delay"] = delays(sum.audio_delay);
  return o;
}

json::object send_json(const std::vector<Visit>& visits) {
  SendStats sum;
  std::vector<double> kbps, rtt;
  for (const Visit& v : visits) {
    if (!v.publishes || !v.joined) continue;
    sum.packets += v.sent.packets;
    sum.bytes += v.sent.bytes;
    sum.retransmitted += v.sent.retransmitted;
    sum.nacks += v.sent.nacks;
    sum.plis += v.sent.plis;
    kbps.push_back(std::round(rate(v.sent.bytes, v.connected) / 1000));
    if (v.round_trip) rtt.push_back(ms(*v.round_trip));
  }
  json::object o;
  o["packets"] = sum.packets;
  o["bytes"] = sum.bytes;
  o["retransmitted"] = sum.retransmitted;
  o["nacks"] = sum.nacks;
  o["keyframe_requests"] = sum.plis;
  o["bitrate"] = distribution(std::move(kbps), "_kbps");
  o["round_trip"] = distribution(std::move(rtt), "_ms");
  return o;
}

json::object data_json(const std::vector<Visit>& visits) {
  Histogram delay;
  std::uint64_t sent = 0, received = 0;
  for (const Visit& v : visits) {
    sent += v.data_sent;
    received += v.data_received;
    delay.merge(v.data_delay);
  }
  json::object o;
  o["sent"] = sent;
  o["received"] = received;
  o["delay"] = delays(delay);
  return o;
}

json::object joins_json(const std::vector<Visit>& visits) {
  json::object o, why;
  std::uint64_t joined = 0, failed = 0, unfinished = 0, without_picture = 0;
  for (const Visit& v : visits) {
    joined += v.joined.has_value();
    without_picture += v.subscribes && v.joined && !v.first_frame;
    unfinished += !v.joined && v.failure.empty();
    if (v.failure.empty()) continue;
    ++failed;
    json::value& count = why[v.failure];
    count = count.is_null() ? 1 : count.to_number<std::int64_t>() + 1;
  }
  o["attempts"] = visits.size();
  o["joined"] = joined;
  o["failed"] = failed;
  o["unfinished"] = unfinished;
  o["failures"] = std::move(why);
  o["subscribers_without_picture"] = without_picture;
  o["signalling"] = times(visits, [](const Visit& v) { return v.signalled; });
  o["connected"] = times(visits, [](const Visit& v) { return v.joined; });
  o["first_frame"] = times(visits, [](const Visit& v) { return v.first_frame; });
  o["first_audio"] = times(visits, [](const Visit& v) { return v.first_audio; });
  return o;
}

json::array samples_json(const std::vector<Sample>& samples) {
  json::array out;
  for (const Sample& s : samples) {
    json::object o;
    o["at_s"] = ms(s.at) / 1000;
    o["joined"] = s.joined;
    o["failed"] = s.failed;
    o["received_bps"] = s.received_bps;
    o["sent_bps"] = s.sent_bps;
    o["frames"] = s.frames;
    o["freezes"] = s.freezes;
    o["lost"] = s.lost;
    o["cpu_percent"] = std::round(10 * s.cpu_percent) / 10;
    out.push_back(std::move(o));
  }
  return out;
}

json::array participants_json(const std::vector<Visit>& visits) {
  json::array out;
  const auto or_null = [](const std::optional<Duration>& d) {
    return d ? json::value(ms(*d)) : json::value(nullptr);
  };
  for (const Visit& v : visits) {
    json::object o;
    o["room"] = v.room;
    o["identity"] = v.identity;
    o["failure"] = v.failure;
    o["joined_ms"] = or_null(v.joined);
    o["first_frame_ms"] = or_null(v.first_frame);
    o["connected_ms"] = ms(v.connected);
    o["received_kbps"] = std::round(rate(v.received.bytes, v.connected) / 1000);
    o["sent_kbps"] = std::round(rate(v.sent.bytes, v.connected) / 1000);
    o["frames"] = v.received.frames;
    o["lost"] = v.received.lost;
    o["freezes"] = v.received.freezes;
    o["frozen_ms"] = ms(v.received.frozen);
    o["layer_switches"] = v.received.layer_switches;
    out.push_back(std::move(o));
  }
  return out;
}

}  // namespace

std::string_view name(Layout layout) {
  switch (layout) {
    case Layout::speaker:
      return "speaker";
    case Layout::grid_3x3:
      return "3x3";
    case Layout::grid_5x5:
      return "5x5";
    case Layout::all:
      break;
  }
  return "all";
}

json::object report_json(const Scenario& scenario, const RunResult& result) {
  json::object o;
  o["schema"] = kSchema;
  o["config"] = config_json(scenario);
  o["lasted_s"] = ms(result.lasted) / 1000;
  o["interrupted"] = result.interrupted;
  o["send_errors"] = result.send_errors;
  o["join"] = joins_json(result.visits);
  o["receive"] = receive_json(result.visits);
  o["send"] = send_json(result.visits);
  o["data"] = data_json(result.visits);
  o["samples"] = samples_json(result.samples);
  o["participants"] = participants_json(result.visits);
  return o;
}

}  // namespace plenum::load
