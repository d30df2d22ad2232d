#pragma once
#include <string>
#include <vector>

#include "io/fd.h"
#include "proto/egress.pb.h"

namespace plenum::egress {

/// The folders that a job's files go to, absolute as Start has them; made if they are not there.
/// They are of this job alone: what its worker may write.
std::vector<std::string> make_job_folders(const pb::Start& start);

/// Says of a folder, as long as it lives and to whoever asks by flock(2), that somebody writes
/// there; the kernel takes it back however the process ends. Waits while somebody makes sure that
/// nobody does. Empty when the folder cannot be opened.
io::Fd hold_folder(const std::string& folder);

}  // namespace plenum::egress
