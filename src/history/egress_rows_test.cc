#include "history/egress_rows.h"

#include <gmock/gmock.h>

#include "history/history_fixture.h"
#include "history/write.h"
#include "store/jobs.h"
#include "store/outbox.h"
#include "store/test_database.h"

namespace plenum::history {
namespace {

using control::EgressChanged;
using control::EgressJob;
using control::EgressKind;
using control::EgressState;
using ::testing::ElementsAre;

EgressJob some_job(EgressState state, EgressKind kind = EgressKind::recording) {
  EgressJob job;
  job.id = "65a0b0c0d0e0f00000000003";
  job.kind = kind;
  job.state = state;
  job.api_key = kKey;
  job.room = "room";
  job.session = "65a0b0c0d0e0f00000000001";
  job.layout.quality = "med";
  job.layout.orientation = "landscape";
  control::EgressOutput& output = job.outputs.emplace_back();
  output.id = "file";
  output.name = "a/name.mp4";
  output.path = "recordings/1.mp4";
  output.target = {"rtmp://live.example/app", "key"};
  job.config = R"({"quality":"med"})";
  job.created_ms = kStart;
  return job;
}

std::vector<store::Job> jobs_in(store::Store& store) {
  std::vector<store::Job> out;
  store.run([&](store::Database& db) {
    out = store::list_jobs(db, kKey, {.kind = "recording"}, {}).items;
  });
  return out;
}

class EgressRowsTest : public ::testing::Test {
 protected:
  ~EgressRowsTest() override { store.stop(); }
  store::TestDatabase database{store::Dialect::sqlite};
  store::Store store{[this] { return database.connect(); }, store::Store::Options{}};
};

TEST_F(EgressRowsTest, a_row_follows_its_job_after_the_session_has_ended_too) {
  ServerRun run(store);
  EgressJob job = some_job(EgressState::starting);
  run.tell(control::ParticipantJoined{}, person("ada"));
  run.tell(EgressChanged{job});
  job.state = EgressState::started;
  job.started_ms = kStart + 2000;
  run.tell(EgressChanged{job});
  run.tell(control::ParticipantLeft{}, person("ada"));
  run.tell(control::RoomFinished{});
  job.state = EgressState::stopped;
  job.ended_ms = kStart + 9000;
  job.outputs[0].state = control::EgressOutput::State::ended;
  job.outputs[0].bytes = 12;
  job.outputs[0].duration_ms = 7000;
  job.outputs[0].retries = 2;
  job.outputs[0].started_ms = kStart + 2000;
  job.restarts = 1;
  job.webm = true;
  job.subjects = {{"ada", {"camera"}}, {"ben", {}}};
  job.copy = {.per_track = true, .container = "webm", .track = "TR_1", .name = "a/b"};
  job.width = 1280;
  job.height = 720;
  run.tell(EgressChanged{job});
  ASSERT_TRUE(run.settle());

  const auto rows = jobs_in(store);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "stopped");
  EXPECT_EQ(rows[0].created_ms, kStart);
  EXPECT_EQ(rows[0].started_ms, kStart + 2000);
  EXPECT_EQ(egress_job_of(rows[0]), job);
}

TEST_F(EgressRowsTest, what_ended_or_was_deleted_stays_so) {
  store.run([](store::Database& db) {
    EgressJob job = some_job(EgressState::failed);
    write_egress(db, job, kStart + 1);
    store::Job row = *store::find_job(db, kKey, job.id);
    EXPECT_EQ(row.ended_ms, kStart + 1);
    row.deleted = true;
    store::update_job(db, row);
    job.state = EgressState::started;
    write_egress(db, job, kStart + 2);

    row = *store::find_job(db, kKey, job.id);
    EXPECT_EQ(row.status, "failed");
    EXPECT_TRUE(row.deleted);
  });
}

/// Endpoints with the type and the job of what goes to them.
std::vector<std::string> deliveries(store::Database& db) {
  std::vector<std::string> out;
  for (const char* endpoint : {"https://all.example/", "https://job.example/"})
    for (const auto& d :
         store::claim_deliveries(db, {kKey, endpoint}, kStart + 99'000, kStart + 99'999, 10))
      out.push_back(d.target.endpoint + " " + d.event.type + " " + d.target.job.value_or("-"));
  return out;
}

TEST_F(EgressRowsTest, a_job_has_an_audience_of_its_own_besides_those_of_all) {
  const Audience audience{.livekit = {},
                          .videosdk = {[](const Record&) {
                                         return std::optional(Message{"it", "{}"});
                                       },
                                       {"https://all.example/"}},
                          .asks_for = [](const auto&, const auto&) { return false; }};
  Record record;
  record.id = "65a0b0c0d0e0f00000000002";
  EgressJob job = some_job(EgressState::starting);
  job.webhook_url = "https://job.example/";
  record.session.id = job.session;
  record.event.api_key = kKey;
  record.event.at_ms = kStart;
  record.event.what = EgressChanged{job};
  std::vector<std::string> told;
  store.run([&](store::Database& db) { write(db, record, "node", audience); });
  store.run([&](store::Database& db) { told = deliveries(db); });

  EXPECT_THAT(told, ElementsAre("https://all.example/ it 65a0b0c0d0e0f00000000003",
                                "https://job.example/ it 65a0b0c0d0e0f00000000003"));
}

class AbandonedTest : public EgressRowsTest {
 protected:
  /// The row of a job that a crash of "ours" left in that state.
  void left(EgressState state) {
    store.run([&](store::Database& db) {
      const store::Room room = store::create_room(db, store::some_room(kKey)).room;
      store::Session session = store::some_session(room);
      session.node = "ours";
      session = store::start_session(db, session).session;
      EgressJob job = some_job(state);
      job.session = session.id;
      job.upload_url = "https://signed.example/put";
      job.outputs[0].started_ms = kStart + 1;
      write_egress(db, job, kStart + 5);
    });
  }
  store::Job row(store::Database& db) { return *store::find_job(db, kKey, some_job({}).id); }
};

TEST_F(AbandonedTest, what_a_crash_left_is_taken_until_it_ends_and_fails_with_its_file) {
  left(EgressState::started);
  store.run([&](store::Database& db) {
    EXPECT_THAT(take_abandoned(db, "other", 10), ElementsAre());
    EXPECT_EQ(take_abandoned(db, "ours", 10).size(), 1u);
    EXPECT_EQ(row(db).status, "stopping");
    EgressJob job = take_abandoned(db, "ours", 10).at(0);
    EXPECT_EQ(job.upload_url, "https://signed.example/put");
    job.outputs[0].bytes = 12;
    job.outputs[0].duration_ms = 7000;
    conclude_abandoned(job);
    int uploads = 0;
    Audience all = audience();
    all.job_ended = [&](store::Database&, const EgressJob& ended) {
      uploads += ended.upload_url.empty() ? 0 : 1;
    };
    end_abandoned(db, job, kStart + 60'000, "ours", all);
    end_abandoned(db, job, kStart + 60'000, "ours", all);
    EXPECT_EQ(uploads, 1);
    EXPECT_THAT(take_abandoned(db, "ours", 10), ElementsAre());
  });
  const EgressJob job = egress_job_of(jobs_in(store).at(0));

  EXPECT_EQ(job.state, EgressState::failed);
  EXPECT_EQ(job.error, "the server was restarted");
  EXPECT_EQ(job.ended_ms, kStart + 7001);
  EXPECT_EQ(job.outputs[0].ended_ms, kStart + 7001);
  EXPECT_EQ(job.bytes(), 12u);
  EXPECT_TRUE(job.upload_url.empty()) << "the upload has it";
}

TEST_F(AbandonedTest, what_was_to_end_before_the_crash_has_stopped) {
  left(EgressState::stopping);
  store.run([&](store::Database& db) {
    EgressJob job = take_abandoned(db, "ours", 10).at(0);
    conclude_abandoned(job);
    EXPECT_EQ(job.state, EgressState::stopped);
    job = take_abandoned(db, "ours", 10).at(0);
    job.outputs[0].state = control::EgressOutput::State::failed;
    conclude_abandoned(job);
    EXPECT_EQ(job.state, EgressState::failed);
  });
}

}  // namespace
}  // namespace plenum::history
