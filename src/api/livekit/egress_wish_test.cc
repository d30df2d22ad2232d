#include "api/livekit/egress_wish.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "api/livekit/egress_info.h"
#include "api/livekit/stream_url.h"

namespace plenum::livekit_api {
namespace {

namespace pb = ::livekit;
using control::EgressJob;
using control::EgressOutput;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using twirp::Code;

/// 2023-11-14 22:13:20.123 UTC.
constexpr std::int64_t kAtMs = 1'700'000'000'123;

EgressPlace place() {
  EgressPlace out{"key", {}, {}, kAtMs};
  out.room.name = "a/room";
  out.room.sid = "RM_1";
  auto ada = std::make_shared<control::ParticipantSnapshot>();
  ada->identity = "ada";
  for (const auto& [sid, kind] :
       {std::pair{"TR_mic", MediaKind::audio}, std::pair{"TR_cam", MediaKind::video}}) {
    control::TrackDescription track;
    track.sid = sid;
    track.kind = kind;
    ada->tracks.push_back(track);
  }
  out.participants.push_back(ada);
  return out;
}

template <class Request>
EgressWish wish(const std::string& json) {
  Request request;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &request).ok()) << json;
  return egress_wish(request, place());
}
EgressWish room(const std::string& members) {
  return wish<pb::RoomCompositeEgressRequest>("{" + members + "}");
}
/// "" = it is taken.
std::string fault(const std::string& members) {
  const EgressWish got = room(members + R"(,"file":{})");
  if (got) return "";
  return (got.error().code == Code::unimplemented ? "absent: " : "invalid: ") + got.error().text;
}
std::string path(const std::string& filepath) {
  const EgressWish got = room(R"("fileOutputs":[{"filepath":")" + filepath + R"("}])");
  return got ? got->outputs[0].name : got.error().text;
}

TEST(EgressWish, a_room_goes_to_a_file_segments_and_streams_at_once) {
  const EgressWish got = room(
      R"("layout":"speaker-light","preset":"PORTRAIT_H264_1080P_30",
         "fileOutputs":[{"filepath":"films/{room_name}"}],
         "streamOutputs":[{"protocol":"RTMP","urls":["rtmp://a/app/very-secret","rtmps://b:1/x/y/k?a=/b"]}],
         "segmentOutputs":[{"filenamePrefix":"hls/part","playlistName":"list","livePlaylistName":"live"}],
         "webhooks":[{"url":"https://hook.example/"}])");

  ASSERT_TRUE(got) << got.error().text;
  EXPECT_EQ(got->kind, control::EgressKind::composite);
  EXPECT_EQ(got->layout.type, "SIDEBAR");
  EXPECT_EQ(got->layout.theme, "LIGHT");
  EXPECT_EQ(got->layout.quality, "high");
  EXPECT_EQ(got->layout.orientation, "portrait");
  EXPECT_EQ(got->webhook_url, "https://hook.example/");
  ASSERT_THAT(got->outputs, SizeIs(4));
  EXPECT_EQ(got->outputs[0].name, "films/a_room.mp4");
  EXPECT_EQ(got->outputs[1].name, "list.m3u8");
  EXPECT_EQ(got->outputs[2].target, (control::EgressTarget{"rtmp://a/app", "very-secret"}));
  EXPECT_EQ(got->outputs[3].target, (control::EgressTarget{"rtmps://b:1/x/y", "k?a=/b"}));
}

TEST(EgressWish, keeps_the_request_without_its_secrets_and_shows_it_again) {
  const EgressWish got = room(
      R"("layout":"grid","stream":{"urls":["rtmp://a/app/very-secret"]},
         "webhooks":[{"url":"https://hook.example/","signingKey":"key"}])");
  ASSERT_TRUE(got) << got.error().text;
  const pb::EgressInfo info = egress_info({*got, "RM_1", kAtMs}, {}, kAtMs);

  EXPECT_THAT(got->config, Not(HasSubstr("very-secr")));
  ASSERT_TRUE(info.has_room_composite());
  EXPECT_EQ(info.room_composite().layout(), "grid");
  EXPECT_EQ(info.room_composite().stream().urls(0), "rtmp://a/app/{****et}");
  EXPECT_EQ(info.room_composite().webhooks(0).signing_key(), "");
  EXPECT_EQ(info.stream_results(0).url(), "rtmp://a/app/{****et}");
  EXPECT_EQ(info.stream().info_size(), 1);
}

