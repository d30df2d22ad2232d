#include "store/outbox.h"

#include <gmock/gmock.h>

#include "store/dead_letters.h"
#include "store/test_database.h"

namespace plenum::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kA = "https://a.example/hook";
constexpr const char* kB = "https://b.example/hook";
constexpr std::int64_t kLease = 30'000;

class Outbox : public WithTables {
 protected:
  void put(const std::string& id, const std::vector<std::string>& endpoints,
           const std::string& session = "s1", const std::string& api_key = "key") {
    std::vector<Target> targets;
    for (const std::string& endpoint : endpoints) targets.push_back({.endpoint = endpoint});
    put_event(db,
              {.event_id = id,
               .api_key = api_key,
               .order_key = session,
               .type = "type-of-" + id,
               .body = Blob{std::byte{'{'}, std::byte{0}, std::byte{'}'}},
               .created_ms = 1000},
              targets);
  }
  /// Dead letters are known of endpoints of rooms only.
  Room room_that_tells(const char* endpoint, const std::string& api_key = "key") {
    Room room = some_room(api_key);
    room.webhook_endpoint = endpoint;
    room.webhook_events = R"(["*"])";
    return create_room(db, room).room;
  }
  std::vector<Delivery> claim(std::int64_t now_ms, const std::string& endpoint = kA,
                              std::int64_t limit = 10, const std::string& api_key = "key") {
    return claim_deliveries(db, {api_key, endpoint}, now_ms, kLease, limit);
  }
  std::vector<std::string> claimed_ids(std::int64_t now_ms, const std::string& endpoint = kA) {
    std::vector<std::string> ids;
    for (const Delivery& d : claim(now_ms, endpoint)) ids.push_back(d.event.event_id);
    return ids;
  }
  static Attempt attempt(const Delivery& d, std::int64_t at_ms, std::int64_t status = 200) {
    return {.api_key = d.event.api_key, .delivery = d.id, .status = status, .at_ms = at_ms};
  }
};
ON_BOTH_DATABASES(Outbox);

TEST_P(Outbox, an_event_is_handed_out_whole_for_each_of_its_endpoints) {
  put_event(db,
            {.event_id = "e1",
             .api_key = "key",
             .order_key = "s1",
             .type = "recording-started",
             .body = Blob{std::byte{0}, std::byte{255}},
             .created_ms = 1000},
            std::vector<Target>{{.endpoint = kA, .family = Family::videosdk, .job = "job-1"},
                                {.endpoint = kB, .family = Family::livekit}});
  EXPECT_THAT(due_endpoints(db, 1000, 10),
              testing::UnorderedElementsAre(DueEndpoint{"key", kA}, DueEndpoint{"key", kB}));
  const auto a = claim(1000, kA), b = claim(1000, kB);

  ASSERT_EQ(a.size(), 1u);
  EXPECT_EQ(a[0].event.event_id, "e1");
  EXPECT_EQ(a[0].event.type, "recording-started");
  EXPECT_EQ(a[0].event.order_key, "s1");
  EXPECT_EQ(a[0].event.body, (Blob{std::byte{0}, std::byte{255}}));
  EXPECT_EQ(a[0].target.job, "job-1");
  EXPECT_EQ(a[0].attempts, 0);
  ASSERT_EQ(b.size(), 1u);
  EXPECT_EQ(b[0].target.family, Family::livekit);
}

TEST_P(Outbox, an_event_goes_with_the_transaction_that_put_it) {
  {
    const Transaction transaction(db, Access::write);
    put("e1", {kA});
  }

  EXPECT_THAT(due_endpoints(db, 9000, 10), IsEmpty());
  EXPECT_EQ(next_due_ms(db), std::nullopt);
}

TEST_P(Outbox, an_event_for_nobody_is_not_stored) {
  put("e1", {});

  EXPECT_EQ(db.execute("SELECT count(*) FROM outbox_events").rows[0].integer(0), 0);
}

TEST_P(Outbox, an_event_id_is_taken_once) {
  put("e1", {kA});

  EXPECT_EQ(kind_thrown_by([&] { put("e1", {kA}); }), StoreError::Kind::constraint);
}

TEST_P(Outbox, events_of_one_session_come_one_after_the_other) {
  put("e1", {kA});
  put("e2", {kA});
  put("e3", {kA});
  const auto first = claim(1000);

  ASSERT_EQ(first.size(), 1u);
  EXPECT_THAT(claimed_ids(1001), IsEmpty());
  EXPECT_TRUE(record_success(db, attempt(first[0], 1100)));
  EXPECT_THAT(claimed_ids(1100), ElementsAre("e2"));
}

