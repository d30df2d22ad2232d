// What a start call asks for (videosdk-api 3.3 to 3.5, 6.1), as control takes it.
#pragma once
#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "api/videosdk/problem.h"
#include "base/result.h"
#include "control/egress_job.h"

namespace plenum::videosdk_api {

/// `body` has been validated. The job's key and room are not set.
Result<control::EgressJob, Problem> egress_wish(control::EgressKind kind,
                                                const boost::json::object& body);

/// What `config`, validated, says of a layout; the rest stays.
void change_layout(control::EgressLayout& layout, const boost::json::object& config);

/// Of a validated body: the text, or "" when there is none.
std::string body_text(const boost::json::object& body, std::string_view field);
/// Stores the folder in the bucket that `body` names, under any of its names, if it names one.
Status<Problem> keep_folder(const boost::json::object& body, boost::json::object& config);
/// Makes `config` the job's, if it is not too large.
Status<Problem> keep_config(const boost::json::object& config, control::EgressJob& job);

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
