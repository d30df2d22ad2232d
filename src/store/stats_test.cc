#include "store/stats.h"

#include <gmock/gmock.h>

#include "store/test_database.h"

namespace plenum::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class Stats : public WithTables {
 protected:
  void join(const std::string& who) {
    participant_joined(db, {.api_key = "key",
                            .session = session.id,
                            .participant_id = who,
                            .name = who,
                            .mode = "SEND_AND_RECV",
                            .at_ms = 2000});
  }
  ParticipantKey key(const std::string& who) { return {"key", session.id, who}; }

  Session session = start_session(db, some_session(create_room(db, some_room("key")).room)).session;
};
ON_BOTH_DATABASES(Stats);

StatsSample sample_at(std::int64_t at_ms) {
  StatsSample s;
  s.at_ms = at_ms;
  s.audio = {.send_lost = 1,
             .receive_lost = 2,
             .send_bps = 32'000,
             .receive_bps = 64'000.5,
             .quality = MediaStats::Quality{.rtt_ms = 20.5, .jitter_ms = 3, .mos = 4.4}};
  s.watched_s = {0, 30, 60, 0, 0, 5};
  return s;
}

TEST_P(Stats, of_a_participant_come_back_oldest_first) {
  join("ada");
  ASSERT_TRUE(add_stats(db, key("ada"), sample_at(30'000)));
  ASSERT_TRUE(add_stats(db, key("ada"), sample_at(60'000)));

  EXPECT_THAT(participant_stats(db, key("ada")), ElementsAre(sample_at(30'000), sample_at(60'000)));
}

TEST_P(Stats, of_a_session_are_summed_and_averaged_by_slices) {
  join("ada");
  join("ben");
  StatsSample ben = sample_at(59'000);
  ben.audio.send_bps = 0;
  ben.audio.quality.reset();
  ben.video.quality = MediaStats::Quality{.rtt_ms = 10, .jitter_ms = 1, .mos = 3};
  add_stats(db, key("ada"), sample_at(31'000));
  add_stats(db, key("ben"), ben);
  add_stats(db, key("ben"), sample_at(61'000));

  const auto all = session_stats(db, "key", session.id);
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].at_ms, 30'000);
  EXPECT_EQ(all[0].audio.send_lost, 2);
  EXPECT_EQ(all[0].audio.send_bps, 16'000);
  EXPECT_EQ(all[0].audio.quality, sample_at(0).audio.quality);
  EXPECT_EQ(all[0].video.quality, ben.video.quality);
  EXPECT_EQ(all[0].watched_s[2], 120);
  EXPECT_EQ(all[1].at_ms, 60'000);
}

TEST_P(Stats, are_those_of_who_is_there_and_of_the_key) {
  join("ada");
  EXPECT_FALSE(add_stats(db, key("ben"), sample_at(30'000)));
  EXPECT_FALSE(add_stats(db, {"other", session.id, "ada"}, sample_at(30'000)));
  add_stats(db, key("ada"), sample_at(30'000));
  participant_left(db, key("ada"), 31'000);

  EXPECT_FALSE(add_stats(db, key("ada"), sample_at(60'000)));
  EXPECT_THAT(participant_stats(db, {"other", session.id, "ada"}), IsEmpty());
  EXPECT_THAT(session_stats(db, "other", session.id), IsEmpty());
  EXPECT_THAT(session_stats(db, "key", session.id), SizeIs(1));
}

TEST_P(Stats, go_with_their_session) {
  join("ada");
  add_stats(db, key("ada"), sample_at(30'000));
  db.execute("DELETE FROM sessions");

  EXPECT_EQ(db.execute("SELECT count(*) FROM participant_stats").rows.at(0).integer(0), 0);
}

}  // namespace
}  // namespace plenum::store
