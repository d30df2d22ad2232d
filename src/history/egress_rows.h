#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "control/domain_events.h"
#include "store/jobs.h"

/// Recordings, livestreams and HLS streams as rows of `jobs`: the status is egress_state_name(),
/// the config is the caller's JSON, and the result is JSON of ours with everything else of the job.
namespace plenum::history {

/// Stores the job as its last change left it. What was deleted stays so, and what has ended does
/// not run again.
void write_egress(store::Database& db, const control::EgressJob& job, std::int64_t at_ms);

/// A row as it was written. Of a row that holds something else, what can be read.
control::EgressJob egress_job_of(const store::Job& row);

/// Jobs that a crash of this node left open, at most `limit` of each kind of all that are open:
/// they are stopping from now on, and `ended_ms` is when they were seen alive last. They are taken
/// again after the next crash, until they have ended.
std::vector<control::EgressJob> take_abandoned(store::Database& db, const std::string& node,
                                               std::int64_t limit);
/// Ends such a job, not yet in its row, when `bytes` and `duration_ms` of its outputs say what
/// could be saved: stopped if it was stopping before the crash and nothing failed, else failed.
void conclude_abandoned(control::EgressJob& job);

}  // namespace plenum::history
