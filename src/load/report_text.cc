#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "load/report.h"

namespace plenum::load {
namespace {

namespace json = boost::json;

/// The figure at `path`; 0 where there is none.
double figure(const json::object& report, std::initializer_list<std::string_view> path) {
  const json::object* at = &report;
  const json::value* found = nullptr;
  for (const std::string_view key : path) {
    found = at ? at->if_contains(key) : nullptr;
    if (!found) return 0;
    at = found->if_object();
  }
  boost::system::error_code ec;
  const auto number = found->to_number<double>(ec);
  return ec ? 0 : number;
}

std::string percentiles(const json::object& r, std::string_view part, std::string_view what,
                        std::string_view unit) {
  const auto at = [&](const char* p) { return figure(r, {part, what, p + std::string(unit)}); };
  return fmt::format("{:>9.1f} {:>9.1f} {:>9.1f} {:>9.1f}", at("p50"), at("p95"), at("p99"),
                     at("max"));
}

}  // namespace

std::string report_text(const json::object& r) {
  std::string out;
  const auto line = [&](const char* label, const std::string& text) {
    out += fmt::format("{:<22}{}\n", label, text);
  };
  line("", fmt::format("{:>9} {:>9} {:>9} {:>9}", "p50", "p95", "p99", "max"));
  line("join, ms", percentiles(r, "join", "connected", "_ms"));
  line("first frame, ms", percentiles(r, "join", "first_frame", "_ms"));
  line("video delay, ms", percentiles(r, "receive", "video_delay", "_ms"));
  line("audio delay, ms", percentiles(r, "receive", "audio_delay", "_ms"));
  line("bitrate, kbit/s", percentiles(r, "receive", "bitrate", "_kbps"));
  line("joined", fmt::format("{} of {}, {} failed", figure(r, {"join", "joined"}),
                             figure(r, {"join", "attempts"}), figure(r, {"join", "failed"})));
  line("lost",
       fmt::format("{} packets, {}%; {} recovered", figure(r, {"receive", "lost"}),
                   figure(r, {"receive", "loss_percent"}), figure(r, {"receive", "recovered"})));
  line("freezes",
       fmt::format("{}, {}% of the time, longest {} ms", figure(r, {"receive", "freezes"}),
                   figure(r, {"receive", "frozen_percent"}),
                   figure(r, {"receive", "longest_freeze_ms"})));
  line("frames", fmt::format("{}, {} layer switches", figure(r, {"receive", "frames"}),
                             figure(r, {"receive", "layer_switches"})));
  if (const json::value* why = r.at("join").as_object().if_contains("failures"))
    for (const auto& [text, count] : why->as_object())
      out += fmt::format("failed {} times: {}\n", json::serialize(count), std::string_view(text));
  return out;
}

std::string progress_line(const Sample& s, std::size_t expected) {
  return fmt::format(
      "{:4.0f} s  {}/{} joined, {} failed  down {:.1f} Mbit/s, up {:.1f} Mbit/s  "
      "{} lost, {} freezes",
      static_cast<double>(s.at.count()) / 1e6, s.joined, expected, s.failed,
      static_cast<double>(s.received_bps) / 1e6, static_cast<double>(s.sent_bps) / 1e6, s.lost,
      s.freezes);
}

}  // namespace plenum::load
