#include "api/videosdk/egress_resources.h"
#include "api/videosdk/media_links.h"
#include "api/videosdk/test_rest_api.h"
#include "history/egress_rows.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using control::EgressJob;
using control::EgressKind;
using control::EgressState;
using control::EgressSubject;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kId = "65a0b0c0d0e0f00000000003";

/// A job that copied a camera into two files.
EgressJob copied(const std::string& room, const std::string& identity, const std::string& id) {
  EgressJob job;
  job.id = id;
  job.kind = EgressKind::track;
  job.state = EgressState::stopped;
  job.api_key = "key";
  job.room = room;
  job.session = "65a0b0c0d0e0f00000000001";
  job.subjects = {{identity, {"camera"}}};
  job.copy.emplace().per_track = true;
  job.config = json::serialize(json::object{{"participantId", identity}, {"metadata", "mine"}});
  for (const char* name : {"-camera.webm", "-camera-2.webm"}) {
    control::EgressOutput& file = job.outputs.emplace_back();
    file.id = id + name;
    file.path = job.folder() + "/" + file.id;
    file.state = control::EgressOutput::State::ended;
    file.bytes = 10;
    file.duration_ms = 1500;
  }
  job.created_ms = testing::kNowMs;
  job.ended_ms = testing::kNowMs + 5000;
  return job;
}

class CopyCallsTest : public testing::RestApiTest {
 protected:
  Answered participant(const std::string& call, json::object body) {
    body["roomId"] = room_id;
    http::Request r = request(http::Method::post, "/v2/recordings/" + call, body);
    r.headers.set("Prefer", "return=representation");
    return ask(with_token(std::move(r), token()));
  }
  void store_job(const EgressJob& job) {
    store.run([&](store::Database& db) { history::write_egress(db, job, testing::kNowMs + 6000); });
  }
  std::string room_id = make_room({{"customRoomId", "standup"}});
};

TEST_F(CopyCallsTest, a_participant_is_copied_and_so_is_each_of_its_tracks) {
  enter(room_id, "ada");
  EXPECT_EQ(participant("participant/start", {{"participantId", "ada"}}).body.at("message"),
            "participant recording started successfully.");
  EXPECT_EQ(participant("participant/track/start", {{"participantId", "ada"}, {"kind", "audio"}})
                .body.at("message"),
            "track recording started successfully.");

  ASSERT_THAT(wishes, SizeIs(2));
  EXPECT_EQ(wishes[0].job.kind, EgressKind::participant);
  EXPECT_THAT(wishes[0].job.subjects, ElementsAre(EgressSubject{"ada", {"camera", "microphone"}}));
  EXPECT_EQ(wishes[0].job.copy, control::EgressCopy{});
  EXPECT_THAT(wishes[1].job.subjects, ElementsAre(EgressSubject{"ada", {"microphone"}}));
  EXPECT_EQ(wishes[1].job.copy->container, "webm");
  EXPECT_TRUE(wishes[1].job.copy->per_track);
}

TEST_F(CopyCallsTest, what_cannot_be_copied_is_refused) {
  const json::object ada{{"participantId", "ada"}};
  const auto with_format = [&](const char* format) {
    json::object body = ada;
    body["fileFormat"] = format;
    return participant("participant/start", body);
  };
  EXPECT_EQ(participant("participant/start", ada).code(), "NO_ACTIVE_SESSION");
  room.publish_video(enter(room_id, "ada"));
  EXPECT_EQ(participant("participant/start", {{"participantId", "ben"}}).status, 404);
  EXPECT_EQ(with_format("m3u8").status, 501);
  EXPECT_EQ(with_format("mp4").body.at("feature"), "fileFormat");  // it is VP8
  EXPECT_EQ(with_format("mp3").status, 400);
  EXPECT_EQ(participant("participant/track/start", ada).status, 400);
  EXPECT_EQ(get("/v2/recordings/participant/merge").body.at("feature"), "merge-recordings");
  EXPECT_THAT(wishes, IsEmpty());

  EXPECT_EQ(with_format("webm").status, 200);
}

TEST_F(CopyCallsTest, a_stop_means_the_job_of_that_participant_and_kind) {
  EgressJob job = copied(room_id, "ada", kId);
  job.state = EgressState::started;
  active = {job};
  EXPECT_EQ(
      participant("participant/track/stop", {{"participantId", "ada"}, {"kind", "audio"}}).status,
      404);
  EXPECT_EQ(participant("participant/stop", {{"participantId", "ada"}}).status, 404);
  EXPECT_EQ(participant("participant/track/stop", {{"participantId", "ada"}, {"kind", "video"}})
                .body.at("message"),
            "track recording stopped successfully.");

  EXPECT_THAT(stops, ElementsAre("key " + room_id + " track " + kId));
}

