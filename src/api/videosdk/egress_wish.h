// What a start call asks for (videosdk-api 3.3 to 3.5, 6.1), as control takes it.
#pragma once
#include <boost/json/object.hpp>
#include <string>

#include "api/videosdk/problem.h"
#include "base/result.h"
#include "control/egress_job.h"

namespace plenum::videosdk_api {

/// `body` has been validated. The job's key and room are not set.
Result<control::EgressJob, Problem> egress_wish(control::EgressKind kind,
                                                const boost::json::object& body);

/// What `config`, validated, says of a layout; the rest stays.
void change_layout(control::EgressLayout& layout, const boost::json::object& config);

/// Whether others of the kind may run, by the room's `multiComposition` (JSON).
bool allows_parallel(control::EgressKind kind, const std::string& multi_composition);

/// A refusal in the words of REST.
namespace problems {
Problem no_live_session();
Problem already_running(control::EgressKind kind);
Problem still_stopping(control::EgressKind kind);
Problem not_running(control::EgressKind kind);
Problem no_capacity();
Problem egress_not_found(control::EgressKind kind);
}  // namespace problems

}  // namespace plenum::videosdk_api
