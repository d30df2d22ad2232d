#pragma once
#include <boost/json/object.hpp>
#include <string>

namespace plenum::load {

/// A report (report_json()) as one page that needs nothing else: figures and plots.
std::string report_html(const boost::json::object& report);

}  // namespace plenum::load
