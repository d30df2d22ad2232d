#include "api/videosdk/copy_wish.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "api/videosdk/egress_wish.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using control::EgressJob;
using control::EgressKind;
using control::EgressSubject;
using control::TrackSource;

struct Kind {
  std::string_view name;
  TrackSource as;
  std::string_view source = source_name(as);
};
constexpr std::array kKinds = {
    Kind{"audio", TrackSource::microphone},
    Kind{"video", TrackSource::camera},
    Kind{"screen_audio", TrackSource::screen_share_audio},
    Kind{"screen_video", TrackSource::screen_share},
};

std::string source_of_kind(std::string_view kind) {
  const auto it = std::ranges::find(kKinds, kind, &Kind::name);
  return it == kKinds.end() ? "" : std::string(it->source);
}

Problem needs_encoding(std::string message) {
  Problem problem{501, "NOT_IMPLEMENTED", std::move(message)};
  problem.feature = "fileFormat";
  return problem;
}

bool fits(const std::string& format, codec::Codec codec) {
  if (codec == codec::Codec::h264) return format == "mp4";
  return codec != codec::Codec::vp8 || format == "webm";
}

/// What is published now; what comes later and does not fit is told by the job.
Status<Problem> check_format(const std::string& format, const EgressSubject& subject,
                             const control::ParticipantSnapshot& who) {
  if (format.empty()) return Ok{};
  if (format != "webm" && format != "mp4")
    return Err{
        needs_encoding("A participant's media is stored as it comes, and " + format +
                       " would need encoding: ask for webm or mp4, or leave fileFormat out")};
  for (const control::TrackDescription& track : who.tracks) {
    const auto kind = std::ranges::find(kKinds, track.source, &Kind::as);
    if (kind == kKinds.end() || track.codecs.empty() || track.kind != MediaKind::video) continue;
    const bool is_wanted = std::ranges::find(subject.tracks, kind->source) != subject.tracks.end();
    if (is_wanted && !fits(format, track.codecs.front().codec))
      return Err{needs_encoding("This participant's " + std::string(kind->name) +
                                " cannot be stored as " + format +
                                " without encoding it again: leave fileFormat out")};
  }
  return Ok{};
}

/// What the caller may read again, and what names and places the files.
Status<Problem> keep_common(const json::object& body, json::object& config, EgressJob& job) {
  job.webhook_url = body_text(body, "webhookUrl");
  if (auto folder = keep_folder(body, config); !folder) return folder;
  const json::value* metadata = body.if_contains("metadata");
  if (metadata && !metadata->is_null()) config["metadata"] = *metadata;
  return keep_config(config, job);
}

}  // namespace

std::string copied_kind(const EgressJob& job) {
  if (job.subjects.empty() || job.subjects.front().tracks.size() != 1) return "audio_video";
  const auto it = std::ranges::find(kKinds, job.subjects.front().tracks.front(), &Kind::source);
  return it == kKinds.end() ? "audio_video" : std::string(it->name);
}

EgressSubject copied_subject(EgressKind kind, const json::object& body) {
  EgressSubject subject{body_text(body, "participantId"), {"camera", "microphone"}};
  if (kind == EgressKind::track) subject.tracks = {source_of_kind(body_text(body, "kind"))};
  return subject;
}

Result<EgressJob, Problem> copy_wish(EgressKind kind, const json::object& body,
                                     const control::ParticipantSnapshot& who) {
  EgressJob job;
  job.kind = kind;
  job.subjects = {copied_subject(kind, body)};
  const std::string asked = body_text(body, "fileFormat");
  if (auto ok = check_format(asked, job.subjects.front(), who); !ok) return Err{ok.error()};
  job.copy.emplace();
  job.copy->per_track = kind == EgressKind::track;
  // webm is what callers expect, but a picture that only mp4 takes must not be lost.
  const bool is_sound = copied_kind(job).ends_with("audio");
  job.copy->container = asked.empty() && is_sound ? "webm" : asked;
  job.audio_only = is_sound;
  json::object config{{"participantId", who.identity}};
  if (auto kept = keep_common(body, config, job); !kept) return Err{kept.error()};
  return job;
}

Result<EgressJob, Problem> composite_wish(const json::object& body,
                                          const std::vector<std::string>& present) {
  const json::value* marks = body.if_contains("watermarks");
  if (marks && marks->is_array() && !marks->get_array().empty()) {
    Problem problem{501, "NOT_IMPLEMENTED", "Composites have no watermarks: leave them out"};
    problem.feature = "watermarks";
    return Err{std::move(problem)};
  }
  auto job = egress_wish(EgressKind::composite, body);
  if (!job) return job;
  const json::value* listed = body.if_contains("participants");
  if (!listed || !listed->is_array() || listed->get_array().empty()) {
    for (const std::string& identity : present)
      if (job->subjects.size() < kComposedUnasked) job->subjects.push_back({identity, {}});
    return job;
  }
  for (const json::value& entry : listed->get_array()) {
    EgressSubject subject{body_text(entry.as_object(), "participantId"), {}};
    if (std::ranges::find(present, subject.identity) == present.end())
      return Err{problems::participant_not_found()};
    const json::value* kinds = entry.as_object().if_contains("kind");
    if (kinds && kinds->is_array())
      for (const json::value& kind : kinds->get_array())
        subject.tracks.push_back(source_of_kind(std::string_view(kind.as_string())));
    const bool known = std::ranges::find(job->subjects, subject.identity,
                                         &EgressSubject::identity) != job->subjects.end();
    if (known) return Err{problems::invalid("body.participants names one of them twice")};
    job->subjects.push_back(std::move(subject));
  }
  return job;
}

std::string copied_prefix(const std::string& participant_id) {
  std::string text = json::serialize(json::object{{"participantId", participant_id}});
  text.pop_back();  // more may follow
  return text;
}

}  // namespace plenum::videosdk_api
