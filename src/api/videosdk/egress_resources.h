// Recordings, livestreams and HLS streams in the words of REST v2 (videosdk-api 3.3 to 3.6), of its
// webhooks (4.1) and of events in rooms (5.4).
#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "api/videosdk/media_links.h"
#include "control/egress_job.h"
#include "store/outbox.h"

namespace plenum::videosdk_api {

/// A job, when it changed last, and whom of it was told.
struct EgressView {
  control::EgressJob job;
  std::int64_t updated_ms = 0;
  store::DeliverySummary told{};
};

/// As its kind is shown. `now_ms`: from when a file's link holds. Of stream keys only the last two
/// characters.
boost::json::object egress_json(const EgressView& view, const MediaLinks& links,
                                std::int64_t now_ms);

/// Below the data directory: what says whose each file of a copying job is, one for each worker.
std::vector<std::string> manifest_paths(const control::EgressJob& job);

/// "starting", "recording", "processing", "completed" or "failed".
const char* recording_status(control::EgressState state);

/// A webhook's type, e.g. "recording-started", and what it says besides the room and the session.
std::string egress_webhook_type(const control::EgressJob& job);
boost::json::object egress_webhook_data(const control::EgressJob& job, const MediaLinks& links,
                                        std::int64_t now_ms);

/// An event's type, e.g. "recording.state", and its data with "status", e.g. "RECORDING_STARTED". A
/// job that failed is told as stopped, with an error.
std::string egress_event_type(control::EgressKind kind);
boost::json::object egress_event(const control::EgressJob& job, const MediaLinks& links);

}  // namespace plenum::videosdk_api
