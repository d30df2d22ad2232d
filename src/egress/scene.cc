#include "egress/scene.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace plenum::egress {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

template <class T, std::size_t N>
std::optional<T> look_up(std::string_view text,
                         const std::array<std::pair<std::string_view, T>, N>& words) {
  const auto same = [](char given, char word) { return lower(given) == word; };
  for (const auto& [word, value] : words)
    if (std::equal(text.begin(), text.end(), word.begin(), word.end(), same)) return value;
  return std::nullopt;
}

template <class T>
using Word = std::pair<std::string_view, T>;

}  // namespace

Palette palette(Theme theme) {
  if (theme == Theme::light)
    return {.background = {238, 240, 244},
            .tile = {210, 215, 223},
            .text = {26, 29, 34},
            .accent = {0, 104, 214}};
  return {.background = {16, 18, 22},
          .tile = {38, 42, 50},
          .text = {245, 246, 248},
          .accent = {76, 175, 255}};
}

Palette palette(const LayoutConfig& config) {
  Palette p = palette(config.theme);
  p.background = config.background.value_or(p.background);
  return p;
}

Size canvas_size(Quality quality, Orientation orientation) {
  const Size size = quality == Quality::low   ? Size{854, 480}
                    : quality == Quality::med ? Size{1280, 720}
                                              : Size{1920, 1080};
  return orientation == Orientation::landscape ? size : Size{size.height, size.width};
}

std::optional<Rgb> colour_from(std::string_view text) {
  if (text.size() != 7 || text.front() != '#') return std::nullopt;
  std::array<std::uint8_t, 3> parts{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const char* first = text.data() + 1 + 2 * i;
    if (std::from_chars(first, first + 2, parts[i], 16).ptr != first + 2) return std::nullopt;
  }
  return Rgb{parts[0], parts[1], parts[2]};
}

std::optional<LayoutType> layout_type_from(std::string_view text) {
  return look_up(text, std::array{Word<LayoutType>{"grid", LayoutType::grid},
                                  Word<LayoutType>{"spotlight", LayoutType::spotlight},
                                  Word<LayoutType>{"sidebar", LayoutType::sidebar}});
}

std::optional<Priority> priority_from(std::string_view text) {
  return look_up(text, std::array{Word<Priority>{"speaker", Priority::speaker},
                                  Word<Priority>{"pin", Priority::pin}});
}

std::optional<Orientation> orientation_from(std::string_view text) {
  return look_up(text, std::array{Word<Orientation>{"landscape", Orientation::landscape},
                                  Word<Orientation>{"portrait", Orientation::portrait}});
}

std::optional<Theme> theme_from(std::string_view text) {
  return look_up(
      text, std::array{Word<Theme>{"default", Theme::standard}, Word<Theme>{"dark", Theme::dark},
                       Word<Theme>{"light", Theme::light}});
}

std::optional<Quality> quality_from(std::string_view text) {
  return look_up(
      text,
      std::array{Word<Quality>{"low", Quality::low}, Word<Quality>{"med", Quality::med},
                 Word<Quality>{"high", Quality::high}, Word<Quality>{"ultra", Quality::high}});
}

std::optional<Mode> mode_from(std::string_view text) {
  return look_up(text, std::array{Word<Mode>{"video-and-audio", Mode::video_and_audio},
                                  Word<Mode>{"audio", Mode::audio}});
}

std::optional<LayoutConfig> layout_named(std::string_view text, LayoutConfig base) {
  for (const auto& [suffix, theme] :
       {Word<Theme>{"-light", Theme::light}, Word<Theme>{"-dark", Theme::dark}})
    if (text.ends_with(suffix)) {
      base.theme = theme;
      text.remove_suffix(suffix.size());
      break;
    }
  const auto type =
      look_up(text, std::array{Word<LayoutType>{"grid", LayoutType::grid},
                               Word<LayoutType>{"speaker", LayoutType::sidebar},
                               Word<LayoutType>{"single-speaker", LayoutType::spotlight}});
  if (!type) return std::nullopt;
  base.type = *type;
  base.priority = Priority::speaker;
  return base;
}

}  // namespace plenum::egress
