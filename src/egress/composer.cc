#include "egress/composer.h"

#include <iterator>

namespace plenum::egress {
namespace {

/// A picture from before its track came back is an old one; so much may clocks differ.
constexpr Duration kClockTolerance = 200ms;

void move_to(std::vector<Packet>& to, std::vector<Packet> from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

const std::optional<std::uint64_t>& track_in(const Tile& tile, const ShownMember& member) {
  return tile.source == TileSource::screen ? member.screen : member.camera;
}

}  // namespace

Composer::Composer(const Options& options, TimePoint start)
    : options_(options),
      start_(start),
      video_({.encoding = options.encoding,
              .size = options.canvas,
              .fps = options.fps,
              .threads = options.threads,
              .constant_bitrate = options.constant_bitrate}),
      audio_({.encoding = options.encoding}),
      compositor_(options.canvas, Palette{}, FontSet::installed()) {}

std::vector<Packet> Composer::compose(MediaSource& media, bool repeat, bool half_rate) {
  std::vector<Packet> packets;
  if (!std::exchange(skips_next_, half_rate && frame_ % 2 == 0 && !skips_next_)) {
    const TimePoint at = captured();
    if (!repeat) {
      apply_scenes(at);
      draw(media, at);
    }
    packets = video_.encode(compositor_.canvas().view(), frame_, skips_next_ ? 2 : 1);
  }
  ++frame_;
  mix(media, packets);
  return packets;
}

std::vector<Packet> Composer::flush() {
  std::vector<Packet> packets = video_.flush();
  move_to(packets, audio_.flush());
  return packets;
}

void Composer::apply_scenes(TimePoint until) {
  for (; !scenes_.empty() && scenes_.front().since <= until; scenes_.pop_front()) {
    ShownScene& scene = scenes_.front();
    compositor_.set_palette(scene.palette);
    std::map<std::uint64_t, TimePoint> shown;
    for (const Tile& tile : scene.tiles) {
      const auto member = scene.members.find(tile.identity);
      if (member == scene.members.end() || !track_in(tile, member->second)) continue;
      const std::uint64_t track = *track_in(tile, member->second);
      const auto known = shown_since_.find(track);
      shown[track] = known == shown_since_.end() ? scene.since : known->second;
    }
    shown_since_ = std::move(shown);
    present_.clear();
    for (auto& [identity, member] : scene.members) {
      present_.insert(identity);
      members_.insert_or_assign(identity, std::move(member));
    }
    transition_.set(std::move(scene.tiles), scene.since);
  }
  if (!transition_.running(until))
    std::erase_if(members_, [&](const auto& m) { return !present_.contains(m.first); });
}

void Composer::draw(MediaSource& media, TimePoint at) {
  std::vector<TileView> views;
  for (const MovingTile& moving : transition_.tiles_at(at))
    views.push_back(view_of(moving, media, at));
  compositor_.draw(views);
}

TileView Composer::view_of(const MovingTile& moving, MediaSource& media, TimePoint at) {
  const Tile& tile = moving.tile;
  TileView view;
  view.identity = tile.identity;
  view.rect = tile.rect;
  view.contain = tile.fit == Fit::contain;
  view.z = tile.z;
  view.alpha = moving.alpha;
  const auto found = members_.find(tile.identity);
  if (found == members_.end()) return view;
  const ShownMember& member = found->second;
  view.name = member.name;
  const bool is_screen = tile.source == TileSource::screen;
  view.speaking = member.speaking && !is_screen;
  view.muted = member.muted && !is_screen;
  if (const auto& track = track_in(tile, member))
    view.picture = picture_of(*track, media, at, view);
  return view;
}

const PictureView* Composer::picture_of(std::uint64_t track, MediaSource& media, TimePoint at,
                                        TileView& view) {
  const Duration half_a_frame(500'000 / options_.fps);
  const TimedPicture* picture = media.picture(track, at + half_a_frame);
  if (!picture || picture->captured < at - kHold) return nullptr;
  const auto since = shown_since_.find(track);
  if (since != shown_since_.end() && picture->captured < since->second - kClockTolerance)
    return nullptr;
  view.track = std::to_string(track);
  view.picture_version = picture->version;
  return &picture->view;
}

void Composer::mix(MediaSource& media, std::vector<Packet>& out) {
  const std::vector<AudioSource*> sources = media.sources();
  for (; blocks_ * options_.fps < frame_ * 100; ++blocks_) {
    const AudioBlock& block = mixer_.mix(sources, start_ + blocks_ * kBlockDuration);
    move_to(out, audio_.encode(block.left, block.right));
  }
}

}  // namespace plenum::egress
