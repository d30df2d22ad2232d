#include "load/view.h"

#include <algorithm>
#include <utility>

namespace plenum::load {
namespace {

constexpr Wish kLarge{true, 1280, 720}, kTile{true, 480, 270}, kSmall{true, 320, 180},
    kHidden{false, 0, 0};
constexpr std::size_t kSmallBesideSpeaker = 4;

Wish wish(Layout layout, std::size_t place) {
  switch (layout) {
    case Layout::speaker:
      return place == 0 ? kLarge : place <= kSmallBesideSpeaker ? kSmall : kHidden;
    case Layout::grid_3x3:
      return place < 9 ? kTile : kHidden;
    case Layout::grid_5x5:
      return place < 25 ? kSmall : kHidden;
    case Layout::all:
      break;
  }
  return kLarge;
}

}  // namespace

void View::add(const std::string& track_sid, const std::string& participant_sid, bool is_screen) {
  const auto same = [&](const Video& v) { return v.sid == track_sid; };
  if (std::ranges::none_of(videos_, same))
    videos_.push_back({track_sid, participant_sid, is_screen});
}

void View::remove(const std::string& track_sid) {
  std::erase_if(videos_, [&](const Video& v) { return v.sid == track_sid; });
  asked_.erase(track_sid);
}

void View::remove_participant(const std::string& participant_sid) {
  std::vector<std::string> gone;
  for (const Video& v : videos_)
    if (v.participant == participant_sid) gone.push_back(v.sid);
  for (const std::string& sid : gone) remove(sid);
}

std::vector<const View::Video*> View::order() const {
  const auto rank = [&](const Video& v) {
    return v.is_screen ? 0 : layout_ == Layout::speaker && v.participant == speaker_ ? 1 : 2;
  };
  std::vector<const Video*> out;
  for (const Video& v : videos_) out.push_back(&v);
  std::ranges::stable_sort(out,
                           [&](const Video* a, const Video* b) { return rank(*a) < rank(*b); });
  return out;
}

std::vector<std::pair<std::string, Wish>> View::changes() {
  std::vector<std::pair<std::string, Wish>> out;
  if (layout_ == Layout::all) return out;  // what the server does by itself
  std::size_t place = 0;
  for (const Video* v : order()) {
    const Wish w = wish(layout_, place++);
    const auto [it, added] = asked_.try_emplace(v->sid, w);
    if (!added && it->second == w) continue;
    it->second = w;
    out.emplace_back(v->sid, w);
  }
  return out;
}

}  // namespace plenum::load
