#include "history/record_codec.h"

#include <gtest/gtest.h>

#include "base/crypto.h"
#include "history/history_fixture.h"

namespace plenum::history {
namespace {

/// A record with something in every member.
Record full() {
  control::TrackDescription track = camera("TR_1", true);
  track.stream = "stream";
  track.width = 640;
  track.encryption = control::Encryption::gcm;
  track.audio_features = {1, -2};
  control::VideoLayer& layer = track.codecs[0].layers.emplace_back();
  layer.quality = control::VideoQuality::medium;
  layer.width = 320;
  layer.ssrc = 7;
  layer.rid = "h";
  auto ada = std::make_shared<control::ParticipantSnapshot>(*person("ada"));
  ada->state = control::ParticipantState::active;
  ada->kind = control::ParticipantKind::agent;
  ada->kind_details = {"one"};
  ada->attributes = {{"plenum.mode", "SEND_AND_RECV"}, {"other", ""}};
  ada->permissions.can_publish_sources = {control::TrackSource::camera};
  ada->tracks = {track, camera("TR_2")};
  Record r;
  r.event = {.api_key = kKey,
             .room = {},
             .participant = std::move(ada),
             .at_ms = kStart,
             .what = control::TrackMuteChanged{std::move(track)}};
  r.event.room.sid = "RM_1";
  r.event.room.name = "room";
  r.event.room.metadata = "{}";
  r.event.room.empty_timeout = 300s;
  r.session = {"65a0b0c0d0e0f00000000001", kStart};
  r.stream_ended = "webcam";
  r.id = "65a0b0c0d0e0f00000000002";
  r.number = 12;
  return r;
}

/// The same for what else events say.
std::vector<Record> others() {
  Record joined = full(), measured = full();
  control::ClientInfo client;
  client.protocol = 17;
  client.capabilities = {1};
  client.sdk = "JS";
  client.device_model = "model";
  joined.event.what = control::ParticipantJoined{client};
  control::TransportMeasured m;
  m.rtt = 20ms;
  m.audio = {.send_lost = 1, .receive_lost = -2, .send_bps = 3, .jitter = 4ms};
  m.video.mos_hundredths = 450;
  m.watched_s = {1, 2, 3, 4, 5, 6};
  measured.event.what = std::move(m);
  Record recorded = full();
  control::EgressJob job;
  job.id = "65a0b0c0d0e0f00000000003";
  job.kind = control::EgressKind::livestream;
  job.state = control::EgressState::failed;
  job.layout.type = "GRID";
  job.layout.grid_size = 25;
  job.layout.scenery = {"#102030", "image", "logo", "top-left"};
  job.audio_only = true;
  control::EgressOutput& output = job.outputs.emplace_back();
  output.type = control::EgressOutput::Type::stream;
  output.state = control::EgressOutput::State::reconnecting;
  output.target = {"rtmp://live.example/app", "key"};
  output.path = "hls/1";
  output.upload_error = "why not";
  output.bytes = std::uint64_t{1} << 40;
  job.subjects = {{"ada", {"camera"}}};
  job.copy = {.per_track = true, .container = "webm"};
  job.webhook_url = "https://example.com/hook";
  job.ended_ms = kStart;
  job.error = "why";
  recorded.event.participant = nullptr;
  recorded.event.what = control::EgressChanged{std::move(job)};
  return {joined, measured, recorded};
}

RecordError error_of(const Record& r) { return parse_record(encode_record(r)).error(); }

TEST(RecordCodec, what_was_written_is_read) {
  const auto bytes = encode_record(full());
  const auto read = parse_record(bytes);

  ASSERT_TRUE(read.ok());
  EXPECT_EQ(encode_record(*read), bytes);
  EXPECT_EQ(read->event.room.empty_timeout, 300s);
  EXPECT_EQ(read->event.participant->attributes.at("plenum.mode"), "SEND_AND_RECV");
  EXPECT_EQ(read->event.participant->tracks.at(0).codecs.at(0).layers.at(0).rid, "h");
  EXPECT_EQ(std::get<control::TrackMuteChanged>(read->event.what).track.audio_features,
            (std::vector{1, -2}));
  EXPECT_EQ(read->stream_ended, "webcam");
  EXPECT_EQ(read->number, 12);
}

TEST(RecordCodec, what_events_say_is_read) {
  for (const Record& r : others()) {
    const auto bytes = encode_record(r);
    const auto read = parse_record(bytes);
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(encode_record(*read), bytes);
  }
  const auto joined = parse_record(encode_record(others()[0]));
  EXPECT_EQ(std::get<control::ParticipantJoined>(joined->event.what).client.device_model, "model");
  const auto measured = parse_record(encode_record(others()[1]));
  EXPECT_EQ(std::get<control::TransportMeasured>(measured->event.what).audio.receive_lost, -2);
  const auto recorded = parse_record(encode_record(others()[2]));
  EXPECT_EQ(std::get<control::EgressChanged>(recorded->event.what).job,
            std::get<control::EgressChanged>(others()[2].event.what).job);
}

/// When this fails, what older programs have spooled cannot be read any more: raise kCodecVersion.
TEST(RecordCodec, the_bytes_are_those_of_this_version) {
  std::vector<std::byte> all = encode_record(full());
  for (const Record& r : others()) {
    const auto bytes = encode_record(r);
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  const crypto::Sha256 sum = crypto::sha256(all);

  EXPECT_EQ(kCodecVersion, 5);
  EXPECT_EQ(crypto::base64(sum), "VHVPmlx3VIfUl2PJQgKrXnVKCrW4leT2sCPdbjOdHjQ=");
}

TEST(RecordCodec, no_beginning_of_a_record_is_one) {
  const auto bytes = encode_record(full());
  for (std::size_t n = 0; n < bytes.size(); ++n)
    EXPECT_FALSE(parse_record(Bytes(bytes).first(n)).ok()) << n;
}

TEST(RecordCodec, bytes_behind_a_record_are_an_error) {
  auto bytes = encode_record(full());
  bytes.push_back(std::byte{0});

  EXPECT_EQ(parse_record(bytes).error(), RecordError::trailing_bytes);
}

TEST(RecordCodec, a_record_that_contradicts_itself_is_refused) {
  Record without_codec = full(), without_participant = full(), other_end = full();
  std::get<control::TrackMuteChanged>(without_codec.event.what).track.codecs.clear();
  without_participant.event.participant = nullptr;
  other_end.what = Record::What::session_end;
  Record half_measured = full();
  half_measured.event.what = control::TransportMeasured{};

  EXPECT_EQ(error_of(without_codec), RecordError::contradiction);
  EXPECT_EQ(error_of(without_participant), RecordError::contradiction);
  EXPECT_EQ(error_of(other_end), RecordError::contradiction);
  EXPECT_EQ(error_of(half_measured), RecordError::contradiction);
}

TEST(RecordCodec, a_number_that_an_enum_does_not_have_is_refused) {
  auto bytes = encode_record(full());
  bytes[0] = std::byte{3};  // Record::what

  EXPECT_EQ(parse_record(bytes).error(), RecordError::bad_value);
}

}  // namespace
}  // namespace plenum::history
