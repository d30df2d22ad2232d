#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "egress/palette.h"
#include "egress/picture.h"

namespace plenum::egress {

enum class LayoutType : std::uint8_t { grid, spotlight, sidebar };
/// Whoever is pinned goes first under both. `pin` leaves out everybody else while a pin exists;
/// while none exists it is `speaker`.
enum class Priority : std::uint8_t { speaker, pin };
enum class Orientation : std::uint8_t { landscape, portrait };
/// `standard` is what the API calls DEFAULT: the dark palette.
enum class Theme : std::uint8_t { standard, dark, light };
enum class Quality : std::uint8_t { low, med, high };
/// `audio`: one mixed sound track, no picture at all.
enum class Mode : std::uint8_t { video_and_audio, audio };

/// What a caller may choose about the picture.
struct LayoutConfig {
  LayoutType type = LayoutType::grid;
  Priority priority = Priority::speaker;
  /// Tiles at a time, 1…25, in every layout. 0 = as many as fit, which is 25.
  int grid_size = 0;
  Orientation orientation = Orientation::landscape;
  Theme theme = Theme::standard;
  Quality quality = Quality::med;
  Mode mode = Mode::video_and_audio;
  /// Instead of the theme's.
  std::optional<Rgb> background{};
  friend bool operator==(const LayoutConfig&, const LayoutConfig&) = default;
};

inline constexpr int kMaxTiles = 25;

/// Tiles that `grid_size` stands for, 1…25, whatever number came from outside.
constexpr int tiles_allowed(int grid_size) {
  return grid_size < 1 || grid_size > kMaxTiles ? kMaxTiles : grid_size;
}

/// One participant, as far as the picture is concerned.
struct Member {
  /// Unique in the room.
  std::string identity{};
  /// For the label; may be empty.
  std::string name{};
  /// False for RECV_ONLY, SIGNALLING_ONLY and recorders: they get no tile.
  bool may_publish = true;
  /// Published and not muted. Without a camera the tile shows initials.
  bool camera = false;
  /// Published, muted or not.
  bool microphone = false;
  bool microphone_muted = false;
  bool screen_share = false;
  /// Of those who share, the greatest started last and has the main area.
  std::uint64_t screen_share_order = 0;
  bool pinned_camera = false;
  bool pinned_screen = false;
  /// Heard right now: the ring around the tile.
  bool speaking = false;
  friend bool operator==(const Member&, const Member&) = default;
};

/// Who could be shown. The order decides who is: the first are, in this order, and in layouts with
/// a main tile the very first has it.
struct Cast {
  std::vector<Member> members{};
  friend bool operator==(const Cast&, const Cast&) = default;
};

enum class TileSource : std::uint8_t { camera, screen };
/// `cover` fills the tile and cuts off what sticks out; `contain` shows all, with bars.
enum class Fit : std::uint8_t { cover, contain };

/// A place on the canvas and what is in it.
struct Tile {
  std::string identity{};
  TileSource source = TileSource::camera;
  /// Even, within the canvas, at least 2×2.
  Rect rect{};
  Fit fit = Fit::cover;
  /// Greater is nearer to the viewer. Tiles overlap only while a transition runs.
  int z = 0;
  friend bool operator==(const Tile&, const Tile&) = default;
};

Palette palette(Theme theme);
/// The theme's, with the background that is asked for.
Palette palette(const LayoutConfig& config);

/// Pixels of the canvas: 854×480, 1280×720, 1920×1080; portrait swaps them.
Size canvas_size(Quality quality, Orientation orientation);

// The words of the API, in upper or lower case. Nothing else is accepted: no blanks, no prefix.
/// GRID, SPOTLIGHT, SIDEBAR.
std::optional<LayoutType> layout_type_from(std::string_view text);
/// SPEAKER, PIN.
std::optional<Priority> priority_from(std::string_view text);
/// landscape, portrait.
std::optional<Orientation> orientation_from(std::string_view text);
/// DARK, LIGHT, DEFAULT.
std::optional<Theme> theme_from(std::string_view text);
/// #RRGGBB.
std::optional<Rgb> colour_from(std::string_view text);
/// low, med, high; ultra, whose size nobody documents, is high.
std::optional<Quality> quality_from(std::string_view text);
/// video-and-audio, audio.
std::optional<Mode> mode_from(std::string_view text);

/// `base` with what a layout name of LiveKit says: `grid`, `speaker` (SIDEBAR) or `single-speaker`
/// (SPOTLIGHT), each also with `-light` or `-dark` at its end; without either the theme stays.
/// Priority becomes SPEAKER, for LiveKit has no pins. nullopt for any other text, "" among them.
std::optional<LayoutConfig> layout_named(std::string_view text, LayoutConfig base = {});

}  // namespace plenum::egress
