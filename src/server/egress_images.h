#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "control/egress_job.h"
#include "proto/egress.pb.h"

namespace plenum::server {

/// The images that `scenery` shows and `before` did not, as a worker takes them: to be sent before
/// the layout that names them. What is not there any more is left out, and the log says so. Reads
/// files, of 2 MiB each.
std::vector<egress::pb::ToWorker> image_messages(const std::filesystem::path& data_dir,
                                                 const std::string& api_key,
                                                 const control::EgressScenery& scenery,
                                                 const control::EgressScenery& before);

}  // namespace plenum::server
