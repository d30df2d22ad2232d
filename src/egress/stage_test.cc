#include "egress/stage.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace plenum::egress {
namespace {

constexpr TimePoint t0{1h};

/// A stage and a clock that stops at each of its timeouts.
class Room {
 public:
  explicit Room(LayoutConfig config, int members = 0) : stage(config) {
    for (int i = 0; i < members; ++i) join(std::string(1, static_cast<char>('a' + i)));
  }
  void join(std::string identity) {
    stage.join({.identity = std::move(identity), .camera = true, .microphone = true}, now);
  }
  /// One letter each, loudest first.
  void speak(const std::string& letters) {
    std::vector<std::string> speakers;
    for (const char c : letters) speakers.emplace_back(1, c);
    stage.set_speakers(speakers, now);
  }
  void until(TimePoint end) {
    while (stage.next_timeout() <= end) {
      now = std::max(now, stage.next_timeout());
      stage.handle_timeout(now);
      ASSERT_GT(stage.next_timeout(), now) << "a timeout that changes nothing";
    }
    now = end;
  }
  void pass(Duration d) { until(now + d); }
  void say(const std::string& letters, Duration d) {
    speak(letters);
    pass(d);
    speak("");
  }
  /// Who has a tile, "@" after a screen.
  std::string shown() const {
    std::string text;
    for (const Tile& t : layout(stage.cast(), stage.config(), {1280, 720}))
      text += t.identity + (t.source == TileSource::screen ? "@" : "");
    return text;
  }

