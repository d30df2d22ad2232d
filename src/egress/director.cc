#include "egress/director.h"

#include <algorithm>
#include <string>
#include <utility>

#include "egress/control_words.h"
#include "egress/layer_choice.h"
#include "egress/layout.h"

namespace plenum::egress {
namespace {

const pb::Track* live_track(const pb::Member& m, pb::Source source) {
  const pb::Track* found = nullptr;
  for (const pb::Track& t : m.tracks())
    if (t.source() == source && !t.muted() && codec_from(t)) found = &t;
  return found;
}

bool publishes(const pb::Member& m, pb::Source source) {
  return std::ranges::any_of(m.tracks(), [&](const auto& t) { return t.source() == source; });
}

Member member_from(const pb::Member& m, bool video) {
  const bool heard = live_track(m, pb::MICROPHONE) != nullptr;
  return {.identity = m.identity(),
          .name = m.name(),
          .may_publish = m.may_publish(),
          .camera = video && live_track(m, pb::CAMERA),
          .microphone = publishes(m, pb::MICROPHONE),
          .microphone_muted = !heard && publishes(m, pb::MICROPHONE),
          .screen_share = video && live_track(m, pb::SCREEN),
          .pinned_camera = m.pinned_camera(),
          .pinned_screen = m.pinned_screen()};
}

std::optional<std::uint64_t> id_of(const pb::Track* track) {
  return track ? std::optional(track->id()) : std::nullopt;
}

std::uint8_t layer_for(const pb::Track& track, const Tile& tile,
                       std::optional<std::uint8_t> current) {
  if (!track.simulcast()) return 0;
  std::vector<Size> sizes;
  for (const pb::Size& s : track.layers())
    sizes.push_back({static_cast<int>(std::min(s.width(), 16'384u)),
                     static_cast<int>(std::min(s.height(), 16'384u))});
  return choose_layer(sizes, {tile.rect.width, tile.rect.height}, current);
}

}  // namespace

Director::Director(const LayoutConfig& config, bool video, TimePoint now)
    : first_config_(config),
      video_(video),
      canvas_(canvas_size(config.quality, config.orientation)),
      stage_(config) {
  refresh(now);
}

void Director::set_layout(LayoutConfig config, TimePoint now) {
  config.quality = first_config_.quality;
  config.orientation = first_config_.orientation;
  stage_.set_config(config, now);
  refresh(now);
}

void Director::set_room(const pb::Room& room, TimePoint now) {
  std::map<std::string, pb::Member, std::less<>> members;
  for (const pb::Member& m : room.members()) members[m.identity()] = m;
  for (const auto& [identity, member] : members_)
    if (!members.contains(identity)) stage_.leave(identity, now);
  for (const pb::Member& m : room.members()) update(m, now);
  members_ = std::move(members);
  stage_.set_speakers(std::vector<std::string>(room.speakers().begin(), room.speakers().end()),
                      now);
  changed_ = true;
  refresh(now);
}

void Director::update(const pb::Member& m, TimePoint now) {
  Member member = member_from(m, video_);
  if (!members_.contains(member.identity)) {
    stage_.join(std::move(member), now);
    return;
  }
  stage_.set_name(member.identity, member.name);
  stage_.set_may_publish(member.identity, member.may_publish, now);
  stage_.set_camera(member.identity, member.camera, now);
  stage_.set_microphone(member.identity, member.microphone, member.microphone_muted, now);
  stage_.set_screen_share(member.identity, member.screen_share, now);
  stage_.set_pins(member.identity, member.pinned_camera, member.pinned_screen, now);
}

void Director::handle_timeout(TimePoint now) {
  if (now < stage_.next_timeout()) return;
  stage_.handle_timeout(now);
  refresh(now);
}

void Director::refresh(TimePoint now) {
  if (!changed_ && revision_ == stage_.revision()) return;
  changed_ = true;
  revision_ = stage_.revision();
  const Cast cast = stage_.cast();
  scene_ = {.since = now,
            .palette = palette(stage_.config()),
            .tiles = layout(cast, stage_.config(), canvas_)};
  for (const Member& m : cast.members) {
    const auto at = members_.find(m.identity);
    if (at == members_.end()) continue;
    ShownMember shown{.name = m.name.empty() ? m.identity : m.name,
                      .speaking = m.speaking,
                      .muted = !m.microphone || m.microphone_muted};
    if (video_) {
      shown.camera = id_of(live_track(at->second, pb::CAMERA));
      shown.screen = id_of(live_track(at->second, pb::SCREEN));
    }
    scene_.members.emplace(m.identity, std::move(shown));
  }
  choose_tracks();
}

void Director::choose_tracks() {
  Wanted wanted;
  for (const auto& [identity, member] : members_)
    for (const pb::Track& t : member.tracks())
      if (!is_video(t.source()) && !t.muted() && codec_from(t)) wanted.audio.push_back(t.id());
  for (const Tile& tile : scene_.tiles) {
    const auto at = members_.find(tile.identity);
    if (at == members_.end() || !video_) continue;
    const pb::Track* track =
        live_track(at->second, tile.source == TileSource::screen ? pb::SCREEN : pb::CAMERA);
    if (!track) continue;
    const auto known = wanted_.video.find(track->id());
    wanted.video[track->id()] = layer_for(
        *track, tile, known == wanted_.video.end() ? std::nullopt : std::optional(known->second));
  }
  wanted_ = std::move(wanted);
}

std::optional<ShownScene> Director::poll_scene() {
  if (!std::exchange(changed_, false)) return std::nullopt;
  return scene_;
}

}  // namespace plenum::egress