TEST_F(CopyCallsTest, a_composite_shows_whom_it_is_told_to_or_the_first_three) {
  for (const char* who : {"ada", "ben", "cleo", "dan"}) enter(room_id, who);
  const auto first = participant("composite/start", {});
  const json::array chosen{
      json::object{{"participantId", "dan"}, {"kind", json::array{"audio", "screen_video"}}}};
  participant("composite/start", {{"participants", chosen}});
  const json::array unknown{json::object{{"participantId", "eve"}}};
  EXPECT_EQ(participant("composite/start", {{"participants", unknown}}).status, 404);
  EXPECT_EQ(participant("composite/start", {{"watermarks", json::array{1}}}).status, 501);
  EXPECT_EQ(participant("composite/stop", {{"recordingId", kId}}).body.at("message"),
            "composite recording ended successfully.");

  EXPECT_EQ(first.body.at("recordingId"), kId);
  ASSERT_THAT(wishes, SizeIs(2));
  EXPECT_THAT(
      wishes[0].job.subjects,
      ElementsAre(EgressSubject{"ada", {}}, EgressSubject{"ben", {}}, EgressSubject{"cleo", {}}));
  EXPECT_TRUE(wishes[0].parallel);
  EXPECT_THAT(wishes[1].job.subjects,
              ElementsAre(EgressSubject{"dan", {"microphone", "screen_share"}}));
  EXPECT_THAT(stops, ElementsAre("key " + room_id + " composite " + kId));
}

TEST_F(CopyCallsTest, a_copy_is_shown_with_its_files_and_found_by_its_participant) {
  store_job(copied(room_id, "ada", kId));
  store_job(copied(room_id, "Ada", "65a0b0c0d0e0f00000000004"));
  const std::string path = std::string("/v2/recordings/participant/track/") + kId;
  const json::object shown = get(path).body;
  const auto listed = get("/v2/recordings/participant/track?participantId=ada").body;
  EXPECT_EQ(get("/v2/recordings/participant/" + std::string(kId)).status, 404);
  EXPECT_EQ(wait(api.serve(with_token(request(http::Method::del, path), token()))).status, 200);

  EXPECT_EQ(shown.at("participantId"), "ada");
  EXPECT_EQ(shown.at("kind"), "video");
  EXPECT_EQ(shown.at("fileFormat"), "webm");
  EXPECT_EQ(shown.at("status"), "completed");
  ASSERT_THAT(shown.at("files").as_array(), SizeIs(2));
  EXPECT_EQ(shown.at("files").at(1).at("meta").at("duration"), 1.5);
  EXPECT_TRUE(shown.at("manifestUrl")
                  .as_string()
                  .starts_with(std::string("http://plenum.example/files/recordings/") + kId +
                               ".json?exp="));
  EXPECT_EQ(listed.at("pageInfo").at("total"), 1);
  EXPECT_EQ(listed.at("data").at(0).at("id"), kId);
  EXPECT_THAT(removed, ElementsAre(kId));
}

TEST(CopiedWebhooks, say_whom_they_are_about_and_where_the_files_are) {
  EgressJob job = copied("standup", "ada", kId);
  const MediaLinks links{"https://p", std::string(32, 's')};
  const json::object stopped = egress_webhook_data(job, links, testing::kNowMs);
  EXPECT_EQ(egress_webhook_type(job), "participant-track-recording-stopped");
  EXPECT_EQ(stopped.at("participantId"), "ada");
  EXPECT_EQ(stopped.at("kind"), "video");
  ASSERT_THAT(stopped.at("fileDetails").as_array(), SizeIs(2));
  EXPECT_EQ(stopped.at("fileDetails").at(0).at("filePath"),
            json::value(job.folder() + "/" + kId + "-camera.webm"));
  job.kind = EgressKind::composite;

  EXPECT_EQ(egress_webhook_type(job), "composite-recording-stopped");
  EXPECT_EQ(egress_event_type(EgressKind::participant), "participant-recording.state");
}

TEST(RecordingNames, are_those_of_our_files_and_no_others) {
  const std::string id = kId;
  for (const char* ours : {".mp4", "-2.mp4", ".webm", "-12.webm", "-2-camera.webm", ".json",
                           "-screen-audio-3.ogg", "-screen.mp4", "-2-microphone-2.ogg"})
    EXPECT_TRUE(is_recording_name(id + ours)) << ours;
  for (const char* other : {"", ".exe", "-1.mp4", "-02.mp4", "-.mp4", "-99999.webm", "-face.webm",
                            "-camera", "-camera.webm.json", "/../x.mp4", "-2-3-4.webm", "-2"})
    EXPECT_FALSE(is_recording_name(id + other)) << other;
  EXPECT_FALSE(is_recording_name("65A0b0c0d0e0f00000000003.mp4"));
}

}  // namespace
}  // namespace plenum::videosdk_api
