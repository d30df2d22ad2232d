#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace plenum::load {

/// What a viewer's window shows.
enum class Layout : std::uint8_t {
  /// One large picture and up to four small ones.
  speaker,
  /// 9 and 25 tiles of equal size.
  grid_3x3,
  grid_5x5,
  /// Every video at its best.
  all,
};

/// What is asked of the server for one video track.
struct Wish {
  bool shown = true;
  std::uint32_t width = 0, height = 0;
  friend bool operator==(const Wish&, const Wish&) = default;
};

/// Decides which of a room's videos a viewer shows how large: screens first, in a speaker layout
/// then who speaks, then in the order they came.
class View {
 public:
  explicit View(Layout layout) : layout_(layout) {}

  void add(const std::string& track_sid, const std::string& participant_sid, bool is_screen);
  void remove(const std::string& track_sid);
  void remove_participant(const std::string& participant_sid);
  /// The loudest now; stays large until somebody else speaks.
  void set_speaker(const std::string& participant_sid) { speaker_ = participant_sid; }

  /// Wishes that differ from what was asked for before.
  std::vector<std::pair<std::string, Wish>> changes();

 private:
  struct Video {
    std::string sid, participant;
    bool is_screen = false;
  };
  std::vector<const Video*> order() const;

  Layout layout_;
  std::vector<Video> videos_;
  std::string speaker_;
  std::map<std::string, Wish> asked_;
};

}  // namespace plenum::load
