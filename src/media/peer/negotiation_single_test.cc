#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/peer/negotiation_fixture.h"

namespace plenum::peer {
namespace {

using codec::Codec;
using sdp::Direction;
using sdp::SectionKind;
using testing::ElementsAre;
using testing::HasSubstr;

Negotiation single() { return Negotiation(NegotiationMode::single, 1); }

TEST(NegotiationSingle, unused_placeholders_are_answered_inactive) {
  Negotiation n = single();
  const sdp::Description answer = answer_to(n, recorded("chromium_single_placeholders"));

  ASSERT_EQ(answer.sections.size(), 7u);
  for (const sdp::MediaSection& s : answer.sections) {
    EXPECT_NE(s.port, 0);
    if (s.is_rtp()) {
      EXPECT_EQ(s.direction, Direction::inactive);
    }
  }
  EXPECT_FALSE(n.take_needed());
}

TEST(NegotiationSingle, the_first_offer_already_carries_waiting_tracks) {
  Negotiation n = single();
  n.add_send(sending(1, Codec::opus));
  n.add_send(sending(2, Codec::vp8));
  const auto answer = n.handle_offer(recorded("chromium_single_placeholders"), kLocal);
  ASSERT_TRUE(answer.ok());

  const sdp::Description d = parsed(answer->sdp);
  const sdp::MediaSection& audio = section(d, SectionKind::audio);
  const sdp::MediaSection& video = section(d, SectionKind::video);
  EXPECT_EQ(audio.direction, Direction::sendonly);
  EXPECT_THAT(answer->sdp, HasSubstr("a=msid:PA_a|TR_1 TR_1\r\n"));
  EXPECT_THAT(answer->sdp, HasSubstr("a=ssrc-group:FID 1002 2002\r\n"));
  EXPECT_THAT(answer->sdp, HasSubstr("a=ssrc:1002 cname:PA_a|TR_2\r\n"));
  EXPECT_THAT(answer->mid_to_track_id,
              ElementsAre(std::pair(audio.mid, TrackId(1)), std::pair(video.mid, TrackId(2))));
  EXPECT_EQ(events<SendBound>(n).size(), 2u);
  EXPECT_EQ(n.send_section(TrackId(2))->state, SendState::bound);
  EXPECT_TRUE(n.send_section(TrackId(2))->feedback.transport_cc);
}

TEST(NegotiationSingle, sends_with_the_payload_types_that_firefox_offered) {
  Negotiation n = single();
  SendTrack audio = sending(1, Codec::opus);
  audio.red = true;
  n.add_send(audio);
  n.add_send(sending(2, Codec::vp9));
  n.add_send(sending(3, Codec::h264));
  answer_to(n, recorded("firefox_single_placeholders"));

  EXPECT_EQ(n.send_section(TrackId(1))->payload_type, 109);
  EXPECT_FALSE(n.send_section(TrackId(1))->red_payload_type);
  EXPECT_EQ(n.send_section(TrackId(2))->payload_type, 121);
  EXPECT_EQ(n.send_section(TrackId(2))->rtx_payload_type, 125);
  EXPECT_EQ(n.send_section(TrackId(3))->state, SendState::unsupported);
  const auto unsupported = events<SendUnsupported>(n);
  ASSERT_EQ(unsupported.size(), 1u);
  EXPECT_EQ(unsupported[0].track, TrackId(3));
}

TEST(NegotiationSingle, red_is_sent_only_if_offered_and_published) {
  Negotiation n = single();
  SendTrack red = sending(1, Codec::opus);
  red.red = true;
  n.add_send(red);
  n.add_send(sending(2, Codec::opus));
  answer_to(n, recorded("chromium_single_placeholders"));

  EXPECT_EQ(n.send_section(TrackId(1))->red_payload_type, 63);
  EXPECT_FALSE(n.send_section(TrackId(2))->red_payload_type);
}

TEST(NegotiationSingle, h264_is_matched_by_profile_and_packetization_mode) {
  Negotiation n = single();
  SendTrack high = sending(1, Codec::h264);
  high.fmtp = "packetization-mode=1;profile-level-id=640c1f";
  SendTrack baseline = sending(2, Codec::h264);
  baseline.fmtp = "packetization-mode=0;profile-level-id=42e01f";
  n.add_send(high);
  n.add_send(baseline);
  const sdp::Description answer = answer_to(n, recorded("chromium_single_placeholders"));

  EXPECT_EQ(n.send_section(TrackId(1))->state, SendState::unsupported);
  const auto& formats = section(answer, SectionKind::video).formats;
  EXPECT_EQ(formats.at(0).parameter("profile-level-id"), "42e01f");
  EXPECT_EQ(formats.at(0).parameter("packetization-mode"), "0");
}

TEST(NegotiationSingle, asks_once_for_the_sections_that_are_missing) {
  Negotiation n = single();
  answer_to(n, recorded("chromium_single_placeholders"));
  for (std::uint64_t i = 0; i < 5; ++i) n.add_send(sending(i, Codec::opus));
  EXPECT_EQ(n.take_needed(), (SectionsNeeded{2, 0}));
  EXPECT_EQ(n.take_needed(), std::nullopt);

  for (std::uint64_t i = 10; i < 14; ++i) n.add_send(sending(i, Codec::vp8));
  EXPECT_EQ(n.take_needed(), (SectionsNeeded{0, 1}));
  answer_to(n, recorded("chromium_single_placeholders"));
  EXPECT_EQ(n.take_needed(), (SectionsNeeded{2, 1}));
}

TEST(NegotiationSingle, wants_only_a_fresh_offer_when_free_sections_suffice) {
  Negotiation n = single();
  answer_to(n, recorded("chromium_single_placeholders"));
  n.add_send(sending(1, Codec::opus));

  EXPECT_EQ(n.take_needed(), (SectionsNeeded{0, 0}));
  EXPECT_EQ(n.take_needed(), std::nullopt);
}

TEST(NegotiationSingle, a_section_falls_silent_before_it_carries_another_track) {
  Negotiation n = single();
  const std::string offer = recorded("chromium_single_placeholders");
  n.add_send(sending(1, Codec::opus));
  answer_to(n, offer);
  n.remove_send(TrackId(1));
  EXPECT_EQ(n.take_needed(), (SectionsNeeded{0, 0}));
  for (std::uint64_t i = 2; i < 5; ++i) n.add_send(sending(i, Codec::opus));

  const sdp::Description silent = answer_to(n, offer);
  EXPECT_EQ(section(silent, SectionKind::audio, 0).direction, Direction::inactive);
  EXPECT_EQ(section(silent, SectionKind::audio, 1).direction, Direction::sendonly);
  EXPECT_EQ(n.take_needed(), (SectionsNeeded{0, 0}));
  const sdp::Description again = answer_to(n, offer);
  EXPECT_EQ(section(again, SectionKind::audio, 0).msids.at(0).track, "TR_4");
}

TEST(NegotiationSingle, a_bound_section_that_the_client_stops_gives_its_track_back_to_waiting) {
  Negotiation n = single();
  sdp::Description offer = parsed(recorded("chromium_single_placeholders"));
  n.add_send(sending(1, Codec::opus));
  answer_to(n, sdp::write(offer));
  section(offer, SectionKind::audio, 0).port = 0;
  answer_to(n, sdp::write(offer));

  EXPECT_EQ(n.send_section(TrackId(1))->state, SendState::bound);
  EXPECT_EQ(n.send_section(TrackId(1))->mid, section(offer, SectionKind::audio, 1).mid);
}

TEST(NegotiationSingle, a_sending_section_agrees_to_rid_and_audio_level_but_never_sends_them) {
  Negotiation n = single();
  n.add_send(sending(1, Codec::opus));
  n.add_send(sending(2, Codec::vp8));
  const sdp::Description answer = answer_to(n, recorded("chromium_single_placeholders"));

  const auto agrees = [&](SectionKind kind, rtp::Extension e) {
    const auto& extmaps = section(answer, kind).extmaps;
    return std::ranges::find(extmaps, rtp::uri(e), &sdp::ExtMap::uri) != extmaps.end();
  };
  EXPECT_TRUE(agrees(SectionKind::audio, rtp::Extension::audio_level));
  EXPECT_TRUE(agrees(SectionKind::video, rtp::Extension::rid));
  EXPECT_FALSE(n.send_section(TrackId(1))->extensions.has(rtp::Extension::audio_level));
  EXPECT_FALSE(n.send_section(TrackId(2))->extensions.has(rtp::Extension::rid));
}

TEST(NegotiationSingle, uplink_and_downlink_live_in_one_answer_without_mixing) {
  Negotiation n = single();
  n.add_send(sending(1, Codec::vp8));
  n.add_pending_track(pending(11, MediaKind::audio, "a"));
  n.add_pending_track(pending(12, MediaKind::video, "v"));
  const auto answer = n.handle_offer(recorded("firefox_single_publishing"), kLocal);
  ASSERT_TRUE(answer.ok());

  EXPECT_EQ(answer->mid_to_track_id.size(), 1u);
  ASSERT_EQ(n.receive_sections().size(), 2u);
  EXPECT_EQ(n.receive_section(TrackId(12))->rids.size(), 3u);
  EXPECT_TRUE(n.receive_section(TrackId(12))->extensions.has(rtp::Extension::abs_send_time));
  EXPECT_NE(n.receive_section(TrackId(12))->mid, n.send_section(TrackId(1))->mid);
}

}  // namespace
}  // namespace plenum::peer
