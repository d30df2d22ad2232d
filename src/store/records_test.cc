#include <gmock/gmock.h>

#include "store/api_keys.h"
#include "store/idempotency.h"
#include "store/jobs.h"
#include "store/revocations.h"
#include "store/signing_keys.h"
#include "store/test_database.h"

namespace plenum::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ApiKeys : public WithTables {
 protected:
  ApiKey key{.api_key = "key", .secret = "a secret", .name = "Berlin", .created_at_ms = 1000};
};
ON_BOTH_DATABASES(ApiKeys);

TEST_P(ApiKeys, come_back_as_they_were_added_in_order_of_age) {
  add_api_key(db, {.api_key = "younger", .secret = "s", .name = "", .created_at_ms = 2000});
  add_api_key(db, key);

  EXPECT_EQ(find_api_key(db, "key"), key);
  EXPECT_EQ(find_api_key(db, "unknown"), std::nullopt);
  EXPECT_EQ(list_api_keys(db).at(0), key);
  EXPECT_EQ(kind_thrown_by([&] { add_api_key(db, key); }), StoreError::Kind::constraint);
}

TEST_P(ApiKeys, are_switched_off_and_on_again) {
  add_api_key(db, key);
  EXPECT_TRUE(set_api_key_enabled(db, "key", false));
  EXPECT_FALSE(find_api_key(db, "key")->enabled);
  EXPECT_TRUE(set_api_key_enabled(db, "key", true));

  EXPECT_TRUE(find_api_key(db, "key")->enabled);
  EXPECT_FALSE(set_api_key_enabled(db, "unknown", true));
}

TEST_P(ApiKeys, once_revoked_stay_so_and_lose_their_secret) {
  add_api_key(db, key);
  EXPECT_TRUE(revoke_api_key(db, "key"));
  EXPECT_FALSE(revoke_api_key(db, "key"));
  EXPECT_FALSE(set_api_key_enabled(db, "key", true));

  const auto found = find_api_key(db, "key");
  EXPECT_TRUE(found->revoked);
  EXPECT_FALSE(found->enabled);
  EXPECT_EQ(found->secret, "");
}

TEST_P(ApiKeys, the_moment_before_which_tokens_are_refused_never_moves_back) {
  add_api_key(db, key);
  EXPECT_TRUE(set_api_key_not_before(db, "key", 500));
  EXPECT_TRUE(set_api_key_not_before(db, "key", 400));

  EXPECT_EQ(find_api_key(db, "key")->not_before_s, 500);
}

class RevocationsTest : public WithTables {};
ON_BOTH_DATABASES(RevocationsTest);

TEST_P(RevocationsTest, a_token_is_revoked_for_its_key_alone) {
  revoke_token(db, {"key", "jti-1", 100});
  revoke_token(db, {"key", "jti-1", 90});

  EXPECT_TRUE(is_token_revoked(db, "key", "jti-1"));
  EXPECT_FALSE(is_token_revoked(db, "other", "jti-1"));
  EXPECT_FALSE(is_token_revoked(db, "key", "jti-2"));
  EXPECT_THAT(list_revocations(db, 99).tokens, ElementsAre(RevokedToken{"key", "jti-1", 100}));
  EXPECT_THAT(list_revocations(db, 100).tokens, IsEmpty());
}

TEST_P(RevocationsTest, a_participants_older_tokens_are_revoked_in_the_room_or_everywhere) {
  revoke_participant(db, {"key", "room", "ada", 50, 100});
  revoke_participant(db, {"key", "", "bob", 50, 100});

  EXPECT_TRUE(is_participant_revoked(db, "key", "room", "ada", 49));
  EXPECT_FALSE(is_participant_revoked(db, "key", "room", "ada", 50));
  EXPECT_FALSE(is_participant_revoked(db, "key", "elsewhere", "ada", 49));
  EXPECT_TRUE(is_participant_revoked(db, "key", "elsewhere", "bob", 49));
  EXPECT_FALSE(is_participant_revoked(db, "other", "room", "ada", 49));
}

TEST_P(RevocationsTest, a_second_revocation_only_widens_the_first) {
  revoke_participant(db, {"key", "room", "ada", 50, 100});
  revoke_participant(db, {"key", "room", "ada", 40, 200});

  EXPECT_THAT(list_revocations(db, 0).participants,
              ElementsAre(RevokedParticipant{"key", "room", "ada", 50, 200}));
}

