#pragma once
#include <algorithm>
#include <compare>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "egress/layout.h"
#include "egress/scene.h"

namespace plenum::egress {

/// Decides who of a room is shown, and in which order. Sans-I/O: what happens in the room and the
/// time go in, a Cast for layout() comes out.
///
/// The main place goes to who speaks louder than its owner for `hold`; an owner who got it by
/// speech keeps it for `min_stay`. While nobody has spoken it belongs to who joined first.
/// Other places are kept by who has them. When there are fewer places than members, somebody
/// without one who has spoken for `hold`, and later than a member with one, takes the place of who
/// has been silent longest; the newcomer is safe for `min_stay`. Those without camera, screen and
/// any sound so far come last. Pins count at once and before speech.
///
/// Calls with an unknown identity do nothing. Time never goes back.
class Stage {
 public:
  struct Timing {
    Duration hold = 1200ms;
    Duration min_stay = 3s;
  };
  explicit Stage(LayoutConfig config) : Stage(config, Timing{}) {}
  Stage(LayoutConfig config, Timing timing) : config_(config), timing_(timing) {}
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  void set_config(const LayoutConfig& config, TimePoint now);

  /// `member` with its tracks and pins as they are now. One with this identity leaves first.
  void join(Member member, TimePoint now);
  void leave(std::string_view identity, TimePoint now);
  void set_name(std::string_view identity, std::string name);
  void set_may_publish(std::string_view identity, bool may_publish, TimePoint now);
  void set_camera(std::string_view identity, bool on, TimePoint now);
  void set_microphone(std::string_view identity, bool published, bool muted, TimePoint now);
  void set_screen_share(std::string_view identity, bool on, TimePoint now);
  void set_pins(std::string_view identity, bool camera, bool screen, TimePoint now);
  /// All who speak now, loudest first. Call at each change; who is muted does not count.
  void set_speakers(std::span<const std::string> loudest_first, TimePoint now);

  /// When handle_timeout() has something to do; kNever = only if something happens.
  TimePoint next_timeout() const { return std::min(next_main_, next_seat_); }
  void handle_timeout(TimePoint now) { decide(now); }

  /// All who may publish: those with a place, in the order of the places, then the others.
  Cast cast() const;
  /// Grows with each change that may change cast().
  std::uint64_t revision() const { return revision_; }
  const LayoutConfig& config() const { return config_; }
  std::size_t size() const { return entries_.size(); }

 private:
  static constexpr std::size_t kSilent = std::numeric_limits<std::size_t>::max();

  struct Entry {
    Member member;
    /// Place in the list of speakers, 0 = loudest.
    std::size_t loudness = kSilent;
    /// Of the speech that lasts.
    TimePoint speaks_since{};
    /// Since when louder than the owner of the main place.
    std::optional<TimePoint> ahead_since;
    /// End of the last speech that lasted `hold`.
    std::optional<TimePoint> spoke_until;
    bool heard = false;
    /// Of those pinned, the smallest was pinned first.
    std::uint64_t pin_order = 0;
    /// Nobody without a pin takes this place before.
    TimePoint safe_until = TimePoint::min();

    bool passive() const {
      return !member.camera && !member.screen_share && !heard && !spoke_until;
    }
  };
  /// Who has more right to a place; the greatest is shown first.
  struct Rank {
    bool pinned = false;
    /// kNever = speaks now.
    TimePoint spoke = TimePoint::min();
    bool active = false;
    friend auto operator<=>(const Rank&, const Rank&) = default;
  };

  Entry* find(std::string_view identity);
  bool seated(const Entry& e) const;
  bool spoken_enough(const Entry& e, TimePoint now) const;
  Rank rank(const Entry& e, TimePoint now) const;
  Rank rank_of_seat(const Entry& e, TimePoint now) const;
  void silence(Entry& e, TimePoint now);

  void decide(TimePoint now);
  bool may_be_main(const Entry& e) const {
    return e.member.may_publish && (!pins_ || e.member.pinned_camera);
  }
  void keep_main(TimePoint now);
  Entry* default_main() const;
  void challenge_main(TimePoint now);
  void compare_with_main(TimePoint now);
  void give_main(Entry& e, TimePoint now);

  void decide_seats(TimePoint now);
  void vacate(const Seating& plan, TimePoint now);
  void seat_main(const Seating& plan, TimePoint now);
  void fit(const Seating& plan, TimePoint now);
  void take_over(const Seating& plan, TimePoint now);
  Entry* best_waiting(const Seating& plan, TimePoint now) const;
  std::size_t lowest_seat(TimePoint now) const;
  std::size_t first_open_seat() const { return main_has_seat_ ? 1 : 0; }

  LayoutConfig config_;
  Timing timing_;
  /// In the order they joined. Owned by pointer, for seats and main_ point at them.
  std::vector<std::unique_ptr<Entry>> entries_;
  std::vector<Entry*> seats_;
  Entry* main_ = nullptr;
  TimePoint main_safe_until_ = TimePoint::min();
  /// Somebody's camera is pinned.
  bool pins_ = false;
  bool main_has_seat_ = false;
  TimePoint next_main_ = kNever, next_seat_ = kNever;
  /// Source of screen_share_order and pin_order.
  std::uint64_t counter_ = 0;
  std::uint64_t revision_ = 0;
};

}  // namespace plenum::egress
