#include "history/egress_rows.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <optional>
#include <string_view>

#include "store/sessions.h"

namespace plenum::history {
namespace {

namespace json = boost::json;
using control::EgressJob;
using control::EgressKind;
using control::EgressOutput;
using control::EgressState;

constexpr std::array kKinds = {EgressKind::recording, EgressKind::livestream,  EgressKind::hls,
                               EgressKind::composite, EgressKind::participant, EgressKind::track};
constexpr std::array kStates = {EgressState::starting, EgressState::started, EgressState::playable,
                                EgressState::stopping, EgressState::stopped, EgressState::failed};

/// Why a job did not end as it should, for people.
constexpr const char* kInterrupted = "the server was restarted";

std::optional<std::int64_t> time_of(std::int64_t unix_ms) {
  return unix_ms == 0 ? std::nullopt : std::optional(unix_ms);
}

constexpr std::array<std::string_view, 3> kTypes = {"file", "segments", "stream"};
constexpr std::array<std::string_view, 5> kOutputStates = {"connecting", "live", "reconnecting",
                                                           "ended", "failed"};

/// Of what is not known, the last one.
template <class E, std::size_t n>
E named(const std::array<std::string_view, n>& names, const std::string& name) {
  const auto at = std::ranges::find(names, name);
  return static_cast<E>(at == names.end() ? n - 1 : at - names.begin());
}

json::object output_json(const EgressOutput& o) {
  return {{"id", o.id},
          {"type", kTypes[static_cast<std::size_t>(o.type)]},
          {"state", kOutputStates[static_cast<std::size_t>(o.state)]},
          {"url", o.target.url},
          {"secret", o.target.secret},
          {"path", o.path},
          {"name", o.name},
          {"object", o.object},
          {"uploadError", o.upload_error},
          {"startedMs", o.started_ms},
          {"endedMs", o.ended_ms},
          {"bytes", o.bytes},
          {"durationMs", o.duration_ms},
          {"retries", o.retries},
          {"error", o.error}};
}

json::array subjects_json(const EgressJob& job) {
  json::array out;
  for (const auto& [identity, tracks] : job.subjects)
    out.push_back(json::object{{"identity", identity},
                               {"tracks", json::array(tracks.begin(), tracks.end())}});
  return out;
}

std::string result_of(const EgressJob& job) {
  json::array outputs;
  for (const EgressOutput& o : job.outputs) outputs.push_back(output_json(o));
  json::object out{{"outputs", std::move(outputs)},
                   {"width", job.width},
                   {"height", job.height},
                   {"restarts", job.restarts},
                   {"error", job.error},
                   {"webm", job.webm},
                   {"mode", job.audio_only ? "audio" : "video-and-audio"},
                   {"quality", job.layout.quality},
                   {"orientation", job.layout.orientation}};
  if (!job.subjects.empty()) out["subjects"] = subjects_json(job);
  // So that a crash does not lose it; afterwards the upload's own row has it.
  if (!job.is_over() && !job.upload_url.empty()) out["uploadUrl"] = job.upload_url;
  if (job.copy)
    out["copy"] = json::object{{"perTrack", job.copy->per_track},
                               {"container", job.copy->container},
                               {"track", job.copy->track},
                               {"name", job.copy->name}};
  return json::serialize(out);
}

std::string text(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  const json::string* found = value ? value->if_string() : nullptr;
  return found ? std::string(found->data(), found->size()) : std::string();
}

template <class T>
T number(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (!value) return 0;
  json::error_code ec;
  const T out = value->to_number<T>(ec);
  return ec ? T{0} : out;
}

EgressOutput output_from(const json::object& o) {
  EgressOutput out;
  out.id = text(o, "id");
  out.type = named<EgressOutput::Type>(kTypes, text(o, "type"));
  out.state = named<EgressOutput::State>(kOutputStates, text(o, "state"));
  out.target = {text(o, "url"), text(o, "secret")};
  out.path = text(o, "path");
  out.name = text(o, "name");
  out.object = text(o, "object");
  out.upload_error = text(o, "uploadError");
  out.started_ms = number<std::int64_t>(o, "startedMs");
  out.ended_ms = number<std::int64_t>(o, "endedMs");
  out.bytes = number<std::uint64_t>(o, "bytes");
  out.duration_ms = number<std::uint64_t>(o, "durationMs");
  out.retries = number<std::uint32_t>(o, "retries");
  out.error = text(o, "error");
  return out;
}

/// Empty when there is none.
json::array list(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_array() ? value->get_array() : json::array();
}

control::EgressSubject subject_from(const json::object& o) {
  control::EgressSubject out{text(o, "identity"), {}};
  for (const json::value& track : list(o, "tracks"))
    if (const json::string* name = track.if_string()) out.tracks.emplace_back(*name);
  return out;
}

bool flag(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && *value == json::value(true);
}

std::optional<control::EgressCopy> copy_from(const json::object& result) {
  const json::value* value = result.if_contains("copy");
  const json::object* copy = value ? value->if_object() : nullptr;
  if (!copy) return std::nullopt;
  return control::EgressCopy{.per_track = flag(*copy, "perTrack"),
                             .container = text(*copy, "container"),
                             .track = text(*copy, "track"),
                             .name = text(*copy, "name")};
}

void read_result(const std::string& written, EgressJob& out) {
  json::error_code ec;
  const json::value value = json::parse(written, ec);
  const json::object* result = ec ? nullptr : value.if_object();
  if (!result) return;
  out.width = number<std::uint32_t>(*result, "width");
  out.height = number<std::uint32_t>(*result, "height");
  out.restarts = number<std::uint32_t>(*result, "restarts");
  out.error = text(*result, "error");
  out.webm = flag(*result, "webm");
  out.upload_url = text(*result, "uploadUrl");
  out.audio_only = text(*result, "mode") == "audio";
  out.layout.quality = text(*result, "quality");
  out.layout.orientation = text(*result, "orientation");
  out.copy = copy_from(*result);
  for (const json::value& subject : list(*result, "subjects"))
    if (const json::object* o = subject.if_object()) out.subjects.push_back(subject_from(*o));
  for (const json::value& output : list(*result, "outputs"))
    if (const json::object* o = output.if_object()) out.outputs.push_back(output_from(*o));
}

}  // namespace

void write_egress(store::Database& db, const EgressJob& job, std::int64_t at_ms) {
  store::Job row;
  row.id = job.id;
  row.kind = egress_kind_name(job.kind);
  row.api_key = job.api_key;
  row.room_id = job.room;
  row.session_id = job.session;
  row.status = egress_state_name(job.state);
  row.config = job.config;
  row.result = result_of(job);
  if (!job.webhook_url.empty()) row.webhook_url = job.webhook_url;
  row.started_ms = time_of(job.started_ms);
  row.ended_ms = time_of(job.ended_ms);
  // Whoever asks for active jobs asks for this.
  if (job.is_over() && !row.ended_ms) row.ended_ms = at_ms;
  row.created_ms = job.created_ms == 0 ? at_ms : job.created_ms;
  row.updated_ms = at_ms;
  const auto before = store::find_job(db, job.api_key, job.id);
  if (!before) {
    store::insert_job(db, std::move(row));
    return;
  }
  if (before->ended_ms && !row.ended_ms) return;
  row.deleted = before->deleted;
  store::update_job(db, row);
}

EgressJob egress_job_of(const store::Job& row) {
  EgressJob job;
  job.id = row.id;
  const auto kind = std::ranges::find(kKinds, row.kind, control::egress_kind_name);
  if (kind != kKinds.end()) job.kind = *kind;
  const auto state = std::ranges::find(kStates, row.status, control::egress_state_name);
  job.state = state == kStates.end() ? EgressState::failed : *state;
  job.api_key = row.api_key;
  job.room = row.room_id;
  job.session = row.session_id;
  job.config = row.config;
  job.webhook_url = row.webhook_url.value_or("");
  job.created_ms = row.created_ms;
  job.started_ms = row.started_ms.value_or(0);
  job.ended_ms = row.ended_ms.value_or(0);
  if (row.result) read_result(*row.result, job);
  return job;
}

std::vector<EgressJob> take_abandoned(store::Database& db, const std::string& node,
                                      std::int64_t limit) {
  std::vector<EgressJob> out;
  for (const EgressKind kind : kKinds)
    for (const store::Job& row :
         store::unfinished_jobs(db, std::string(egress_kind_name(kind)), limit)) {
      const auto session = store::find_session(db, row.api_key, row.session_id);
      if (session && session->node != node) continue;
      EgressJob job = egress_job_of(row);
      if (job.state != EgressState::stopping) job.error = kInterrupted;
      job.state = EgressState::stopping;
      // The row's last change stays when it was seen alive last.
      write_egress(db, job, row.updated_ms);
      job.ended_ms = row.updated_ms;
      out.push_back(std::move(job));
    }
  return out;
}

void conclude_abandoned(EgressJob& job) {
  for (EgressOutput& o : job.outputs) {
    const auto length_ms = static_cast<std::int64_t>(o.duration_ms);
    const std::int64_t end_ms = o.started_ms == 0 ? job.ended_ms : o.started_ms + length_ms;
    job.ended_ms = std::max(job.ended_ms, end_ms);
    if (o.is_over()) continue;
    o.state = EgressOutput::State::ended;
    o.ended_ms = end_ms;
  }
  const bool is_whole = job.error != kInterrupted && std::ranges::none_of(job.outputs, [](auto& o) {
                          return o.state == EgressOutput::State::failed;
                        });
  job.state = is_whole ? EgressState::stopped : EgressState::failed;
  if (!is_whole && job.error.empty()) job.error = kInterrupted;
}

}  // namespace plenum::history