TEST(EgressWish, fills_names_in_and_keeps_them_below_where_they_are) {
  EXPECT_EQ(path(""), "a_room-2023-11-14T221320.mp4");
  EXPECT_EQ(path("x/"), "x/a_room-2023-11-14T221320.mp4");
  EXPECT_EQ(path("{room_id}-{utc}-{track_id}.mp4"), "RM_1-20231114221320123-{track_id}.mp4");
  for (const char* bad : {"/etc/passwd", "../x", "x/../y", "a\\u0001b", "a\\\\b"})
    EXPECT_THAT(path(bad), HasSubstr("a path")) << bad;
  EXPECT_THAT(path(std::string(1025, 'x')), HasSubstr("longer"));
  EXPECT_THAT(path(std::string(1022, 'x')), HasSubstr("longer"));
}

TEST(EgressWish, says_what_is_not_offered) {
  EXPECT_EQ(fault(R"("layout":"single-speaker-dark","audioOnly":true)"), "");
  EXPECT_EQ(fault(R"("advanced":{"width":720,"height":1280,"framerate":30})"), "");
  EXPECT_THAT(fault(R"("layout":"circle")"), HasSubstr("invalid: unknown layout"));
  EXPECT_THAT(fault(R"("preset":"H264_720P_60")"), HasSubstr("invalid: 60 frames"));
  EXPECT_THAT(fault(R"("preset":"PASSTHROUGH")"), HasSubstr("invalid: the preset"));
  EXPECT_THAT(fault(R"("advanced":{"width":640,"height":480})"), HasSubstr("invalid: width"));
  EXPECT_THAT(fault(R"("advanced":{"framerate":25})"), HasSubstr("invalid: framerate"));
  EXPECT_THAT(fault(R"("advanced":{"videoCodec":"VP8"})"), HasSubstr("invalid: the video codec"));
  EXPECT_THAT(fault(R"("customBaseUrl":"https://x.example")"), HasSubstr("absent: this server"));
  EXPECT_THAT(fault(R"("audioOnly":true,"videoOnly":true)"), HasSubstr("invalid: audio_only"));
  EXPECT_THAT(fault(R"("imageOutputs":[{}])"), HasSubstr("absent: images"));
  EXPECT_THAT(fault(R"("fileOutputs":[{"s3":{"secret":"deep"}}])"), HasSubstr("absent: storage"));
  EXPECT_THAT(fault(R"("fileOutputs":[{"fileType":"OGG"}])"), HasSubstr("absent: files"));
  EXPECT_THAT(fault(R"("fileOutputs":[{},{}])"), HasSubstr("invalid: multiple"));
  EXPECT_THAT(fault(R"("webhooks":[{"url":"https://a"},{"url":"https://b"}])"),
              HasSubstr("absent: more than one"));
  EXPECT_EQ(room(R"("layout":"grid")").error().text, "the request has no output");
}

TEST(EgressWish, a_stream_needs_an_address_with_a_key) {
  for (const char* bad : {"http://a/app/k", "rtmp://", "rtmp://a", "rtmp://a/app", "rtmp://a/app/",
                          "rtmp:///app/k", "rtmp://u:p@a/app/k", "rtmp://a/app/k k", "mux://k"})
    EXPECT_FALSE(stream_target(bad)) << bad;
  EXPECT_EQ(masked_url("rtmp://a/app/abc"), "rtmp://a/app/{****}");
  EXPECT_EQ(masked_url("anything secret"), "{****}");
}

TEST(EgressWish, a_participant_or_its_tracks_fill_the_picture) {
  const auto ada = wish<pb::ParticipantEgressRequest>(
      R"({"identity":"ada","fileOutputs":[{"filepath":"{publisher_identity}"}]})");
  const auto screen = wish<pb::ParticipantEgressRequest>(
      R"({"identity":"ada","screenShare":true,"fileOutputs":[{}]})");
  const auto voice =
      wish<pb::TrackCompositeEgressRequest>(R"({"audioTrackId":"TR_mic","file":{}})");
  const auto both = wish<pb::TrackCompositeEgressRequest>(
      R"({"audioTrackId":"TR_mic","videoTrackId":"TR_cam","file":{}})");

  ASSERT_TRUE(ada && screen && voice && both);
  EXPECT_THAT(ada->subjects, ElementsAre(control::EgressSubject{"ada", {"camera", "microphone"}}));
  EXPECT_EQ(ada->outputs[0].name, "ada.mp4");
  EXPECT_THAT(screen->subjects[0].tracks, ElementsAre("screen_share", "screen_share_audio"));
  EXPECT_TRUE(voice->audio_only);
  EXPECT_FALSE(both->audio_only);
  EXPECT_THAT(both->subjects, ElementsAre(control::EgressSubject{"ada", {"TR_mic", "TR_cam"}}));
  EXPECT_EQ(both->layout.type, "SPOTLIGHT");
  EXPECT_EQ(
      wish<pb::ParticipantEgressRequest>(R"({"identity":"bob","fileOutputs":[{}]})").error().code,
      Code::not_found);
  EXPECT_EQ(
      wish<pb::TrackCompositeEgressRequest>(R"({"videoTrackId":"TR_mic","file":{}})").error().code,
      Code::not_found);
}

TEST(EgressWish, the_unified_call_takes_a_template) {
  const auto got = wish<pb::StartEgressRequest>(
      R"({"template":{"layout":"speaker"},"outputs":[{"file":{"filepath":"x"}},
          {"stream":{"urls":["rtmp://a/b/c"]}}]})");

  ASSERT_TRUE(got) << got.error().text;
  EXPECT_EQ(got->layout.type, "SIDEBAR");
  EXPECT_THAT(got->outputs, SizeIs(2));
  EXPECT_EQ(wish<pb::StartEgressRequest>(R"({"web":{"url":"https://x"}})").error().code,
            Code::unimplemented);
}

TEST(EgressInfo, shows_a_job_of_another_api_and_its_parts) {
  EgressJob job;
  job.id = "65a0b0c0d0e0f00000000003";
  job.kind = control::EgressKind::recording;
  job.state = control::EgressState::stopped;
  job.config = R"({"theme":"LIGHT"})";
  job.created_ms = 1000;
  job.started_ms = 2000;
  job.ended_ms = 9000;
  for (const char* suffix : {"", "-2"}) {
    EgressOutput& file = job.outputs.emplace_back();
    file.id = std::string("file") + suffix;
    file.name = std::string("films/x") + suffix + ".mp4";
    file.state = EgressOutput::State::ended;
    file.bytes = 10;
    file.duration_ms = 1500;
  }
  EgressLinks links;
  links.file = [](const EgressOutput& file, std::int64_t) { return "https://x/" + file.id; };
  const pb::EgressInfo info = egress_info({job, "", 9000}, links, 9000);

  EXPECT_EQ(info.egress_id(), "EG_65a0b0c0d0e0f00000000003");
  EXPECT_EQ(info.status(), pb::EGRESS_COMPLETE);
  EXPECT_EQ(info.started_at(), 2'000'000'000);
  EXPECT_TRUE(info.has_room_composite());
  ASSERT_EQ(info.file_results_size(), 2);
  EXPECT_EQ(info.file_results(1).filename(), "films/x-2.mp4");
  EXPECT_EQ(info.file_results(1).location(), "https://x/file-2");
  EXPECT_EQ(info.file_results(1).duration(), 1'500'000'000);
  EXPECT_EQ(job_id_of(info.egress_id()), job.id);
  EXPECT_EQ(job_id_of("EG_../65a0b0c0d0e0f0000000"), "");
}

}  // namespace
}  // namespace plenum::livekit_api
