#pragma once
#include <boost/json/object.hpp>
#include <string>
#include <vector>

namespace plenum::cli {

/// `participants` as ListParticipants answers them.
std::string participants_table(const std::vector<boost::json::object>& participants);

}  // namespace plenum::cli