TEST_P(Outbox, sessions_and_endpoints_do_not_wait_for_each_other) {
  put("e1", {kA, kB}, "s1");
  put("e2", {kA}, "s2");
  EXPECT_THAT(claimed_ids(1000, kA), testing::UnorderedElementsAre("e1", "e2"));

  EXPECT_THAT(claimed_ids(1000, kB), ElementsAre("e1"));
}

TEST_P(Outbox, a_failure_holds_back_the_session_until_its_next_attempt) {
  put("e1", {kA});
  put("e2", {kA});
  auto failed = attempt(claim(1000).at(0), 1100, 503);
  failed.error = "busy";
  EXPECT_TRUE(record_failure(db, failed, 5000));

  EXPECT_EQ(next_due_ms(db), 5000);
  EXPECT_THAT(claimed_ids(4999), IsEmpty());
  const auto again = claim(5000);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].event.event_id, "e1");
  EXPECT_EQ(again[0].attempts, 1);
  EXPECT_EQ(again[0].last_status, 503);
  EXPECT_EQ(again[0].last_error, "busy");
}

TEST_P(Outbox, what_a_dead_sender_claimed_comes_again_after_the_lease) {
  put("e1", {kA});
  EXPECT_THAT(claimed_ids(1000), ElementsAre("e1"));

  EXPECT_EQ(next_due_ms(db), 1000 + kLease);
  EXPECT_THAT(claimed_ids(1000 + kLease), ElementsAre("e1"));
}

TEST_P(Outbox, a_result_that_comes_twice_counts_once) {
  put("e1", {kA});
  const Delivery d = claim(1000).at(0);
  EXPECT_TRUE(record_success(db, attempt(d, 1100)));

  EXPECT_FALSE(record_success(db, attempt(d, 1200)));
  EXPECT_FALSE(record_failure(db, attempt(d, 1200), 9000));
  EXPECT_FALSE(record_dead(db, attempt(d, 1200)));
}

TEST_P(Outbox, no_more_is_claimed_than_the_endpoint_can_take) {
  for (int i = 0; i < 5; ++i) put("e" + std::to_string(i), {kA}, "s" + std::to_string(i));

  EXPECT_EQ(claim(1000, kA, 2).size(), 2u);
  EXPECT_EQ(claim(1000, kA, 10).size(), 3u);
}

TEST_P(Outbox, tenants_with_the_same_endpoint_have_queues_of_their_own) {
  put("e1", {kA}, "s1", "key");
  put("e2", {kA}, "s1", "other");
  const Delivery d = claim(1000).at(0);
  Attempt forged = attempt(d, 1100);
  forged.api_key = "other";

  EXPECT_FALSE(record_success(db, forged));
  EXPECT_EQ(claim(1000, kA, 10, "other").at(0).event.event_id, "e2");
}

TEST_P(Outbox, the_most_overdue_endpoint_comes_first) {
  put("e1", {kA});
  put("e2", {kB});
  record_failure(db, attempt(claim(1000, kA).at(0), 1000), 3000);
  record_failure(db, attempt(claim(1000, kB).at(0), 1000), 2000);

  EXPECT_THAT(due_endpoints(db, 5000, 10),
              ElementsAre(DueEndpoint{"key", kB}, DueEndpoint{"key", kA}));
  EXPECT_THAT(due_endpoints(db, 2500, 10), ElementsAre(DueEndpoint{"key", kB}));
  EXPECT_EQ(due_endpoints(db, 5000, 1).size(), 1u);
}

TEST_P(Outbox, given_up_deliveries_are_listed_and_let_the_next_pass) {
  room_that_tells(kA);
  put("e1", {kA});
  put("e2", {kA});
  EXPECT_TRUE(record_dead(db, attempt(claim(1000).at(0), 1500, 500)));
  const auto dead = list_dead_letters(db, "key", {});

  EXPECT_THAT(claimed_ids(1500), ElementsAre("e2"));
  ASSERT_EQ(dead.items.size(), 1u);
  EXPECT_EQ(dead.total, 1);
  EXPECT_EQ(dead.items[0].delivery.event.event_id, "e1");
  EXPECT_EQ(dead.items[0].delivery.attempts, 1);
  EXPECT_EQ(dead.items[0].died_ms, 1500);
  EXPECT_EQ(list_dead_letters(db, "other", {}).total, 0);
}

