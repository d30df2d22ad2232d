#include "api/livekit/egress_wish.h"

#include <algorithm>
#include <utility>

#include "api/livekit/egress_encoding.h"
#include "api/livekit/egress_outputs.h"
#include "api/livekit/egress_path.h"
#include "api/livekit/egress_record.h"

namespace plenum::livekit_api {
namespace {

namespace pb = ::livekit;
using control::EgressJob;
using control::EgressLayout;
using twirp::Code;
using twirp::Error;

constexpr std::size_t kMaxRecordBytes = 16 * 1024;
/// One tile that fills the picture.
constexpr const char* kSingle = "SPOTLIGHT";

Err<Error> invalid(const char* text) { return Err{Error{Code::invalid_argument, text}}; }
Err<Error> absent(const char* text) { return Err{Error{Code::unimplemented, text}}; }
Err<Error> not_found(const char* text) { return Err{Error{Code::not_found, text}}; }

/// Into whose words the request is to be shown again, and what it says of people and tracks.
struct Shown {
  const char* member;
  PathFacts facts{};
};

template <class Request>
void add_old_outputs(const Request& request, AskedOutputs& out) {
  if (request.has_file()) out.files.push_back(request.file());
  if (request.has_stream()) out.streams.push_back(request.stream());
  if (request.has_segments()) out.segments.push_back(request.segments());
}

/// The older fields count when the newer ones are empty.
template <class Request>
AskedOutputs asked_outputs(const Request& request) {
  AskedOutputs out;
  out.files.assign(request.file_outputs().begin(), request.file_outputs().end());
  out.streams.assign(request.stream_outputs().begin(), request.stream_outputs().end());
  out.segments.assign(request.segment_outputs().begin(), request.segment_outputs().end());
  out.images = !request.image_outputs().empty();
  if constexpr (requires { request.has_file(); })
    if (out.files.empty() && out.streams.empty() && out.segments.empty())
      add_old_outputs(request, out);
  for (const auto& file : out.files)
    out.storage |= file.output_case() != pb::EncodedFileOutput::OUTPUT_NOT_SET;
  for (const auto& segments : out.segments)
    out.storage |= segments.output_case() != pb::SegmentedFileOutput::OUTPUT_NOT_SET;
  return out;
}

AskedOutputs asked_outputs(const pb::StartEgressRequest& request) {
  AskedOutputs out;
  out.storage = request.has_storage();
  for (const pb::Output& output : request.outputs()) {
    out.storage |= output.has_storage();
    out.images |= output.has_images();
    if (output.has_stream()) out.streams.push_back(output.stream());
    if (output.has_segments()) {
      out.segments.push_back(output.segments());
      out.storage |= output.segments().output_case() != pb::SegmentedFileOutput::OUTPUT_NOT_SET;
    }
    if (output.has_file()) {
      out.files.emplace_back().set_filepath(output.file().filepath());
      out.files.back().set_file_type(output.file().file_type());
    }
  }
  return out;
}

Status<Error> read_webhooks(const auto& webhooks, EgressJob& job) {
  if (webhooks.empty()) return Ok{};
  if (webhooks.size() > 1) return absent("more than one webhook of a request is not offered");
  const pb::WebhookConfig& hook = webhooks[0];
  if (hook.url().empty()) return invalid("a webhook has no url");
  if (!hook.signing_key().empty() && hook.signing_key() != job.api_key)
    return absent("webhooks are signed with the key of the request's token");
  if (hook.has_filter_params()) return absent("filters of a request's webhook are not offered");
  job.webhook_url = hook.url();
  return Ok{};
}

template <class Request>
Status<Error> read_encoding(const Request& request, EgressLayout& layout) {
  if (request.has_preset()) return read_preset(request.preset(), layout);
  if (request.has_advanced()) return read_advanced(request.advanced(), layout);
  return Ok{};
}

/// What all requests have in common; `job` has what they have not.
template <class Request>
EgressWish finished(EgressJob job, const Request& request, const EgressPlace& place, Shown shown) {
  job.kind = control::EgressKind::composite;
  job.api_key = place.api_key;
  job.room = place.room.name;
  job.layout.quality = "med";
  job.layout.orientation = "landscape";
  if (auto read = read_encoding(request, job.layout); !read) return Err{read.error()};
  if (auto read = read_webhooks(request.webhooks(), job); !read) return Err{read.error()};
  shown.facts.room_name = place.room.name;
  shown.facts.room_id = place.room.sid;
  shown.facts.unix_ms = place.unix_ms;
  auto outputs = egress_outputs(asked_outputs(request), shown.facts);
  if (!outputs) return Err{outputs.error()};
  job.outputs = std::move(outputs->outputs);
  job.config = egress_record(shown.member, request, outputs->live_playlist);
  if (job.config.size() > kMaxRecordBytes) return invalid("the request is too large");
  return job;
}

/// Of requests and sources that show a room with a layout.
template <class Source>
Status<Error> read_template(const Source& source, EgressJob& job) {
  if (!source.custom_base_url().empty())
    return absent("this server renders no web pages: leave custom_base_url out");
  if (source.audio_only() && source.video_only())
    return invalid("audio_only and video_only exclude each other");
  job.audio_only = source.audio_only();
  if (source.video_only()) job.subjects.push_back({"", {"camera", "screen_share"}});
  job.layout.theme = "DEFAULT";
  const auto layout = named_layout(source.layout(), job.layout);
  if (!layout) return invalid("unknown layout: grid, speaker or single-speaker");
  job.layout = *layout;
  return Ok{};
}

EgressJob single_tile() {
  EgressJob job;
  job.layout.type = kSingle;
  job.layout.priority = "SPEAKER";
  job.layout.theme = "DEFAULT";
  return job;
}

/// Where a track is: nullptr when nobody in the room has it.
struct Found {
  const control::ParticipantSnapshot* owner = nullptr;
  const control::TrackDescription* track = nullptr;
};
Found find_track(const EgressPlace& place, const std::string& sid) {
  for (const control::SnapshotPtr& p : place.participants)
    for (const control::TrackDescription& track : p->tracks)
      if (track.sid == sid) return {p.get(), &track};
  return {};
}

}  // namespace

EgressWish egress_wish(const pb::RoomCompositeEgressRequest& request, const EgressPlace& place) {
  if (request.audio_mixing() != pb::DEFAULT_MIXING)
    return absent("audio_mixing is not offered: everybody is mixed into both channels");
  EgressJob job;
  if (auto read = read_template(request, job); !read) return Err{read.error()};
  return finished(std::move(job), request, place, {"room_composite"});
}

EgressWish egress_wish(const pb::StartEgressRequest& request, const EgressPlace& place) {
  if (request.has_web()) return absent("this server renders no web pages");
  if (request.has_media()) return absent("the source media is not offered: use template");
  EgressJob job;
  if (auto read = read_template(request.template_(), job); !read) return Err{read.error()};
  return finished(std::move(job), request, place, {"egress"});
}

EgressWish egress_wish(const pb::ParticipantEgressRequest& request, const EgressPlace& place) {
  if (request.identity().empty()) return invalid("no identity");
  const bool is_here = std::ranges::any_of(
      place.participants, [&](const auto& p) { return p->identity == request.identity(); });
  if (!is_here) return not_found("participant does not exist");
  EgressJob job = single_tile();
  job.subjects.push_back({request.identity(), {"camera", "microphone"}});
  if (request.screen_share()) job.subjects.back().tracks = {"screen_share", "screen_share_audio"};
  Shown shown{"participant"};
  shown.facts.publisher_identity = request.identity();
  return finished(std::move(job), request, place, std::move(shown));
}

EgressWish egress_wish(const pb::TrackCompositeEgressRequest& request, const EgressPlace& place) {
  EgressJob job = single_tile();
  Found found;
  for (const auto& [sid, kind] : {std::pair{request.audio_track_id(), MediaKind::audio},
                                  std::pair{request.video_track_id(), MediaKind::video}}) {
    if (sid.empty()) continue;
    const Found track = find_track(place, sid);
    if (!track.track || track.track->kind != kind) return not_found("track does not exist");
    if (found.owner && found.owner != track.owner)
      return absent("both tracks must be one participant's");
    found = track;
    if (job.subjects.empty()) job.subjects.push_back({track.owner->identity, {}});
    job.subjects.back().tracks.push_back(sid);
  }
  if (!found.owner) return invalid("no track");
  job.audio_only = request.video_track_id().empty();
  Shown shown{"track_composite"};
  shown.facts.publisher_identity = found.owner->identity;
  return finished(std::move(job), request, place, std::move(shown));
}

EgressWish egress_wish(const pb::TrackEgressRequest& request, const EgressPlace& place) {
  if (!request.websocket_url().empty()) return absent("websocket_url is not offered");
  if (request.file().output_case() != pb::DirectFileOutput::OUTPUT_NOT_SET)
    return absent("uploads are configured at the server: leave the storage out");
  const Found found = find_track(place, request.track_id());
  if (!found.track) return not_found("track does not exist");
  const bool is_sound = found.track->kind == MediaKind::audio;
  PathFacts facts{.room_name = place.room.name,
                  .room_id = place.room.sid,
                  .unix_ms = place.unix_ms,
                  .publisher_identity = found.owner->identity,
                  .track_id = found.track->sid,
                  .track_type = is_sound ? "audio" : "video",
                  .track_source = std::string(control::source_name(found.track->source))};
  auto name = egress_path(request.file().filepath(), "", facts);
  if (!name) return Err{name.error()};
  // Which ending it gets is a matter of its codec.
  for (const char* ending : {".ogg", ".webm", ".mp4", ".ivf", ".h264"})
    if (name->ends_with(ending)) name->resize(name->rfind('.'));
  control::TrackSource source = found.track->source;
  if (source == control::TrackSource::unknown)
    source = is_sound ? control::TrackSource::microphone : control::TrackSource::camera;
  EgressJob job;
  job.kind = control::EgressKind::track;
  job.api_key = place.api_key;
  job.room = place.room.name;
  job.audio_only = is_sound;
  job.subjects.push_back({found.owner->identity, {std::string(control::source_name(source))}});
  job.copy = {.track = found.track->sid, .name = std::move(*name)};
  if (auto read = read_webhooks(request.webhooks(), job); !read) return Err{read.error()};
  job.config = egress_record("track", request, "");
  if (job.config.size() > kMaxRecordBytes) return invalid("the request is too large");
  return job;
}

}  // namespace plenum::livekit_api
