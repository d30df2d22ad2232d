#include "api/videosdk/test_rest_api.h"
#include "history/egress_rows.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using control::EgressJob;
using control::EgressKind;
using control::EgressRefusal;
using control::EgressState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class EgressCallsTest : public testing::RestApiTest {
 protected:
  http::Response start(const std::string& kind, json::object body) {
    body["roomId"] = room_id;
    return wait(api.serve(with_token(
        request(http::Method::post, "/v2/" + kind + "/start", std::move(body)), token())));
  }
  std::string code(const http::Response& response) {
    return json::parse(response.body).at("code").as_string().c_str();
  }
  http::Response call(http::Method method, const std::string& path, json::object claims = {}) {
    return wait(api.serve(with_token(request(method, path), token(std::move(claims)))));
  }
  EgressJob stored(EgressKind kind, EgressState state, const std::string& id = kId,
                   const std::string& api_key = "key") {
    EgressJob job;
    job.id = id;
    job.kind = kind;
    job.state = state;
    job.api_key = api_key;
    job.room = room_id;
    job.session = "65a0b0c0d0e0f00000000001";
    job.layout.quality = "med";
    job.layout.orientation = "landscape";
    control::EgressOutput& output = job.outputs.emplace_back();
    output.id = kind == EgressKind::recording ? "file" : kind == EgressKind::hls ? "hls" : "rtmp";
    output.type = kind == EgressKind::recording ? control::EgressOutput::Type::file
                  : kind == EgressKind::hls     ? control::EgressOutput::Type::segments
                                                : control::EgressOutput::Type::stream;
    if (kind == EgressKind::livestream)
      output.target = {"rtmp://live.example/app", "a-stream-key7f"};
    job.created_ms = testing::kNowMs;
    job.started_ms = testing::kNowMs + 1000;
    if (state == EgressState::stopped) {
      job.ended_ms = testing::kNowMs + 61'000;
      if (kind == EgressKind::hls) output.path = "hls/" + id;
      if (kind == EgressKind::recording) output.path = "recordings/" + id + "/" + id + ".mp4";
      output.state = control::EgressOutput::State::ended;
      output.ended_ms = testing::kNowMs + 61'000;
      output.bytes = 6000;
      output.duration_ms = 60'000;
      job.width = 1280;
      job.height = 720;
    }
    store.run(
        [&](store::Database& db) { history::write_egress(db, job, testing::kNowMs + 61'000); });
    return job;
  }

  static constexpr const char* kId = "65a0b0c0d0e0f00000000003";
  std::string room_id = make_room({{"customRoomId", "standup"}});
};

TEST_F(EgressCallsTest, a_recording_starts_with_the_defaults) {
  const auto answer = start("recordings", {{"transcription", json::object{{"enabled", true}}}});

  EXPECT_EQ(answer.body, R"("Recording started successfully")");
  EXPECT_EQ(answer.headers.find("plenum-ignored"), "transcription");
  ASSERT_THAT(wishes, SizeIs(1));
  const EgressJob& job = wishes[0].job;
  EXPECT_EQ(job.kind, EgressKind::recording);
  EXPECT_EQ(job.api_key, "key");
  EXPECT_EQ(job.room, room_id);
  EXPECT_FALSE(job.audio_only);
  control::EgressLayout defaults;
  defaults.type = "GRID";
  defaults.priority = "SPEAKER";
  defaults.orientation = "landscape";
  defaults.theme = "DEFAULT";
  defaults.quality = "med";
  EXPECT_EQ(job.layout, defaults);
  EXPECT_FALSE(wishes[0].parallel);
}

TEST_F(EgressCallsTest, a_configuration_is_taken_in_any_case_and_kept) {
  const json::value config = json::parse(R"({"layout": {"type": "sidebar", "priority": "PIN",
    "gridSize": 90}, "theme": "LIGHT", "orientation": "portrait", "mode": "audio",
    "quality": "HIGH"})");
  start("recordings",
        {{"config", config}, {"webhookUrl", "https://hook.example/"}, {"awsDirPath", "films"}});

  ASSERT_THAT(wishes, SizeIs(1));
  const EgressJob& job = wishes[0].job;
  EXPECT_EQ(job.layout.type, "SIDEBAR");
  EXPECT_EQ(job.layout.quality, "high");
  EXPECT_EQ(job.layout.grid_size, 25u);
  EXPECT_TRUE(job.audio_only);
  EXPECT_EQ(job.webhook_url, "https://hook.example/");
  EXPECT_EQ(json::parse(job.config).at("awsDirPath"), "films");
  EXPECT_EQ(json::parse(job.config).at("theme"), "LIGHT");
}

TEST_F(EgressCallsTest, what_is_not_offered_is_said_and_nothing_starts) {
  const auto layout = [](const char* type) {
    return json::object{{"config", json::object{{"layout", json::object{{"type", type}}}}}};
  };
  EXPECT_EQ(code(start("recordings", layout("CIRCLE"))), "INVALID_REQUEST");
  EXPECT_EQ(code(start("recordings", {{"templateUrl", "https://page.example"}})),
            "CUSTOM_TEMPLATE_UNSUPPORTED");
  EXPECT_EQ(start("recordings", {{"webhookUrl", "ftp://hook.example"}}).status, 400);
  hook_fault = "private";
  EXPECT_EQ(start("hls", {{"webhookUrl", "https://hook.example/"}}).status, 400);
  EXPECT_EQ(get("/v2/recordings/participant/merge").code(), "NOT_IMPLEMENTED");

  EXPECT_THAT(wishes, SizeIs(0));
}

TEST_F(EgressCallsTest, files_go_where_they_are_wanted_if_that_is_a_place) {
  for (const char* folder : {"../up", "a//b", "a/./b", "a\\b", "a\nb"})
    EXPECT_EQ(start("recordings", {{"awsDirPath", folder}}).status, 400) << folder;
  EXPECT_EQ(start("recordings", {{"awsDirPath", "/films/2026/"},
                                 {"fileFormat", "webm"},
                                 {"preSignedUrl", "https://put.example/x?sig=y"}})
                .status,
            200);

  ASSERT_THAT(wishes, SizeIs(1));
  EXPECT_EQ(json::parse(wishes[0].job.config).at("awsDirPath"), "films/2026");
  EXPECT_TRUE(wishes[0].job.webm);
  EXPECT_EQ(wishes[0].job.upload_url, "https://put.example/x?sig=y");
  EXPECT_EQ(wishes[0].job.config.find("sig="), std::string::npos);
}

TEST_F(EgressCallsTest, a_livestream_needs_addresses_that_can_be_ones) {
  const auto with = [](const char* url, const char* key) {
    return json::object{{"outputs", json::array{json::object{{"url", url}, {"streamKey", key}}}}};
  };
  for (const auto& bad :
       {json::object{}, json::object{{"outputs", json::array{}}}, with("http://a.example/x", "k"),
        with("rtmp://", "k"), with("rtmp:///app", "k"), with("rtmp://a b/app", "k"),
        with("rtmp://a.example/app", ""), with("rtmp://a.example/app", "k k")}) {
    const auto answer = start("livestreams", bad);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(json::parse(answer.body).at("number"), 4015) << answer.body;
  }
  EXPECT_EQ(start("livestreams", with("rtmps://a.example/app//", "/key")).status, 200);

  ASSERT_THAT(wishes, SizeIs(1));
  ASSERT_THAT(wishes[0].job.outputs, SizeIs(1));
  EXPECT_EQ(wishes[0].job.outputs[0].type, control::EgressOutput::Type::stream);
  EXPECT_EQ(wishes[0].job.outputs[0].target,
            (control::EgressTarget{"rtmps://a.example/app", "key"}));
}

TEST_F(EgressCallsTest, refusals_of_control_have_the_numbers_of_the_client_sdk) {
  struct Case {
    EgressRefusal refusal;
    const char* kind;
    int status, number;
  };
  for (const auto& [refusal, kind, status, number] :
       {Case{EgressRefusal::no_session, "recordings", 400, 0},
        Case{EgressRefusal::already_running, "recordings", 409, 4011},
        Case{EgressRefusal::stopping, "recordings", 409, 4018},
        Case{EgressRefusal::stopping, "hls", 409, 4020},
        Case{EgressRefusal::no_capacity, "hls", 503, 0}}) {
    egress_fault = refusal;
    const auto answer = start(kind, {});
    EXPECT_EQ(answer.status, status);
    const json::object body = json::parse(answer.body).as_object();
    EXPECT_EQ(body.contains("number") ? body.at("number").as_int64() : 0, number) << answer.body;
  }
  egress_fault = EgressRefusal::not_found;
  EXPECT_EQ(post("/v2/hls/end", {{"roomId", room_id}}).status, 404);
}

TEST_F(EgressCallsTest, rooms_may_allow_several_of_a_kind) {
  room_id = make_room({{"multiComposition", json::object{{"recording", true}}}});
  start("recordings", {});
  start("hls", {});

  ASSERT_THAT(wishes, SizeIs(2));
  EXPECT_TRUE(wishes[0].parallel);
  EXPECT_FALSE(wishes[1].parallel);
}

TEST_F(EgressCallsTest, ending_takes_either_name_of_the_room_and_of_the_call) {
  const auto end = [&](const std::string& path) {
    return wait(api.serve(with_token(
        request(http::Method::post, path, {{"roomId", "standup"}, {"id", kId}}), token())));
  };
  EXPECT_EQ(end("/v2/livestreams/end").body, R"("Livestream ended successfully")");
  EXPECT_EQ(end("/v2/recordings/stop").body, R"("Recording ended successfully")");

  EXPECT_THAT(stops, ElementsAre("key " + room_id + " livestream " + kId,
                                 "key " + room_id + " recording " + kId));
}

TEST_F(EgressCallsTest, a_finished_recording_has_its_file) {
  stored(EgressKind::recording, EgressState::stopped);
  const json::object shown = get(std::string("/v2/recordings/") + kId).body;

  EXPECT_EQ(shown.at("status"), "completed");
  const json::object& file = shown.at("file").as_object();
  EXPECT_EQ(file.at("size"), 6000);
  EXPECT_EQ(file.at("ratio").at("720"), 100.0);
  EXPECT_THAT(
      std::string(file.at("fileUrl").as_string()),
      HasSubstr("http://plenum.example/files/recordings/65a0b0c0d0e0f00000000003.mp4?exp="));
  EXPECT_EQ(shown.at("end"), "2023-11-14T22:14:21.000Z");
  const json::object list = get("/v2/recordings?roomId=standup").body;
  EXPECT_EQ(list.at("pageInfo").at("total"), 1);
  EXPECT_EQ(get("/v2/recordings?query=nothing").body.at("pageInfo").at("total"), 0);
}

TEST_F(EgressCallsTest, stream_keys_are_masked) {
  stored(EgressKind::livestream, EgressState::started);
  const auto answer = call(http::Method::get, std::string("/v2/livestreams/") + kId);

  EXPECT_THAT(answer.body, HasSubstr("****7f"));
  EXPECT_THAT(answer.body, Not(HasSubstr("a-stream-key")));
}

TEST_F(EgressCallsTest, an_hls_stream_is_found_while_it_runs) {
  const std::string path = "/v2/hls/" + room_id + "/active";
  EXPECT_EQ(get(path).status, 404);
  stored(EgressKind::hls, EgressState::playable);
  const auto running = get(path);
  EXPECT_EQ(call(http::Method::del, std::string("/v2/hls/") + kId).status, 409);
  stored(EgressKind::hls, EgressState::stopped);

  EXPECT_EQ(running.body.at("data").at("playbackHlsUrl"),
            "http://plenum.example/hls/65a0b0c0d0e0f00000000003/index.m3u8");
  EXPECT_EQ(get(path).status, 404);
}

TEST_F(EgressCallsTest, deleting_takes_the_file_along_once) {
  stored(EgressKind::recording, EgressState::stopped);
  const std::string path = std::string("/v2/recordings/") + kId;
  EXPECT_EQ(call(http::Method::del, path).body, R"("Room recording deleted successfully")");
  EXPECT_EQ(call(http::Method::del, path).status, 404);

  EXPECT_EQ(get(path).status, 404);
  EXPECT_THAT(removed, ElementsAre(kId));
}

TEST_F(EgressCallsTest, a_layout_is_changed_as_far_as_it_is_named) {
  stored(EgressKind::recording, EgressState::started);
  const json::object body{
      {"config", json::object{{"layout", json::object{{"type", "sidebar"}, {"gridSize", 99}}}}}};
  const auto answer = ask(with_token(
      request(http::Method::patch, std::string("/v2/recordings/") + kId, body), token()));

  EXPECT_EQ(answer.status, 200);
  ASSERT_THAT(layouts, SizeIs(1));
  EXPECT_EQ(layouts[0].type, "SIDEBAR");
  EXPECT_EQ(layouts[0].grid_size, 25u);
  EXPECT_EQ(layouts[0].theme, "LIGHT");
  egress_fault = EgressRefusal::not_found;
  EXPECT_EQ(ask(with_token(request(http::Method::patch, std::string("/v2/recordings/") + kId, body),
                           token()))
                .status,
            409);
}

TEST_F(EgressCallsTest, all_parts_of_a_recording_are_shown) {
  EgressJob job = stored(EgressKind::recording, EgressState::stopped);
  control::EgressOutput part = job.outputs[0];
  part.id = "file-2";
  part.path = job.folder() + "/" + kId + "-2.mp4";
  job.outputs.push_back(part);
  store.run([&](store::Database& db) { history::write_egress(db, job, testing::kNowMs + 62'000); });
  const auto files = get(std::string("/v2/recordings/") + kId).body.at("files").as_array();

  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[1].at("filePath"), json::value(part.path));
  EXPECT_TRUE(is_recording_name(part.path.substr(part.path.rfind('/') + 1)));
}

TEST_F(EgressCallsTest, keys_and_tokens_of_other_rooms_see_nothing) {
  const std::string path = std::string("/v2/recordings/") + kId;
  stored(EgressKind::recording, EgressState::stopped);

  EXPECT_EQ(get(path, {{"apikey", "other"}}).status, 404);
  EXPECT_EQ(get("/v2/recordings", {{"apikey", "other"}}).body.at("pageInfo").at("total"), 0);
  EXPECT_EQ(call(http::Method::del, path, {{"apikey", "other"}}).status, 404);
  EXPECT_EQ(get("/v2/hls/" + std::string(kId)).status, 404);
  EXPECT_EQ(get(path, {{"roomId", make_room()}}).status, 403);
  EXPECT_EQ(get(path, {{"roomId", "standup"}}).status, 200);
}

TEST_F(EgressCallsTest, a_server_that_composes_nothing_says_so) {
  RestApi bare(store, room.control,
               {.now = [this] { return this->room.now; },
                .unix_ms = [] { return testing::kNowMs; },
                .keys = keys,
                .changed = [] {}});
  const auto answer =
      wait(bare.serve(with_token(request(http::Method::get, "/v2/recordings"), token())));

  EXPECT_EQ(answer.status, 501);
  EXPECT_EQ(json::parse(answer.body).at("feature"), "recordings");
}

}  // namespace
}  // namespace plenum::videosdk_api