class Jobs : public WithTables {
 protected:
  Job add(const std::string& session, std::int64_t created_ms,
          const std::string& kind = "recording") {
    Job job;
    job.kind = kind;
    job.api_key = "key";
    job.room_id = "room-of-" + session;
    job.session_id = session;
    job.status = "starting";
    job.created_ms = job.updated_ms = created_ms;
    return insert_job(db, job);
  }
};
ON_BOTH_DATABASES(Jobs);

TEST_P(Jobs, come_back_as_they_were_last_updated) {
  Job job = add("s1", 1000);
  job.status = "completed";
  job.result = R"({"file":1})";
  job.started_ms = 1100;
  job.ended_ms = 1900;
  job.updated_ms = 1900;
  EXPECT_TRUE(update_job(db, job));

  EXPECT_EQ(find_job(db, "key", job.id), job);
  EXPECT_EQ(find_job(db, "other", job.id), std::nullopt);
  job.api_key = "other";
  EXPECT_FALSE(update_job(db, job));
}

TEST_P(Jobs, are_listed_by_kind_newest_first_without_deleted_ones) {
  add("s1", 1000);
  const Job second = add("s2", 2000);
  Job deleted = add("s1", 3000);
  add("s1", 4000, "hls");
  deleted.deleted = true;
  update_job(db, deleted);
  const auto page = list_jobs(db, "key", {.kind = "recording"}, {.page = 1, .per_page = 1});

  EXPECT_EQ(page.total, 2);
  EXPECT_THAT(page.items, ElementsAre(second));
  const auto total = [&](const JobFilter& filter) {
    return list_jobs(db, "key", filter, {}).total;
  };
  EXPECT_EQ(total({.kind = "recording", .session_id = "s1"}), 1);
  EXPECT_EQ(total({.kind = "recording", .room_id = "room-of-s2", .status = "starting"}), 1);
  EXPECT_EQ(total({.kind = "recording", .status = "completed"}), 0);
  EXPECT_EQ(list_jobs(db, "other", {.kind = "recording"}, {}).total, 0);
}

TEST_P(Jobs, are_active_until_they_end) {
  Job first = add("s1", 1000);
  const Job second = add("s1", 2000);
  first.ended_ms = 3000;
  update_job(db, first);

  EXPECT_THAT(active_jobs(db, "key", "room-of-s1", "recording"), ElementsAre(second));
  EXPECT_THAT(active_jobs(db, "key", "room-of-s1", "hls"), IsEmpty());
  EXPECT_THAT(unfinished_jobs(db, "recording", 10), ElementsAre(second));
}

class SigningKeys : public WithTables {};
ON_BOTH_DATABASES(SigningKeys);

TEST_P(SigningKeys, the_latest_active_one_takes_over_and_the_older_stays) {
  EXPECT_EQ(active_signing_key(db), std::nullopt);
  const SigningKey first{"k1", "private 1", "public 1", 1000, true};
  const SigningKey second{"k2", "private 2", "public 2", 2000, true};
  add_signing_key(db, first);
  add_signing_key(db, second);

  EXPECT_EQ(active_signing_key(db), second);
  EXPECT_EQ(list_signing_keys(db).size(), 2u);
  EXPECT_TRUE(activate_signing_key(db, "k1"));
  EXPECT_EQ(active_signing_key(db), first);
  EXPECT_FALSE(activate_signing_key(db, "k3"));
  EXPECT_EQ(active_signing_key(db), first);
}

class Idempotency : public WithTables {
 protected:
  StoredAnswer answer{.api_key = "key",
                      .idempotency_key = "abc",
                      .route = "POST /v2/rooms",
                      .status = 200,
                      .body = Blob{std::byte{'{'}, std::byte{'}'}},
                      .created_ms = 1000};
};
ON_BOTH_DATABASES(Idempotency);

TEST_P(Idempotency, the_first_answer_is_kept_for_a_day) {
  EXPECT_TRUE(store_answer(db, answer));
  StoredAnswer second = answer;
  second.status = 500;
  second.created_ms = 2000;
  EXPECT_FALSE(store_answer(db, second));

  EXPECT_EQ(find_answer(db, "key", "abc", 1000 + kAnswerLifeMs - 1), answer);
  EXPECT_EQ(find_answer(db, "key", "abc", 1000 + kAnswerLifeMs), std::nullopt);
  EXPECT_EQ(find_answer(db, "other", "abc", 1000), std::nullopt);
}

TEST_P(Idempotency, an_expired_answer_gives_way_to_a_new_one) {
  store_answer(db, answer);
  StoredAnswer later = answer;
  later.created_ms = 1000 + kAnswerLifeMs;

  EXPECT_TRUE(store_answer(db, later));
  EXPECT_EQ(find_answer(db, "key", "abc", later.created_ms), later);
}

}  // namespace
}  // namespace plenum::store
