#include "api/livekit/egress_encoding.h"

#include <algorithm>
#include <array>
#include <utility>

namespace plenum::livekit_api {
namespace {

namespace pb = ::livekit;
using control::EgressLayout;
using twirp::Code;
using twirp::Error;

constexpr int kFrameRate = 30, kSampleRate = 48'000;

struct Canvas {
  const char* quality;
  int width, height;
};
constexpr std::array kCanvases = {Canvas{"med", 1280, 720}, Canvas{"high", 1920, 1080},
                                  Canvas{"low", 854, 480}};

struct LayoutName {
  std::string_view name;
  const char* type;
};
constexpr std::array kLayouts = {LayoutName{"grid", "GRID"}, LayoutName{"speaker", "SIDEBAR"},
                                 LayoutName{"single-speaker", "SPOTLIGHT"}};

Err<Error> invalid(const char* text) { return Err{Error{Code::invalid_argument, text}}; }

/// False: there is no such canvas.
bool set_canvas(int width, int height, EgressLayout& out) {
  const bool portrait = height > width;
  const auto canvas = std::ranges::find_if(kCanvases, [&](const Canvas& c) {
    return c.width == std::max(width, height) && c.height == std::min(width, height);
  });
  if (canvas == kCanvases.end()) return false;
  out.quality = canvas->quality;
  out.orientation = portrait ? "portrait" : "landscape";
  return true;
}

}  // namespace

Status<Error> read_preset(pb::EncodingOptionsPreset preset, EgressLayout& out) {
  switch (preset) {
    case pb::H264_720P_30:
      set_canvas(1280, 720, out);
      return Ok{};
    case pb::H264_1080P_30:
      set_canvas(1920, 1080, out);
      return Ok{};
    case pb::PORTRAIT_H264_720P_30:
      set_canvas(720, 1280, out);
      return Ok{};
    case pb::PORTRAIT_H264_1080P_30:
      set_canvas(1080, 1920, out);
      return Ok{};
    case pb::H264_720P_60:
    case pb::H264_1080P_60:
    case pb::PORTRAIT_H264_720P_60:
    case pb::PORTRAIT_H264_1080P_60:
      return invalid("60 frames a second are not offered: choose a preset with 30");
    case pb::PASSTHROUGH:
      return invalid("the preset PASSTHROUGH is not offered");
    default:
      return invalid("unknown preset");
  }
}

Status<Error> read_advanced(const pb::EncodingOptions& options, EgressLayout& out) {
  if (options.width() != 0 || options.height() != 0) {
    if (!set_canvas(options.width(), options.height(), out))
      return invalid("width and height must be 854x480, 1280x720 or 1920x1080, or upright");
  }
  if (options.framerate() != 0 && options.framerate() != kFrameRate)
    return invalid("framerate must be 30");
  if (options.audio_codec() != pb::DEFAULT_AC && options.audio_codec() != pb::AAC)
    return invalid("the audio codec must be AAC");
  if (options.audio_frequency() != 0 && options.audio_frequency() != kSampleRate)
    return invalid("audio_frequency must be 48000");
  const bool h264 = options.video_codec() == pb::DEFAULT_VC ||
                    options.video_codec() == pb::H264_MAIN ||
                    options.video_codec() == pb::H264_HIGH;
  if (!h264) return invalid("the video codec must be H264_MAIN or H264_HIGH");
  return Ok{};
}

std::optional<EgressLayout> named_layout(std::string_view name, EgressLayout base) {
  for (const auto& [ending, theme] : {std::pair{std::string_view("-light"), "LIGHT"},
                                      std::pair{std::string_view("-dark"), "DARK"}})
    if (name.ends_with(ending)) {
      base.theme = theme;
      name.remove_suffix(ending.size());
      break;
    }
  if (name.empty()) name = kLayouts.front().name;
  const auto found = std::ranges::find(kLayouts, name, &LayoutName::name);
  if (found == kLayouts.end()) return std::nullopt;
  base.type = found->type;
  base.priority = "SPEAKER";
  return base;
}

std::string layout_name(const EgressLayout& layout) {
  const auto found =
      std::ranges::find_if(kLayouts, [&](const LayoutName& l) { return layout.type == l.type; });
  std::string name(found == kLayouts.end() ? kLayouts.front().name : found->name);
  if (layout.theme == "LIGHT") name += "-light";
  if (layout.theme == "DARK") name += "-dark";
  return name;
}

pb::EncodingOptionsPreset preset_of(const EgressLayout& layout) {
  const bool portrait = layout.orientation == "portrait";
  if (layout.quality == "high") return portrait ? pb::PORTRAIT_H264_1080P_30 : pb::H264_1080P_30;
  return portrait ? pb::PORTRAIT_H264_720P_30 : pb::H264_720P_30;
}

}  // namespace plenum::livekit_api
