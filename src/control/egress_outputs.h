#pragma once
#include <string>

#include "control/egress_worker.h"

/// The outputs of a job: where they go, and what its workers said of them.
namespace plenum::control {

/// Gives those an id and a place that have none yet.
void place_outputs(EgressJob& job);
/// For the worker that goes on with the job: files that were begun get a further part.
void add_parts(EgressJob& job);
/// nullptr: no such id.
EgressOutput* output_of(EgressJob& job, const std::string& id);

/// A file that a copying job's worker has begun; nullptr: none that it may have.
EgressOutput* add_copied(EgressJob& job, const EgressReport::Output& report);

/// A file with that name, which is one of a recording's, in the folder of a job that a crash left;
/// nullptr: not one of its.
EgressOutput* add_found(EgressJob& job, const std::string& name);

/// Something has been written or sent.
bool is_started(const EgressOutput& output);
/// True: more than sizes and durations has changed.
bool take_report(EgressOutput& output, const EgressReport::Output& report, std::int64_t unix_ms);
/// Its worker has ended; a failure stays one.
void close_output(EgressOutput& output, std::int64_t unix_ms);

}  // namespace plenum::control
