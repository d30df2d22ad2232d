#include "egress/control_words.h"

#include <algorithm>

namespace plenum::egress {

LayoutConfig layout_config_from(const pb::Layout& layout) {
  LayoutConfig c;
  c.type = layout_type_from(layout.type()).value_or(c.type);
  c.priority = priority_from(layout.priority()).value_or(c.priority);
  c.grid_size = static_cast<int>(std::min<std::uint32_t>(layout.grid_size(), kMaxTiles));
  c.orientation = orientation_from(layout.orientation()).value_or(c.orientation);
  c.theme = theme_from(layout.theme()).value_or(c.theme);
  c.quality = quality_from(layout.quality()).value_or(c.quality);
  c.background = colour_from(layout.background_colour());
  return c;
}

std::optional<codec::Codec> codec_from(const pb::Track& track) {
  const MediaKind kind = is_video(track.source()) ? MediaKind::video : MediaKind::audio;
  const auto codec = codec::codec_by_name(kind, track.codec());
  return codec == codec::Codec::h265 ? std::nullopt : codec;
}

TrackSource source_from(pb::Source source) {
  switch (source) {
    case pb::MICROPHONE:
      return TrackSource::microphone;
    case pb::SCREEN:
      return TrackSource::screen;
    case pb::SCREEN_AUDIO:
      return TrackSource::screen_audio;
    default:
      return TrackSource::camera;
  }
}

pb::Source source_of(TrackSource source) {
  switch (source) {
    case TrackSource::camera:
      return pb::CAMERA;
    case TrackSource::screen:
      return pb::SCREEN;
    case TrackSource::screen_audio:
      return pb::SCREEN_AUDIO;
    case TrackSource::microphone:
      break;
  }
  return pb::MICROPHONE;
}

}  // namespace plenum::egress
