#include "api/videosdk/egress_resources.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <cctype>
#include <string_view>

#include "api/videosdk/copy_wish.h"
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

/// As ffprobe calls it.
const char* format_of(const EgressOutput& file) {
  if (file.path.ends_with(".webm")) return "matroska,webm";
  return file.path.ends_with(".ogg") ? "ogg" : "mov,mp4,m4a,3gp,3g2,mj2";
}

bool is_sound(const EgressJob& job, const EgressOutput& file) {
  return job.audio_only || file.path.ends_with(".ogg");
}

std::string file_id(const EgressJob& job, const EgressOutput& file) {
  if (job.copy) return file.id;
  return file.id == "file" ? job.id : job.id + file.id.substr(file.id.find('-'));
}

json::object file_json(const EgressView& view, const EgressOutput& file, const MediaLinks& links,
                       std::int64_t now_ms) {
  const EgressJob& job = view.job;
  json::object meta{{"format", format_of(file)}, {"duration", seconds(file.duration_ms)}};
  json::object ratio;
  if (!job.audio_only && !job.copy) {
    meta["resolution"] = json::object{{"width", job.width}, {"height", job.height}};
    if (file.duration_ms > 0)
      ratio[std::to_string(job.height)] =
          static_cast<double>(file.bytes) / seconds(file.duration_ms);
  }
  json::object out{{"id", file_id(job, file)},
                   {"type", is_sound(job, file) ? "audio" : "video"},
                   {"size", file.bytes},
                   {"filePath", file.object.empty() ? file.path : file.object},
                   {"fileUrl", links.file_url(file, now_ms)},
                   {"userStorage", nullptr},
                   {"meta", std::move(meta)},
                   {"ratio", std::move(ratio)},
                   {"createdAt", time_or_null(file.ended_ms)},
                   {"updatedAt", time_text(view.updated_ms)}};
  if (!file.upload_error.empty()) out["uploadError"] = file.upload_error;
  return out;
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

json::array file_details(const EgressJob& job, const MediaLinks& links, std::int64_t now_ms) {
  json::array out;
  for (const EgressOutput& file : files_of(job))
    out.push_back(json::object{{"filePath", file.object.empty() ? file.path : file.object},
                               {"fileUrl", links.file_url(file, now_ms)}});
  return out;
}

json::array manifest_urls(const EgressJob& job, const MediaLinks& links, std::int64_t now_ms) {
  json::array out;
  for (const std::string& path : manifest_paths(job)) {
    EgressOutput manifest;
    manifest.path = path;
    out.emplace_back(links.file_url(manifest, now_ms));
  }
  return out;
}

/// What was asked for, or what it became.
std::string file_format(const EgressJob& job) {
  if (!job.copy) return job.webm ? "webm" : "mp4";
  if (!job.copy->container.empty()) return job.copy->container;
  if (job.outputs.empty()) return "webm";
  const std::string& path = job.outputs.front().path;
  return path.substr(path.rfind('.') + 1);
}

/// Whom it copies, and which of its tracks.
void add_copied(json::object& out, const EgressJob& job) {
  out["participantId"] = job.subjects.empty() ? "" : job.subjects.front().identity;
  out["kind"] = copied_kind(job);
  out["fileFormat"] = file_format(job);
}

void add_copy(json::object& out, const EgressView& view, const MediaLinks& links,
              std::int64_t now_ms) {
  const EgressJob& job = view.job;
  add_copied(out, job);
  out["mode"] = control::egress_kind_name(job.kind);
  out["region"] = nullptr;
  out["status"] = recording_status(job.state);
  json::array files;
  for (const EgressOutput& file : files_of(job))
    files.push_back(file_json(view, file, links, now_ms));
  out["files"] = std::move(files);
  json::array manifests = manifest_urls(job, links, now_ms);
  out["manifestUrl"] = manifests.empty() ? json::value() : manifests.front();
  out["manifestUrls"] = std::move(manifests);
}

void add_composite(json::object& out, const EgressView& view, const MediaLinks& links,
                   std::int64_t now_ms) {
  const EgressJob& job = view.job;
  add_recording(out, view, links, now_ms);
  json::array participants;
  for (const control::EgressSubject& subject : job.subjects)
    participants.push_back(json::object{{"participantId", subject.identity}});
  out["meetingId"] = job.room;
  out["participants"] = std::move(participants);
  out["fileFormat"] = file_format(job);
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
Failure failure_of(EgressKind kind) {
  if (kind == EgressKind::livestream) return {5002, "LIVESTREAM_FAILED"};
  if (kind == EgressKind::hls) return {5003, "HLS_FAILED"};
  return {5001, "RECORDING_FAILED"};
}

/// What webhooks and events call it.
std::string_view told_name(EgressKind kind) {
  switch (kind) {
    case EgressKind::composite:
      return "composite-recording";
    case EgressKind::participant:
      return "participant-recording";
    case EgressKind::track:
      return "participant-track-recording";
    default:
      return control::egress_kind_name(kind);
  }
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

std::vector<std::string> manifest_paths(const EgressJob& job) {
  std::vector<std::string> out;
  for (std::uint32_t part = 0; job.copy && part <= job.restarts; ++part) {
    const std::string name = job.folder() + "/" + job.part_name(part);
    const bool has_files = std::ranges::any_of(
        job.outputs, [&](const EgressOutput& o) { return o.path.starts_with(name); });
    if (has_files) out.push_back(name + ".json");
  }
  return out;
}

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
  if (job.kind == EgressKind::composite) add_composite(out, view, links, now_ms);
  if (job.copy) add_copy(out, view, links, now_ms);
  out["config"] = stored_json(job.config);
  if (!job.error.empty()) out["error"] = job.error;
  if (job.degradation > 0) out["degradation"] = job.degradation;
  out["webhook"] = webhook_json(view.told);
  out["links"] = links_json(job, links.base);
  return out;
}

std::string egress_webhook_type(const EgressJob& job) {
  return std::string(told_name(job.kind)) + "-" +
         std::string(control::egress_state_name(job.state));
}

json::object egress_webhook_data(const EgressJob& job, const MediaLinks& links,
                                 std::int64_t now_ms) {
  json::object out{{"id", job.id}};
  const bool started = job.state == EgressState::started, over = job.is_over();
  if (job.copy) add_copied(out, job);
  const auto files = files_of(job);
  const bool has_details = job.state == EgressState::stopped || (over && !files.empty());
  if (has_details && (job.copy || job.kind == EgressKind::composite))
    out["fileDetails"] = file_details(job, links, now_ms);
  if (has_details && job.copy) out["manifestUrls"] = manifest_urls(job, links, now_ms);
  if (over && !files.empty()) {
    out["filePath"] = files.front().path;
    out["fileUrl"] = links.file_url(files.front(), now_ms);
    out["duration"] = seconds(job.duration_ms());
    out["size"] = job.bytes();
  }
  if (job.restarts > 0) out["part"] = job.restarts + 1;
  const bool is_stream = job.state != EgressState::failed || job.bytes() > 0;
  if (job.kind == EgressKind::hls && is_stream &&
      (started || over || job.state == EgressState::playable)) {
    out["playbackHlsUrl"] = links.playback_url(job);
    out["downstreamUrl"] = links.playback_url(job);
    if (!over) out["livestreamUrl"] = links.live_url(job);
    if (over) out["duration"] = seconds(job.duration_ms());
  }
  const bool is_interrupted =
      job.state == EgressState::failed || job.state == EgressState::starting;
  if (is_interrupted && !job.error.empty()) out["message"] = job.error;
  if (job.state == EgressState::failed)
    out["code"] = job.lacks_upload() ? "UPLOAD_FAILED" : failure_of(job.kind).name;
  return out;
}

std::string egress_event_type(EgressKind kind) { return std::string(told_name(kind)) + ".state"; }

json::object egress_event(const EgressJob& job, const MediaLinks& links) {
  const bool failed = job.state == EgressState::failed;
  const auto state = failed ? EgressState::stopped : job.state;
  json::object out{
      {"id", job.id},
      {"status", upper(told_name(job.kind)) + "_" + upper(control::egress_state_name(state))}};
  if (job.copy) add_copied(out, job);
  if (job.kind == EgressKind::hls &&
      (job.state == EgressState::started || job.state == EgressState::playable)) {
    out["playbackHlsUrl"] = links.playback_url(job);
    out["livestreamUrl"] = links.live_url(job);
    out["downstreamUrl"] = links.playback_url(job);
  }
  if (failed) {
    const Failure failure = failure_of(job.kind);
    out["error"] =
        json::object{{"code", failure.code}, {"name", failure.name}, {"message", job.error}};
  }
  return out;
}

}  // namespace plenum::videosdk_api
