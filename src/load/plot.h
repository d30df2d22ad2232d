#pragma once
#include <string>
#include <utility>
#include <vector>

namespace plenum::load {

/// One line of a plot.
struct Series {
  std::string name;
  std::vector<std::pair<double, double>> points;  // ascending in x
};
struct Axes {
  std::string title, x_unit, y_unit;
};

/// An SVG with its own scales and legend; at most four series have colours of their own. Text is
/// escaped.
std::string plot(const Axes& axes, const std::vector<Series>& series);

/// For text between tags and in attributes.
std::string escape_html(std::string_view text);

}  // namespace plenum::load
