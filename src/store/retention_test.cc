#include "store/retention.h"

#include "store/idempotency.h"
#include "store/outbox.h"
#include "store/participants.h"
#include "store/revocations.h"
#include "store/test_database.h"

namespace plenum::store {
namespace {

constexpr Retention kShort{.sessions_ms = 10'000, .delivered_ms = 5'000};

class RetentionTest : public WithTables {
 protected:
  Session session_with_somebody(std::int64_t from_ms) {
    const Session session = start_session(db, some_session(room, from_ms)).session;
    const ParticipantKey ada{"key", session.id, "ada"};
    participant_joined(db, {.api_key = "key",
                            .session = session.id,
                            .participant_id = "ada",
                            .name = "Ada",
                            .mode = "SEND_AND_RECV",
                            .at_ms = from_ms});
    stream_started(db, ada, "mic", from_ms);
    return session;
  }
  std::int64_t count(const std::string& table) {
    return db.execute("SELECT count(*) FROM " + table).rows[0].integer(0);
  }
  Room room = create_room(db, some_room("key")).room;
};
ON_BOTH_DATABASES(RetentionTest);

TEST_P(RetentionTest, sessions_go_with_everything_in_them_when_their_time_is_over) {
  const Session old = session_with_somebody(1000);
  end_session(db, "key", old.id, 2000, "api");
  const Session recent = session_with_somebody(3000);
  end_session(db, "key", recent.id, 4000, "api");
  session_with_somebody(5000);

  EXPECT_EQ(sweep(db, kShort, 12'000).sessions, 0);
  EXPECT_EQ(sweep(db, kShort, 12'001).sessions, 1);
  EXPECT_EQ(find_session(db, "key", old.id), std::nullopt);
  EXPECT_TRUE(find_session(db, "key", recent.id));
  for (const char* table : {"sessions", "participants", "stays", "streams", "mode_changes"})
    EXPECT_EQ(count(table), 2) << table;
}

TEST_P(RetentionTest, a_room_that_a_join_made_goes_after_its_last_session) {
  Room joined = some_room("key");
  joined.implicit = true;
  const Room implicit = create_room(db, joined).room;
  const Session session = start_session(db, some_session(implicit, 1000)).session;
  end_session(db, "key", session.id, 20'000, "api");

  EXPECT_EQ(sweep(db, kShort, 29'000).rooms, 0);
  set_room_disabled(db, "key", implicit.id, true, 29'000);
  EXPECT_EQ(sweep(db, kShort, 31'000).rooms, 0) << "it would be open again";
  set_room_disabled(db, "key", implicit.id, false, 32'000);
  EXPECT_EQ(sweep(db, kShort, 33'000).rooms, 1);
  EXPECT_FALSE(find_room(db, "key", implicit.id));
  EXPECT_TRUE(find_room(db, "key", room.id));
}

TEST_P(RetentionTest, a_running_session_stays_whatever_its_age) {
  session_with_somebody(1000);

  EXPECT_EQ(sweep(db, kShort, 1'000'000'000).sessions, 0);
}

TEST_P(RetentionTest, works_in_portions_and_says_when_there_is_more) {
  for (int i = 0; i < 5; ++i)
    end_session(db, "key", session_with_somebody(1000 * i).id, 1000 * i + 1, "api");
  const Swept first = sweep(db, kShort, 1'000'000, 3);
  const Swept second = sweep(db, kShort, 1'000'000, 3);

  EXPECT_EQ(first.sessions, 3);
  EXPECT_TRUE(first.more);
  EXPECT_EQ(second.sessions, 2);
  EXPECT_FALSE(second.more);
}

TEST_P(RetentionTest, expired_revocations_answers_and_delivered_webhooks_go) {
  revoke_token(db, {"key", "jti", 100});
  revoke_participant(db, {"key", "", "ada", 50, 100});
  StoredAnswer answer{.api_key = "key", .idempotency_key = "a", .route = "POST /", .body = {}};
  answer.created_ms = 100'000 - kAnswerLifeMs;
  store_answer(db, answer);
  put_event(db,
            {.event_id = "e",
             .api_key = "key",
             .order_key = "s",
             .type = "t",
             .body = {},
             .created_ms = 1000},
            std::vector<Target>{{.endpoint = "https://a.example"}});
  const Delivery d = claim_deliveries(db, {"key", "https://a.example"}, 1000, 1000, 1).at(0);
  record_success(db, {.api_key = "key", .delivery = d.id, .status = 200, .at_ms = 2000});
  const Swept early = sweep(db, kShort, 7000);
  const Swept late = sweep(db, kShort, 100'000);

  EXPECT_EQ(early.deliveries + early.revocations, 0);
  EXPECT_EQ(late.revocations, 2);
  EXPECT_EQ(late.deliveries, 1);
  EXPECT_EQ(late.answers + early.answers, 1);
  for (const char* table : {"revoked_tokens", "revoked_participants", "idempotency", "deliveries",
                            "outbox_events", "delivery_queues"})
    EXPECT_EQ(count(table), 0) << table;
}

}  // namespace
}  // namespace plenum::store
