#include "server/egress_messages.h"

#include <algorithm>

namespace plenum::server {
namespace {

namespace pb = egress::pb;
using control::EgressJob;
using control::EgressKind;
using control::EgressReport;
using control::EgressScene;

const char* codec_name(codec::Codec codec) {
  constexpr const char* kNames[] = {"opus", "pcmu", "pcma", "g722", "vp8",
                                    "vp9",  "h264", "av1",  "h265"};
  return kNames[static_cast<std::size_t>(codec)];
}

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

void add_outputs(const EgressJob& job, pb::Start& start) {
  if (job.kind == EgressKind::livestream) {
    for (std::size_t i = 0; i < job.targets.size(); ++i) {
      pb::Output& output = *start.add_outputs();
      output.set_id("rtmp-" + std::to_string(i));
      output.set_rtmp(job.targets[i].url + "/" + job.targets[i].secret);
    }
    return;
  }
  const std::string name = std::filesystem::path(job.path).filename();
  pb::Output& output = *start.add_outputs();
  if (job.kind == EgressKind::hls) {
    output.set_id("hls");
    output.set_hls(name);
  } else {
    output.set_id("file");
    output.set_mp4(name);
  }
}

void add_track(const EgressScene::Track& track, pb::Member& member) {
  pb::Track& out = *member.add_tracks();
  out.set_id(track.id.value());
  out.set_source(source_of(track.source));
  out.set_codec(codec_name(track.codec));
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

pb::ToWorker start_message(const EgressJob& job, const std::filesystem::path& data_dir) {
  pb::ToWorker message;
  pb::Start& start = *message.mutable_start();
  start.set_job(job.id);
  start.set_directory((data_dir / job.path).parent_path().string());
  start.set_audio_only(job.audio_only);
  pb::Layout& layout = *start.mutable_layout();
  layout.set_type(job.layout.type);
  layout.set_priority(job.layout.priority);
  layout.set_grid_size(job.layout.grid_size);
  layout.set_orientation(job.layout.orientation);
  layout.set_theme(job.layout.theme);
  layout.set_quality(job.layout.quality);
  add_outputs(job, start);
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
    o.state = static_cast<EgressReport::Output::State>(
        std::clamp(static_cast<int>(status.state()), 0, 4));
    o.started = status.started();
    o.playable = status.playable();
    o.bytes = status.bytes();
    o.duration_ms = status.duration_ms();
    o.retries = status.retries();
    o.error = status.error();
  }
  return out;
}

}  // namespace plenum::server
