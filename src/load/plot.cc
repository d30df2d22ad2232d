#include "load/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace plenum::load {
namespace {

constexpr double kWidth = 640, kHeight = 260, kLeft = 60, kRight = 15, kTop = 34, kBottom = 40;
constexpr int kTicks = 4;
constexpr std::array<const char*, 4> kColours{"#2563eb", "#dc2626", "#059669", "#d97706"};

/// 1, 2 or 5 times a power of ten, not below `v`.
double round_up(double v) {
  if (v <= 0) return 1;
  const double power = std::pow(10, std::floor(std::log10(v)));
  for (const double step : {1.0, 2.0, 5.0})
    if (v <= step * power) return step * power;
  return 10 * power;
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  return out;
}

std::string plot(const Axes& axes, const std::vector<Series>& series) {
  double max_x = 0, max_y = 0;
  for (const Series& s : series)
    for (const auto& [x, y] : s.points) max_x = std::max(max_x, x), max_y = std::max(max_y, y);
  max_x = round_up(max_x);
  max_y = round_up(max_y);
  const auto at_x = [&](double x) { return kLeft + x / max_x * (kWidth - kLeft - kRight); };
  const auto at_y = [&](double y) {
    return kHeight - kBottom - y / max_y * (kHeight - kTop - kBottom);
  };
  const std::string heading = axes.title + (axes.y_unit.empty() ? "" : ", " + axes.y_unit);
  std::string out = fmt::format(
      "<svg viewBox=\"0 0 {} {}\" role=\"img\"><title>{}</title>"
      "<text class=\"title\" x=\"{}\" y=\"18\">{}</text>\n",
      kWidth, kHeight, escape_html(axes.title), kLeft, escape_html(heading));
  for (int i = 0; i <= kTicks; ++i) {
    const double x = max_x * i / kTicks, y = max_y * i / kTicks;
    out += fmt::format(
        "<path class=\"grid\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>"
        "<text text-anchor=\"end\" x=\"{:.1f}\" y=\"{:.1f}\">{:g}</text>"
        "<text text-anchor=\"middle\" x=\"{:.1f}\" y=\"{:.1f}\">{:g}</text>\n",
        kLeft, at_y(y), kWidth - kRight, kLeft - 6, at_y(y) + 4, y, at_x(x), kHeight - 22, x);
  }
  out += fmt::format("<text text-anchor=\"end\" x=\"{}\" y=\"{}\">{}</text>\n", kWidth - kRight,
                     kHeight - 6, escape_html(axes.x_unit));
  for (std::size_t i = 0; i < series.size(); ++i) {
    const char* colour = kColours[i % kColours.size()];
    std::string points;
    for (const auto& [x, y] : series[i].points)
      points += fmt::format("{:.1f},{:.1f} ", at_x(x), at_y(y));
    out += fmt::format(
        "<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"2\" points=\"{}\"/>"
        "<text fill=\"{}\" text-anchor=\"end\" x=\"{}\" y=\"{}\">{}</text>\n",
        colour, points, colour, kWidth - kRight, 16 + 14 * static_cast<int>(i),
        escape_html(series[i].name));
  }
  return out + "</svg>\n";
}

}  // namespace plenum::load
