#include "api/livekit/egress_info.h"

#include <algorithm>

#include "api/livekit/egress_record.h"
#include "api/livekit/stream_url.h"
#include "base/hex.h"

namespace plenum::livekit_api {
namespace {

namespace pb = ::livekit;
using control::EgressJob;
using control::EgressOutput;
using control::EgressState;

constexpr std::string_view kPrefix = "EG_";
constexpr std::size_t kIdLength = 24;

std::int64_t ns(std::int64_t ms) { return ms * 1'000'000; }
std::int64_t ns(std::uint64_t ms) { return ns(static_cast<std::int64_t>(ms)); }

void fill(const EgressOutput& file, const EgressLinks& links, std::int64_t now_ms,
          pb::FileInfo& out) {
  out.set_filename(file.name.empty() ? file.path.substr(file.path.rfind('/') + 1) : file.name);
  out.set_started_at(ns(file.started_ms));
  out.set_ended_at(ns(file.ended_ms));
  out.set_size(static_cast<std::int64_t>(file.bytes));
  out.set_duration(ns(file.duration_ms));
  if (file.is_over() && file.bytes > 0 && links.file) out.set_location(links.file(file, now_ms));
}

void fill(const EgressOutput& segments, const EgressJob& job, const EgressLinks& links,
          pb::SegmentsInfo& out) {
  out.set_playlist_name(segments.name.empty() ? "index.m3u8" : segments.name);
  if (links.playback) out.set_playlist_location(links.playback(job));
  out.set_live_playlist_name(live_playlist_of(job));
  if (links.live) out.set_live_playlist_location(links.live(job));
  out.set_started_at(ns(segments.started_ms));
  out.set_ended_at(ns(segments.ended_ms));
  out.set_size(static_cast<std::int64_t>(segments.bytes));
  out.set_duration(ns(segments.duration_ms));
}

void fill(const EgressOutput& stream, pb::StreamInfo& out) {
  out.set_url(masked_url(stream.target));
  out.set_started_at(ns(stream.started_ms));
  out.set_ended_at(ns(stream.ended_ms));
  out.set_duration(ns(stream.duration_ms));
  out.set_retries(stream.retries);
  out.set_error(stream.error);
  out.set_status(stream.state == EgressOutput::State::failed  ? pb::StreamInfo::FAILED
                 : stream.state == EgressOutput::State::ended ? pb::StreamInfo::FINISHED
                                                              : pb::StreamInfo::ACTIVE);
}

/// Where older clients look; a job of several kinds has no place there.
void fill_old_result(pb::EgressInfo& out) {
  const bool files = !out.file_results().empty(), streams = !out.stream_results().empty(),
             segments = !out.segment_results().empty();
  if (files + streams + segments != 1) return;
  if (files) *out.mutable_file() = out.file_results(0);
  if (streams) *out.mutable_stream()->mutable_info() = out.stream_results();
  if (segments) *out.mutable_segments() = out.segment_results(0);
}

}  // namespace

pb::EgressStatus egress_status(const EgressJob& job) {
  if (job.lacks_upload()) return pb::EGRESS_FAILED;
  switch (job.state) {
    case EgressState::starting:
      // After a worker's death it is still the same recording to its listeners.
      return job.started_ms == 0 ? pb::EGRESS_STARTING : pb::EGRESS_ACTIVE;
    case EgressState::started:
    case EgressState::playable:
      return pb::EGRESS_ACTIVE;
    case EgressState::stopping:
      return pb::EGRESS_ENDING;
    case EgressState::stopped:
      return job.started_ms == 0 ? pb::EGRESS_ABORTED : pb::EGRESS_COMPLETE;
    case EgressState::failed:
      break;
  }
  return pb::EGRESS_FAILED;
}

pb::EgressInfo egress_info(const EgressView& view, const EgressLinks& links, std::int64_t now_ms) {
  constexpr int kInternal = 500;
  const EgressJob& job = view.job;
  pb::EgressInfo out;
  out.set_egress_id(egress_id(job));
  out.set_room_id(view.room_sid);
  out.set_room_name(job.room);
  out.set_status(egress_status(job));
  out.set_source_type(pb::EGRESS_SOURCE_TYPE_SDK);
  out.set_started_at(ns(job.started_ms == 0 ? job.created_ms : job.started_ms));
  out.set_ended_at(ns(job.ended_ms));
  out.set_updated_at(ns(view.updated_ms));
  out.set_retry_count(static_cast<int>(job.restarts));
  if (out.status() == pb::EGRESS_FAILED) {
    out.set_error(job.error);
    out.set_error_code(kInternal);
  } else {
    out.set_details(job.error);
  }
  show_request(job, out);
  for (const EgressOutput& o : job.outputs) {
    if (o.type == EgressOutput::Type::file) fill(o, links, now_ms, *out.add_file_results());
    if (o.type == EgressOutput::Type::segments) fill(o, job, links, *out.add_segment_results());
    if (o.type == EgressOutput::Type::stream) fill(o, *out.add_stream_results());
  }
  fill_old_result(out);
  return out;
}

std::string egress_id(const EgressJob& job) { return std::string(kPrefix) + job.id; }

std::string job_id_of(std::string_view egress_id) {
  if (!egress_id.starts_with(kPrefix)) return "";
  egress_id.remove_prefix(kPrefix.size());
  return is_hex(egress_id, kIdLength) ? std::string(egress_id) : "";
}

}  // namespace plenum::livekit_api
