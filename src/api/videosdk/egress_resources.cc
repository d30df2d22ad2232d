#include "api/videosdk/egress_resources.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <cctype>
#include <string_view>

#include "api/videosdk/resources.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using control::EgressJob;
using control::EgressKind;
using control::EgressOutput;
using control::EgressState;

json::value time_or_null(std::int64_t unix_ms) {
  return unix_ms == 0 ? json::value() : json::value(time_text(unix_ms));
}

double seconds(std::uint64_t ms) { return static_cast<double>(ms) / 1000; }

/// Short ones are not shown at all.
std::string masked(const std::string& secret) {
  constexpr std::size_t kShown = 2, kShortest = 6;
  return "****" + (secret.size() < kShortest ? "" : secret.substr(secret.size() - kShown));
}

json::object webhook_json(const store::DeliverySummary& told) {
  json::array entries;
  for (const auto& [type, success] : told.entries)
    entries.push_back(json::object{{"type", type}, {"success", success}});
  return {{"totalCount", told.total}, {"successCount", told.success}, {"data", std::move(entries)}};
}

json::object links_json(const EgressJob& job, const std::string& base) {
  return {{"get_room", base + "/v2/rooms/" + job.room},
          {"get_session", base + "/v2/sessions/" + job.session}};
}

json::object file_json(const EgressView& view, const EgressOutput& file, const MediaLinks& links,
                       std::int64_t now_ms) {
  const EgressJob& job = view.job;
  const char* format = file.path.ends_with(".webm") ? "matroska,webm" : "mov,mp4,m4a,3gp,3g2,mj2";
  json::object meta{{"format", format}, {"duration", seconds(file.duration_ms)}};
  json::object ratio;
  if (!job.audio_only) {
    meta["resolution"] = json::object{{"width", job.width}, {"height", job.height}};
    if (file.duration_ms > 0)
      ratio[std::to_string(job.height)] =
          static_cast<double>(file.bytes) / seconds(file.duration_ms);
  }
  return {{"id", file.id == "file" ? job.id : job.id + file.id.substr(file.id.find('-'))},
          {"type", job.audio_only ? "audio" : "video"},
          {"size", file.bytes},
          {"filePath", file.object.empty() ? file.path : file.object},
          {"fileUrl", links.file_url(file, now_ms)},
          {"userStorage", nullptr},
          {"meta", std::move(meta)},
          {"ratio", std::move(ratio)},
          {"createdAt", time_or_null(file.ended_ms)},
          {"updatedAt", time_text(view.updated_ms)}};
}

/// Parts that are final and hold something.
std::vector<EgressOutput> files_of(const EgressJob& job) {
  std::vector<EgressOutput> out;
  for (const EgressOutput& o : job.outputs)
    if (o.type == EgressOutput::Type::file && o.is_over() && o.bytes > 0) out.push_back(o);
  return out;
}

void add_recording(json::object& out, const EgressView& view, const MediaLinks& links,
                   std::int64_t now_ms) {
  const EgressJob& job = view.job;
  out["userId"] = job.api_key;
  // It goes on, whatever becomes of its workers.
  const bool goes_on = job.state == EgressState::starting && job.restarts > 0;
  out["status"] = goes_on ? "recording" : recording_status(job.state);
  out["createdAt"] = time_text(job.created_ms);
  out["updatedAt"] = time_text(view.updated_ms);
  json::array files;
  for (const EgressOutput& file : files_of(job))
    files.push_back(file_json(view, file, links, now_ms));
  out["fileId"] = files.empty() ? json::value() : json::value(job.id);
  out["file"] = files.empty() ? json::value() : files.front();
  out["files"] = std::move(files);
}

void add_livestream(json::object& out, const EgressJob& job) {
  out["composerId"] = job.id;
  out["region"] = nullptr;
  json::array outputs;
  for (const EgressOutput& o : job.outputs)
    if (o.type == EgressOutput::Type::stream)
      outputs.push_back(
          json::object{{"url", o.target.url}, {"streamKey", masked(o.target.secret)}});
  out["outputs"] = std::move(outputs);
}