TEST_P(Outbox, a_dead_letter_is_replayed_before_younger_events) {
  room_that_tells(kA);
  put("e1", {kA});
  put("e2", {kA});
  const Delivery d = claim(1000).at(0);
  record_dead(db, attempt(d, 1500, 500));
  EXPECT_FALSE(replay_dead_letter(db, "other", d.id, 2000));
  EXPECT_TRUE(replay_dead_letter(db, "key", d.id, 2000));
  EXPECT_FALSE(replay_dead_letter(db, "key", d.id, 2000));

  EXPECT_EQ(list_dead_letters(db, "key", {}).total, 0);
  const auto again = claim(2000);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].event.event_id, "e1");
  EXPECT_EQ(again[0].attempts, 0);
}

TEST_P(Outbox, dead_letters_of_the_operators_endpoints_are_not_the_tenants) {
  room_that_tells(kA);
  room_that_tells(kB, "other");
  put("e1", {kA, kB});
  const Delivery operators = claim(1000, kB).at(0);
  record_dead(db, attempt(operators, 1500, 500));
  EXPECT_FALSE(replay_dead_letter(db, "key", operators.id, 2000));
  EXPECT_EQ(replay_dead_letters(db, "key", kB, 2000), 0);
  record_dead(db, attempt(claim(1000, kA).at(0), 1500, 500));

  const auto dead = list_dead_letters(db, "key", {});
  EXPECT_EQ(dead.total, 1);
  ASSERT_EQ(dead.items.size(), 1u);
  EXPECT_EQ(dead.items[0].delivery.target.endpoint, kA);
}

TEST_P(Outbox, an_endpoint_that_is_gone_hears_no_more_of_its_room) {
  const Room gone = room_that_tells(kA), other = room_that_tells(kA);
  start_session(db, some_session(gone));
  put("e1", {kA}, "RM_1");
  record_dead(db, attempt(claim(1000).at(0), 1500, 500));
  EXPECT_EQ(find_room(db, "key", gone.id), gone);
  put("e2", {kA}, "RM_1");
  record_dead(db, attempt(claim(2000).at(0), 2500, 410));

  EXPECT_EQ(find_room(db, "key", gone.id)->webhook_events, "[]");
  EXPECT_EQ(find_room(db, "key", other.id), other);
  EXPECT_EQ(list_dead_letters(db, "key", {}).total, 2);
}

TEST_P(Outbox, all_dead_letters_of_an_endpoint_are_replayed_at_once) {
  for (const char* endpoint : {kA, kB}) room_that_tells(endpoint);
  for (int i = 0; i < 3; ++i) put("e" + std::to_string(i), {kA, kB}, "s" + std::to_string(i));
  for (const char* endpoint : {kA, kB})
    for (const Delivery& d : claim(1000, endpoint)) record_dead(db, attempt(d, 1500, 500));
  EXPECT_EQ(replay_dead_letters(db, "key", kA, 2000), 3);

  EXPECT_EQ(claim(2000, kA).size(), 3u);
  EXPECT_EQ(list_dead_letters(db, "key", {}).total, 3);
}

TEST_P(Outbox, a_job_tells_how_its_deliveries_went) {
  const std::vector<Target> targets{{.endpoint = kA, .job = "job"}};
  for (const char* type : {"recording-started", "recording-stopped", "recording-late"})
    put_event(db,
              {.event_id = type,
               .api_key = "key",
               .order_key = "s1",
               .type = type,
               .body = {},
               .created_ms = 1000},
              targets);
  record_success(db, attempt(claim(1000).at(0), 1000));
  record_dead(db, attempt(claim(1000).at(0), 1000, 500));
  const DeliverySummary summary = delivery_summary(db, "key", "job");

  EXPECT_EQ(summary.total, 3);
  EXPECT_EQ(summary.success, 1);
  EXPECT_THAT(summary.entries, ElementsAre(DeliverySummary::Entry{"recording-started", true},
                                           DeliverySummary::Entry{"recording-stopped", false}));
  EXPECT_EQ(delivery_summary(db, "other", "job").total, 0);
}

TEST_P(Outbox, purging_takes_delivered_ones_and_leaves_the_others) {
  put("e1", {kA, kB}, "s1");
  put("e2", {kA}, "s2");
  for (const Delivery& d : claim(1000, kA)) record_success(db, attempt(d, 2000));
  const auto events = [&] {
    return db.execute("SELECT count(*) FROM outbox_events").rows[0].integer(0);
  };
  EXPECT_EQ(purge_delivered(db, 2000, 10), 0);
  EXPECT_EQ(purge_delivered(db, 2001, 1), 1);
  EXPECT_EQ(purge_delivered(db, 2001, 10), 1);

  EXPECT_EQ(events(), 1);
  EXPECT_THAT(claimed_ids(3000, kB), ElementsAre("e1"));
}

}  // namespace
}  // namespace plenum::store
