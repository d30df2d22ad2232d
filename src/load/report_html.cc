#include "load/report_html.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <vector>

#include "load/plot.h"
#include "load/report.h"

namespace plenum::load {
namespace {

namespace json = boost::json;

constexpr const char* kHead =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>plenum load</title><style>"
    "body{font:15px/1.5 system-ui,sans-serif;max-width:1320px;margin:2em auto;padding:0 1em;"
    "color:#1f2937}pre{background:#f3f4f6;padding:1em;overflow:auto;border-radius:6px}"
    ".plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(420px,1fr));gap:1.5em}"
    "svg{width:100%;font:12px system-ui,sans-serif}.grid{stroke:#e5e7eb}.title{font-weight:600;"
    "font-size:14px}</style>\n<h1>plenum load</h1>\n";

double number(const json::value& v) {
  boost::system::error_code ec;
  const auto n = v.to_number<double>(ec);
  return ec ? 0 : n;
}

/// Which share of the participants needed no longer.
Series shares(const json::object& join, const char* key, const char* name) {
  Series s{name, {}};
  const json::object& distribution = join.at(key).as_object();
  const json::value* sorted = distribution.if_contains("sorted");
  if (!sorted) return s;
  const json::array& values = sorted->as_array();
  for (std::size_t i = 0; i < values.size(); ++i)
    s.points.emplace_back(number(values[i]),
                          100.0 * static_cast<double>(i + 1) / static_cast<double>(values.size()));
  return s;
}

/// From the percentiles, which is what is left of many values.
Series percentiles(const json::object& receive, const char* key, const char* name) {
  Series s{name, {}};
  const json::object& delay = receive.at(key).as_object();
  const std::pair<const char*, double> shares[] = {
      {"p50_ms", 50}, {"p90_ms", 90}, {"p95_ms", 95}, {"p99_ms", 99}, {"max_ms", 100}};
  for (const auto& [field, share] : shares)
    if (const json::value* v = delay.if_contains(field)) s.points.emplace_back(number(*v), share);
  return s;
}

Series over_time(const json::array& samples, const char* key, const char* name, double factor) {
  Series s{name, {}};
  for (const json::value& v : samples)
    s.points.emplace_back(number(v.at("at_s")), number(v.at(key)) * factor);
  return s;
}

/// What came about in each second, of a field that counts from the beginning.
Series each_second(const json::array& samples, const char* key, const char* name) {
  Series s{name, {}};
  double before = 0;
  for (const json::value& v : samples) {
    const double now = number(v.at(key));
    s.points.emplace_back(number(v.at("at_s")), std::max(now - before, 0.0));
    before = now;
  }
  return s;
}

}  // namespace

std::string report_html(const json::object& report) {
  const json::array& samples = report.at("samples").as_array();
  const json::object& join = report.at("join").as_object();
  const json::object& receive = report.at("receive").as_object();
  std::string out = kHead;
  out += "<pre>" + escape_html(report_text(report)) + "</pre>\n<div class=\"plots\">\n";
  out += plot(
      {"Time to join", "ms", "% of participants"},
      {shares(join, "connected", "media connected"), shares(join, "first_frame", "first frame")});
  out += plot(
      {"End-to-end delay", "ms", "% of frames"},
      {percentiles(receive, "video_delay", "video"), percentiles(receive, "audio_delay", "audio")});
  out += plot({"Bitrate, all participants", "s", "Mbit/s"},
              {over_time(samples, "received_bps", "received", 1e-6),
               over_time(samples, "sent_bps", "sent", 1e-6)});
  out += plot({"Participants", "s", ""}, {over_time(samples, "joined", "joined", 1),
                                          over_time(samples, "failed", "failed", 1)});
  out += plot({"Freezes", "s", "in a second"}, {each_second(samples, "freezes", "freezes")});
  out += plot({"Lost packets", "s", "in a second"}, {each_second(samples, "lost", "lost")});
  out += "</div>\n<h2>What was run</h2>\n<pre>" +
         escape_html(json::serialize(report.at("config"))) + "</pre></html>\n";
  return out;
}

}  // namespace plenum::load