  Stage stage;
  TimePoint now = t0;
};

constexpr LayoutConfig kSidebar{.type = LayoutType::sidebar};
constexpr LayoutConfig kSpotlight{.type = LayoutType::spotlight};

TEST(Stage, who_speaks_takes_the_main_place_after_1200_ms_and_no_sooner) {
  Room room(kSpotlight, 3);
  EXPECT_EQ(room.shown(), "a");
  EXPECT_EQ(room.stage.next_timeout(), kNever);
  room.speak("b");
  EXPECT_EQ(room.stage.next_timeout(), t0 + 1200ms);
  room.until(t0 + 1199ms);
  EXPECT_EQ(room.shown(), "a");
  room.until(t0 + 1200ms);

  EXPECT_EQ(room.shown(), "b");
  EXPECT_EQ(room.stage.next_timeout(), kNever);
}

TEST(Stage, a_short_sound_changes_nothing) {
  Room room(kSpotlight, 3);
  room.say("b", 1100ms);
  room.pass(1h);
  EXPECT_EQ(room.shown(), "a");
}

TEST(Stage, who_got_the_main_place_by_speech_keeps_it_for_three_seconds) {
  Room room(kSpotlight, 3);
  room.say("b", 1300ms);  // main from 1.2 s
  room.speak("c");

  room.until(t0 + 4199ms);
  EXPECT_EQ(room.shown(), "b");
  room.until(t0 + 4200ms);
  EXPECT_EQ(room.shown(), "c");
}

TEST(Stage, the_owner_keeps_the_main_place_while_it_is_the_loudest) {
  Room room(kSpotlight, 3);
  room.say("b", 10s);
  room.speak("bc");
  room.pass(10s);
  EXPECT_EQ(room.shown(), "b");
  room.speak("cb");
  room.pass(1s);
  room.speak("bc");  // the lead did not last
  room.pass(1s);
  EXPECT_EQ(room.shown(), "b");
  room.speak("cb");
  room.pass(1200ms);
  EXPECT_EQ(room.shown(), "c");
}

TEST(Stage, two_who_take_turns_in_being_loudest_do_not_stop_each_other) {
  Room room(kSpotlight, 3);
  for (int i = 0; i < 3; ++i) {
    room.speak(i % 2 ? "bc" : "cb");
    room.pass(400ms);
  }
  EXPECT_EQ(room.shown(), "c");
}

TEST(Stage, when_the_owner_leaves_the_speaker_follows_then_the_last_speaker_then_the_first) {
  Room room(kSpotlight, 4);
  room.say("b", 2s);
  room.say("c", 5s);
  room.speak("d");
  room.stage.leave("c", room.now);
  EXPECT_EQ(room.shown(), "d");
  room.speak("");
  room.stage.leave("d", room.now);
  EXPECT_EQ(room.shown(), "b");
  room.stage.leave("b", room.now);
  EXPECT_EQ(room.shown(), "a");
  room.stage.leave("a", room.now);
  EXPECT_EQ(room.shown(), "");
  EXPECT_EQ(room.stage.size(), 0u);
}

TEST(Stage, who_is_muted_or_may_not_publish_does_not_speak) {
  Room room(kSpotlight, 3);
  room.stage.set_microphone("b", true, true, room.now);
  room.stage.set_may_publish("c", false, room.now);
  room.speak("bc");
  room.pass(10s);
  EXPECT_EQ(room.shown(), "a");

  room.stage.set_microphone("b", true, false, room.now);
  room.speak("b");
  room.pass(1s);
  room.stage.set_microphone("b", true, true, room.now);
  EXPECT_FALSE(room.stage.cast().members[1].speaking);
  room.pass(10s);
  EXPECT_EQ(room.shown(), "a");
}

TEST(Stage, in_a_sidebar_the_old_and_the_new_owner_of_the_main_place_change_places) {
  Room room(kSidebar, 5);
  room.say("d", 2s);
  EXPECT_EQ(room.shown(), "dbcae");
  room.say("b", 5s);
  EXPECT_EQ(room.shown(), "bdcae");
}

TEST(Stage, who_comes_into_the_main_place_from_outside_sends_the_longest_silent_away) {
  Room room(kSidebar, 8);
  EXPECT_EQ(room.shown(), "abcdef");
  for (const char* who : {"c", "d", "e", "f", "a"}) room.say(who, 5s);
  EXPECT_EQ(room.shown(), "abfcde");
  room.say("h", 5s);

  EXPECT_EQ(room.shown(), "hafcde") << "b never spoke";
}

TEST(Stage, in_a_full_grid_a_newcomer_takes_the_place_of_the_longest_silent_and_nobody_moves) {
  Room room({.grid_size = 4}, 6);
  EXPECT_EQ(room.shown(), "abcd");
  for (const char* who : {"b", "a", "d"}) room.say(who, 2s);
  room.say("e", 1100ms);
  EXPECT_EQ(room.shown(), "abcd") << "not long enough";
  room.say("e", 2s);
  EXPECT_EQ(room.shown(), "abed");
  room.say("f", 5s);
  EXPECT_EQ(room.shown(), "afed") << "b was silent longest";
}

TEST(Stage, a_newcomer_to_a_grid_stays_for_three_seconds) {
  Room room({.grid_size = 1}, 3);
  room.say("b", 1200ms);
  EXPECT_EQ(room.shown(), "b");
  room.speak("c");
  room.until(t0 + 4199ms);
  EXPECT_EQ(room.shown(), "b");
  room.until(t0 + 4200ms);
  EXPECT_EQ(room.shown(), "c");
}

TEST(Stage, when_somebody_shown_leaves_who_waits_takes_that_very_place) {
  Room room({.grid_size = 4}, 6);
  room.say("f", 500ms);
  room.stage.leave("b", room.now);
  EXPECT_EQ(room.shown(), "aecd");
  room.stage.leave("a", room.now);
  EXPECT_EQ(room.shown(), "fecd");
  room.stage.leave("e", room.now);
  EXPECT_EQ(room.shown(), "fcd");
}

TEST(Stage, who_gives_neither_picture_nor_sound_comes_last) {
  Room room({.grid_size = 2});
  for (const char* who : {"x", "y"}) room.stage.join({.identity = who}, room.now);
  EXPECT_EQ(room.shown(), "xy");
  room.join("a");
  EXPECT_EQ(room.shown(), "xa");
  room.stage.set_config(kSpotlight, room.now);
  EXPECT_EQ(room.shown(), "a");
}

TEST(Stage, pins_go_first_and_the_main_place_is_for_the_pinned) {
  Room room({.grid_size = 3}, 5);
  room.stage.set_pins("e", true, false, room.now);
  EXPECT_EQ(room.shown(), "eab");
  room.stage.set_config({.type = LayoutType::sidebar, .grid_size = 3}, room.now);
  EXPECT_EQ(room.shown().front(), 'e');
  room.say("b", 10s);
  EXPECT_EQ(room.shown().front(), 'e') << "b is not pinned";

  room.stage.set_pins("b", true, false, room.now);
  EXPECT_EQ(room.shown().front(), 'e') << "keeps it until somebody speaks";
  room.say("b", 2s);
  EXPECT_EQ(room.shown().front(), 'b');
  room.stage.set_pins("b", false, false, room.now);
  EXPECT_EQ(room.shown().front(), 'e');
}

TEST(Stage, a_pin_does_not_wait_for_the_stay_of_a_newcomer) {
  Room room({.grid_size = 1}, 3);
  room.say("b", 1200ms);
  room.stage.set_pins("c", true, false, room.now);
  EXPECT_EQ(room.shown(), "c");
  room.stage.set_pins("c", false, false, room.now);
  EXPECT_EQ(room.shown(), "c") << "safe for three seconds";
  room.pass(3s);
  EXPECT_EQ(room.shown(), "b") << "spoke last";
}

TEST(Stage, with_priority_pin_the_pinned_alone_share_a_spotlight) {
  Room room({.type = LayoutType::spotlight, .priority = Priority::pin}, 5);
  EXPECT_EQ(room.shown(), "a");
  room.stage.set_pins("d", true, false, room.now);
  room.stage.set_pins("b", true, false, room.now);
  EXPECT_EQ(room.shown(), "db");
  room.say("c", 10s);
  EXPECT_EQ(room.shown(), "db");
  room.stage.set_pins("d", false, false, room.now);
  EXPECT_EQ(room.shown(), "b");
  room.stage.leave("b", room.now);
  EXPECT_EQ(room.shown(), "c") << "no pin left: the last speaker";
}

TEST(Stage, the_last_screen_has_the_main_area_and_the_one_before_it_comes_back) {
  Room room(kSidebar, 3);
  room.stage.set_screen_share("b", true, room.now);
  room.stage.set_screen_share("c", true, room.now);
  EXPECT_EQ(room.shown(), "c@abc");
  room.say("b", 5s);
  EXPECT_EQ(room.shown(), "c@abc") << "nobody moves below a screen";
  room.stage.set_screen_share("c", false, room.now);
  EXPECT_EQ(room.shown(), "b@abc");
  room.stage.leave("b", room.now);
  EXPECT_EQ(room.shown(), "ac");
}

TEST(Stage, a_screen_leaves_a_grid_the_places_of_a_strip_for_who_spoke_last) {
  Room room({}, 8);
  room.say("h", 2s);
  EXPECT_EQ(room.shown(), "abcdefgh");
  room.stage.set_screen_share("a", true, room.now);
  EXPECT_EQ(room.shown(), "a@abcdh");
}

TEST(Stage, a_second_join_replaces_the_first_and_unknown_identities_do_nothing) {
  Room room({}, 2);
  room.stage.join({.identity = "a", .name = "again"}, room.now);
  ASSERT_EQ(room.shown(), "ba");
  EXPECT_EQ(room.stage.cast().members[1].name, "again");

  const auto revision = room.stage.revision();
  room.stage.leave("z", room.now);
  room.stage.set_camera("z", true, room.now);
  room.stage.set_pins("z", true, true, room.now);
  room.speak("z");
  EXPECT_EQ(room.stage.revision(), revision);
  EXPECT_EQ(room.stage.next_timeout(), kNever);
}

/// Something random happens; `moves` = also what may legitimately move those who are shown.
void happen(Room& room, std::mt19937& random, bool moves) {
  const std::string who(1, static_cast<char>('a' + random() % 12));
  const bool on = random() % 2 == 0;
  std::string speakers;
  for (char c = 'a'; c < 'm'; ++c)
    if (random() % 5 == 0) speakers.insert(random() % (speakers.size() + 1), 1, c);
  switch (random() % (moves ? 10 : 5)) {
    case 5:
      return room.stage.leave(who, room.now);
    case 6:
      return room.join(who);
    case 7:
      return room.stage.set_screen_share(who, on, room.now);
    case 8:
      return room.stage.set_pins(who, on, random() % 4 == 0, room.now);
    case 9:
      return room.stage.set_may_publish(who, on, room.now);
    case 4:
      return room.stage.set_camera(who, on, room.now);
    case 3:
      return room.stage.set_microphone(who, true, on, room.now);
    default:
      return room.speak(speakers);
  }
}

TEST(Stage, whoever_stays_in_a_grid_keeps_the_place_whatever_is_said) {
  std::mt19937 random(3);
  Room room({.grid_size = 5}, 12);
  std::string before = room.shown();
  int changes = 0;
  for (int i = 0; i < 2000; ++i) {
    happen(room, random, false);
    room.pass(std::chrono::milliseconds(random() % 2500));
    const std::string after = room.shown();

    ASSERT_EQ(after.size(), 5u);
    for (std::size_t p = 0; p < before.size(); ++p) {
      const auto now_at = after.find(before[p]);
      ASSERT_TRUE(now_at == std::string::npos || now_at == p) << before << " " << after;
    }
    changes += after != before;
    before = after;
  }
  EXPECT_GT(changes, 50);
}

TEST(Stage, timeouts_miss_nothing_that_asking_all_the_time_would_find) {
  for (unsigned seed = 0; seed < 24; ++seed) {
    const LayoutConfig config{.type = static_cast<LayoutType>(seed % 3),
                              .priority = static_cast<Priority>(seed / 3 % 2),
                              .grid_size = seed < 12 ? 4 : 0};
    std::mt19937 random(seed), same(seed);
    Room lazy(config, 10), eager(config, 10);
    for (int i = 0; i < 150; ++i) {
      happen(lazy, random, true);
      happen(eager, same, true);
      const int steps = static_cast<int>(random() % 40);
      (void)same();
      lazy.pass(steps * 50ms + 7ms);
      for (int s = 0; s < steps; ++s) {
        eager.pass(50ms);
        eager.stage.handle_timeout(eager.now);
      }
      eager.pass(7ms);
      SCOPED_TRACE("seed " + std::to_string(seed) + " step " + std::to_string(i));
      ASSERT_EQ(lazy.stage.cast(), eager.stage.cast());
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(Stage, the_revision_tells_each_change_of_the_cast) {
  std::mt19937 random(11);
  Room room(kSidebar, 10);
  std::map<std::uint64_t, Cast> casts;
  for (int i = 0; i < 500; ++i) {
    happen(room, random, true);
    room.pass(std::chrono::milliseconds(random() % 2000));
    const auto [known, fresh] = casts.try_emplace(room.stage.revision(), room.stage.cast());
    ASSERT_EQ(known->second, room.stage.cast());
  }
}

}  // namespace
}  // namespace plenum::egress