void add_hls(json::object& out, const EgressJob& job, const MediaLinks& links) {
  out["composerId"] = job.id;
  out["meetingId"] = job.room;
  out["duration"] = job.duration_ms() / 1000;
  out["mode"] = job.audio_only ? "audio" : "video-and-audio";
  out["quality"] = job.layout.quality;
  out["orientation"] = job.layout.orientation;
  out["captureLog"] = json::array();
  out["encryption"] = nullptr;
  out["playbackHlsUrl"] = links.playback_url(job);
  out["livestreamUrl"] = links.live_url(job);
  out["downstreamUrl"] = links.playback_url(job);
}

/// Of the client SDK (videosdk-api 5.8).
struct Failure {
  int code;
  const char* name;
};
constexpr std::array kFailures = {Failure{5001, "RECORDING_FAILED"},
                                  Failure{5002, "LIVESTREAM_FAILED"}, Failure{5003, "HLS_FAILED"},
                                  Failure{5001, "RECORDING_FAILED"}};

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

const char* recording_status(EgressState state) {
  switch (state) {
    case EgressState::starting:
      return "starting";
    case EgressState::started:
    case EgressState::playable:
      return "recording";
    case EgressState::stopping:
      return "processing";
    case EgressState::stopped:
      return "completed";
    case EgressState::failed:
      break;
  }
  return "failed";
}

json::object egress_json(const EgressView& view, const MediaLinks& links, std::int64_t now_ms) {
  const EgressJob& job = view.job;
  json::object out{{"id", job.id},
                   {"roomId", job.room},
                   {"sessionId", job.session},
                   {"start", time_text(job.started_ms == 0 ? job.created_ms : job.started_ms)},
                   {"end", time_or_null(job.ended_ms)}};
  out["status"] = control::egress_state_name(job.state);
  if (job.kind == EgressKind::recording) add_recording(out, view, links, now_ms);
  if (job.kind == EgressKind::livestream) add_livestream(out, job);
  if (job.kind == EgressKind::hls) add_hls(out, job, links);
  out["config"] = stored_json(job.config);
  if (!job.error.empty()) out["error"] = job.error;
  if (job.degradation > 0) out["degradation"] = job.degradation;
  out["webhook"] = webhook_json(view.told);
  out["links"] = links_json(job, links.base);
  return out;
}

std::string egress_webhook_type(const EgressJob& job) {
  return std::string(control::egress_kind_name(job.kind)) + "-" +
         std::string(control::egress_state_name(job.state));
}

json::object egress_webhook_data(const EgressJob& job, const MediaLinks& links,
                                 std::int64_t now_ms) {
  json::object out{{"id", job.id}};
  const bool started = job.state == EgressState::started, over = job.state == EgressState::stopped;
  if (const auto files = files_of(job); over && !files.empty()) {
    out["filePath"] = files.front().path;
    out["fileUrl"] = links.file_url(files.front(), now_ms);
    out["duration"] = seconds(job.duration_ms());
    out["size"] = job.bytes();
  }
  if (job.restarts > 0) out["part"] = job.restarts + 1;
  if (job.kind == EgressKind::hls && (started || over || job.state == EgressState::playable)) {
    out["playbackHlsUrl"] = links.playback_url(job);
    out["downstreamUrl"] = links.playback_url(job);
    if (!over) out["livestreamUrl"] = links.live_url(job);
    if (over) out["duration"] = seconds(job.duration_ms());
  }
  const bool is_interrupted =
      job.state == EgressState::failed || job.state == EgressState::starting;
  if (is_interrupted && !job.error.empty()) out["message"] = job.error;
  return out;
}

std::string egress_event_type(EgressKind kind) {
  return std::string(control::egress_kind_name(kind)) + ".state";
}

json::object egress_event(const EgressJob& job, const MediaLinks& links) {
  const bool failed = job.state == EgressState::failed;
  const auto state = failed ? EgressState::stopped : job.state;
  json::object out{{"id", job.id},
                   {"status", upper(control::egress_kind_name(job.kind)) + "_" +
                                  upper(control::egress_state_name(state))}};
  if (job.kind == EgressKind::hls &&
      (job.state == EgressState::started || job.state == EgressState::playable)) {
    out["playbackHlsUrl"] = links.playback_url(job);
    out["livestreamUrl"] = links.live_url(job);
    out["downstreamUrl"] = links.playback_url(job);
  }
  if (failed) {
    const Failure& failure = kFailures[static_cast<std::size_t>(job.kind)];
    out["error"] =
        json::object{{"code", failure.code}, {"name", failure.name}, {"message", job.error}};
  }
  return out;
}

}  // namespace plenum::videosdk_api
