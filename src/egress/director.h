#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/time.h"
#include "egress/scene.h"
#include "egress/shown_scene.h"
#include "egress/stage.h"
#include "proto/egress.pb.h"

namespace plenum::egress {

/// Follows the room and says what is to be seen and heard: the scene, and the tracks that are
/// needed for it. Sans-I/O; its scenes are of the moment that is told, whatever the delay of media.
class Director {
 public:
  struct Wanted {
    /// Track to simulcast layer.
    std::map<std::uint64_t, std::uint8_t> video{};
    std::vector<std::uint64_t> audio{};
    friend bool operator==(const Wanted&, const Wanted&) = default;
  };

  /// The canvas, and with it quality and orientation, stays as it is at the beginning. Without
  /// `video` everybody is shown by an avatar.
  Director(const LayoutConfig& config, bool video, TimePoint now);

  Size canvas() const { return canvas_; }
  void set_layout(LayoutConfig config, TimePoint now);
  void set_room(const pb::Room& room, TimePoint now);
  TimePoint next_timeout() const { return stage_.next_timeout(); }
  void handle_timeout(TimePoint now);

  /// The scene, if it has changed since the last call.
  std::optional<ShownScene> poll_scene();
  /// As the latest scene has it.
  const Wanted& wanted() const { return wanted_; }

 private:
  void update(const pb::Member& member, TimePoint now);
  void refresh(TimePoint now);
  void choose_tracks();

  LayoutConfig first_config_;
  const bool video_;
  const Size canvas_;
  Stage stage_;
  std::map<std::string, pb::Member, std::less<>> members_;
  ShownScene scene_;
  bool changed_ = true;
  std::uint64_t revision_ = 0;
  Wanted wanted_;
};

}  // namespace plenum::egress
