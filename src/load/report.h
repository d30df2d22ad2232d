#pragma once
#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "load/scenario.h"
#include "load/swarm.h"

namespace plenum::load {

/// A run in figures, over all participants. docs/load.md describes it field by field; `schema` in
/// it rises when a field changes its meaning or goes.
boost::json::object report_json(const Scenario& scenario, const RunResult& result);

/// The few lines of it that a person wants first.
std::string report_text(const boost::json::object& report);

/// One line about the last second, for a terminal.
std::string progress_line(const Sample& sample, std::size_t expected);

std::string_view name(Layout layout);

}  // namespace plenum::load
