#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "control/egress_job.h"
#include "history/record.h"
#include "server/config.h"
#include "storage/uploader.h"
#include "store/database.h"

namespace plenum::server {

/// Asks for what becomes of a job's files when it has ended: into the operator's bucket, if there
/// is one, or to the URL that came with the job. For the transaction that ends the job.
std::function<void(store::Database&, const control::EgressJob&)> upload_order(const Config& config);

/// nullptr: without a data directory there are no files. `audience` is told of what will not be
/// uploaded; then `told` is called, on any thread. Throws StoreError or std::runtime_error.
std::unique_ptr<storage::Uploader> make_uploader(store::Store& store, const Config& config,
                                                 history::Audience audience,
                                                 std::function<void()> told);

/// Links to objects of the bucket by their keys, for a week from `now_ms` on; nullptr: there is no
/// bucket.
std::function<std::string(const std::string& key, std::int64_t now_ms)> object_links(
    const Config& config);

}  // namespace plenum::server
