#include "server/egress_messages.h"

#include <algorithm>

namespace plenum::server {
namespace {

namespace pb = egress::pb;
using control::EgressJob;
using control::EgressOutput;
using control::EgressReport;
using control::EgressScene;

pb::Source source_of(control::TrackSource source) {
  switch (source) {
    case control::TrackSource::microphone:
      return pb::MICROPHONE;
    case control::TrackSource::screen_share:
      return pb::SCREEN;
    case control::TrackSource::screen_share_audio:
      return pb::SCREEN_AUDIO;
    default:
      return pb::CAMERA;
  }
}

pb::Output output_of(const EgressOutput& output, const std::filesystem::path& data_dir) {
  pb::Output out;
  out.set_id(output.id);
  const std::filesystem::path place = data_dir / output.path;
  const std::string name = place.filename();
  if (!output.path.empty()) out.set_directory(place.parent_path().string());
  switch (output.type) {
    case EgressOutput::Type::file:
      if (place.extension() == ".webm")
        out.set_webm(name);
      else
        out.set_mp4(name);
      break;
    case EgressOutput::Type::segments:
      out.set_hls(name);
      break;
    case EgressOutput::Type::stream:
      out.set_rtmp(output.target.url + "/" + output.target.secret);
  }
  return out;
}

void fill(const control::EgressLayout& layout, pb::Layout& out) {
  out.set_type(layout.type);
  out.set_priority(layout.priority);
  out.set_grid_size(layout.grid_size);
  out.set_orientation(layout.orientation);
  out.set_theme(layout.theme);
  out.set_quality(layout.quality);
  out.set_background_colour(layout.scenery.colour);
  out.set_background_image(layout.scenery.image);
  out.set_logo_image(layout.scenery.logo);
  out.set_logo_position(layout.scenery.logo_position);
}

void fill(const EgressJob& job, pb::Copy& out) {
  const control::EgressSubject& subject = job.subjects.front();
  out.set_identity(subject.identity);
  for (const std::string& track : subject.tracks)
    out.add_sources(source_of(control::source_named(track)));
  out.set_per_track(job.copy->per_track);
  out.set_name(job.part_name(job.restarts));
  out.set_container(job.copy->container);
}

void add_track(const EgressScene::Track& track, pb::Member& member) {
  pb::Track& out = *member.add_tracks();
  out.set_id(track.id.value());
  out.set_source(source_of(track.source));
  out.set_codec(std::string(codec::name(track.codec)));
  out.set_red(track.red);
  out.set_muted(track.muted);
  out.set_simulcast(track.simulcast);
  for (const control::VideoLayer& layer : track.layers) {
    pb::Size& size = *out.add_layers();
    size.set_width(layer.width);
    size.set_height(layer.height);
  }
}

}  // namespace

pb::ToWorker start_message(const EgressJob& job, const EgressProgram& program) {
  pb::ToWorker message;
  pb::Start& start = *message.mutable_start();
  start.set_job(job.id);
  // Also of images: those of an HLS stream are in its folder.
  const EgressOutput* first = job.outputs.empty() ? nullptr : &job.outputs.front();
  const bool is_hls = first && first->type == EgressOutput::Type::segments;
  start.set_directory((program.data_dir / (is_hls ? first->path : job.folder())).string());
  start.set_network(job.kind == control::EgressKind::composite);
  start.set_allow_private_addresses(program.allow_private);
  start.set_min_free_bytes(std::max<std::uint64_t>(program.min_free_bytes, 1));
  start.set_audio_only(job.audio_only);
  if (job.copy && !job.subjects.empty()) fill(job, *start.mutable_copy());
  fill(job.layout, *start.mutable_layout());
  for (const EgressOutput& output : job.outputs)
    if (!output.is_over()) *start.add_outputs() = output_of(output, program.data_dir);
  return message;
}

pb::ToWorker layout_message(const control::EgressLayout& layout) {
  pb::ToWorker message;
  fill(layout, *message.mutable_layout());
  return message;
}

pb::ToWorker add_output_message(const EgressOutput& output, const std::filesystem::path& data_dir) {
  pb::ToWorker message;
  *message.mutable_add_output() = output_of(output, data_dir);
  return message;
}

pb::ToWorker end_output_message(const std::string& id) {
  pb::ToWorker message;
  message.set_end_output(id);
  return message;
}

pb::ToWorker room_message(const EgressScene& scene) {
  pb::ToWorker message;
  pb::Room& room = *message.mutable_room();
  for (const EgressScene::Member& m : scene.members) {
    pb::Member& member = *room.add_members();
    member.set_identity(m.identity);
    member.set_name(m.name);
    member.set_may_publish(m.may_publish);
    member.set_pinned_camera(m.pinned_camera);
    member.set_pinned_screen(m.pinned_screen);
    for (const EgressScene::Track& track : m.tracks) add_track(track, member);
  }
  for (const std::string& identity : scene.speakers) room.add_speakers(identity);
  return message;
}

pb::ToWorker snapshot_message(const control::EgressSnapshot& snapshot) {
  using Format = control::EgressSnapshot::Format;
  pb::ToWorker message;
  pb::Snapshot& out = *message.mutable_snapshot();
  out.set_name(snapshot.name);
  out.set_width(snapshot.width);
  out.set_height(snapshot.height);
  out.set_format(snapshot.format == Format::png    ? pb::Snapshot::PNG
                 : snapshot.format == Format::webp ? pb::Snapshot::WEBP
                                                   : pb::Snapshot::JPG);
  return message;
}

EgressReport::Snapshot snapshot_of(const pb::SnapshotDone& message) {
  EgressReport::Snapshot out;
  out.name = message.name();
  out.error = message.error();
  out.width = message.width();
  out.height = message.height();
  out.bytes = message.bytes();
  out.created_ms = static_cast<std::int64_t>(message.created_unix_ms());
  return out;
}

pb::ToWorker stop_message() {
  pb::ToWorker message;
  message.mutable_stop();
  return message;
}

EgressReport::Wanted wanted_of(const pb::Wanted& message) {
  EgressReport::Wanted wanted;
  for (const pb::Want& want : message.wants())
    wanted.tracks.push_back(
        {TrackId(want.track()), static_cast<std::uint8_t>(std::min(want.layer(), 255u))});
  return wanted;
}

std::vector<EgressReport::Output> outputs_of(
    const google::protobuf::RepeatedPtrField<pb::OutputStatus>& outputs) {
  std::vector<EgressReport::Output> out;
  for (const pb::OutputStatus& status : outputs) {
    EgressReport::Output& o = out.emplace_back();
    o.id = status.id();
    o.state = static_cast<EgressOutput::State>(std::clamp(static_cast<int>(status.state()), 0, 4));
    o.started = status.started();
    o.playable = status.playable();
    o.bytes = status.bytes();
    o.duration_ms = status.duration_ms();
    o.retries = status.retries();
    o.error = status.error();
    o.copied = status.has_copied();
  }
  return out;
}

}  // namespace plenum::server
