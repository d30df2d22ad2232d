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

/// Jobs that a crash of this node left open, at most `limit` of all that are open: failed now, not
/// yet written.
std::vector<control::EgressJob> abandoned_jobs(store::Database& db, const std::string& node,
                                               std::int64_t limit);

}  // namespace plenum::history
