#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <optional>
#include <string>

#include "control/egress_jobs.h"
#include "server/egress_process.h"

namespace plenum::server {

/// Makes a recording final that a dead worker has left: `plenum-egress recover`, in a process of
/// its own. `path` is below the data directory. `done` is called once, later, on the control
/// thread; nullopt: nothing could be saved, and the log says why.
void recover_recording(boost::asio::io_context& io, const EgressProgram& program,
                       const std::string& path,
                       std::function<void(std::optional<control::EgressJobs::Recovered>)> done);

}  // namespace plenum::server
