#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "media/peer/negotiation_fixture.h"

namespace plenum::peer {
namespace {

using codec::Codec;
using sdp::Direction;
using sdp::SectionKind;
using testing::ElementsAre;
using testing::HasSubstr;

Negotiation subscriber() { return Negotiation(NegotiationMode::subscriber, 9); }

/// What a client makes of our offer: every section turned round, its own transport.
sdp::Description client_answer(const std::string& offer) {
  sdp::Description d = parsed(offer);
  for (sdp::MediaSection& s : d.sections) {
    s.direction = sdp::reversed(s.direction);
    s.transport = {
        "cufr", "client-password-0123456789", "", {{"sha-256", "DD:EE"}}, sdp::Setup::active};
    s.candidates.clear();
    s.msids.clear();
    s.ssrcs.clear();
    s.ssrc_groups.clear();
  }
  return d;
}

void negotiate(Negotiation& n) {
  ASSERT_TRUE(n.handle_answer(sdp::write(client_answer(n.create_offer(kLocal)))).ok());
}

TEST(NegotiationSubscriber, the_first_offer_says_the_data_channels_and_nothing_else) {
  Negotiation n = subscriber();
  ASSERT_TRUE(n.needs_offer());
  const sdp::Description offer = parsed(n.create_offer(kLocal));

  ASSERT_EQ(offer.sections.size(), 1u);
  const sdp::MediaSection& data = offer.sections[0];
  EXPECT_EQ(data.kind, SectionKind::application);
  EXPECT_EQ(data.protocol, "UDP/DTLS/SCTP");
  EXPECT_EQ(data.format_text, "webrtc-datachannel");
  EXPECT_EQ(data.sctp_port, 5000);
  EXPECT_EQ(data.max_message_size, 262'144u);
  EXPECT_EQ(data.transport.setup, sdp::Setup::actpass);
  EXPECT_TRUE(offer.extmap_allow_mixed);
  EXPECT_FALSE(n.needs_offer());
}

TEST(NegotiationSubscriber, each_track_is_offered_with_its_publishers_codec_only) {
  Negotiation n = subscriber();
  SendTrack audio = sending(1, Codec::opus);
  audio.red = true;
  audio.stereo = true;
  SendTrack h264 = sending(3, Codec::h264);
  h264.fmtp = "profile-level-id=4d002a;packetization-mode=1";
  n.add_send(audio);
  n.add_send(sending(2, Codec::vp8));
  n.add_send(h264);
  const std::string text = n.create_offer(kLocal);
  const sdp::Description offer = parsed(text);

  ASSERT_EQ(offer.sections.size(), 4u);
  EXPECT_THAT(payload_types(offer.sections[1]), ElementsAre(63, 111));
  EXPECT_THAT(offer.sections[1].format(111)->fmtp, HasSubstr("sprop-stereo=1"));
  EXPECT_THAT(payload_types(offer.sections[2]), ElementsAre(96, 97));
  EXPECT_THAT(payload_types(offer.sections[3]), ElementsAre(106, 107));
  EXPECT_THAT(offer.sections[1].format(111)->feedback, ElementsAre("transport-cc"));
  EXPECT_EQ(offer.sections[2].direction, Direction::sendonly);
  EXPECT_THAT(offer.sections[2].format(96)->feedback,
              testing::UnorderedElementsAre("transport-cc", "ccm fir", "nack", "nack pli"));
  EXPECT_THAT(text, HasSubstr("a=msid:PA_a|TR_2 TR_2\r\na=ssrc-group:FID 1002 2002\r\n"));
  EXPECT_THAT(text, HasSubstr("dependency-descriptor"));
  EXPECT_EQ(n.mid_to_track_id().size(), 3u);
}

TEST(NegotiationSubscriber, header_extension_ids_mean_the_same_in_every_section) {
  Negotiation n = subscriber();
  n.add_send(sending(1, Codec::opus));
  n.add_send(sending(2, Codec::vp8));
  const sdp::Description offer = parsed(n.create_offer(kLocal));

  std::map<int, std::string> meaning;
  for (const sdp::MediaSection& s : offer.sections) {
    for (const sdp::ExtMap& e : s.extmaps) {
      const auto [it, fresh] = meaning.emplace(e.id, e.uri);
      EXPECT_EQ(it->second, e.uri);
      EXPECT_GE(e.id, 1);
      EXPECT_LE(e.id, 14);
    }
  }
  EXPECT_GE(meaning.size(), 5u);
}

TEST(NegotiationSubscriber, an_answer_binds_what_it_accepts_and_reports_what_it_does_not) {
  Negotiation n = subscriber();
  for (std::uint64_t i = 1; i <= 4; ++i) n.add_send(sending(i, Codec::vp8));
  sdp::Description answer = client_answer(n.create_offer(kLocal));
  answer.sections[1].formats.erase(answer.sections[1].formats.begin() + 1);
  std::erase_if(answer.sections[1].extmaps, [](const auto& e) { return e.id == 8; });
  answer.sections[2].direction = Direction::inactive;
  answer.sections[3].port = 0;
  answer.sections[4].formats.erase(answer.sections[4].formats.begin());
  ASSERT_TRUE(n.handle_answer(sdp::write(answer)).ok());

  const SendSection& first = *n.send_section(TrackId(1));
  EXPECT_EQ(first.state, SendState::bound);
  EXPECT_EQ(first.mid, "1");
  EXPECT_EQ(first.payload_type, 96);
  EXPECT_FALSE(first.rtx_payload_type);
  EXPECT_FALSE(first.extensions.has(rtp::Extension::dependency_descriptor));
  EXPECT_TRUE(first.extensions.has(rtp::Extension::transport_seq));
  EXPECT_EQ(events<SendUnsupported>(n).size(), 3u);
  ASSERT_TRUE(n.remote());
  EXPECT_EQ(n.remote()->local_role, DtlsRole::server);
  ASSERT_TRUE(n.application());
}

TEST(NegotiationSubscriber, sections_never_move_and_are_used_again_after_a_silent_round) {
  Negotiation n = subscriber();
  n.add_send(sending(1, Codec::vp8));
  n.add_send(sending(2, Codec::opus));
  negotiate(n);
  n.remove_send(TrackId(1));
  n.add_send(sending(3, Codec::av1));
  ASSERT_TRUE(n.needs_offer());
  const std::string text = n.create_offer(kLocal);
  const sdp::Description offer = parsed(text);

  ASSERT_EQ(offer.sections.size(), 4u);
  EXPECT_EQ(offer.sections[1].direction, Direction::inactive);
  EXPECT_TRUE(offer.sections[1].msids.empty());
  EXPECT_EQ(offer.sections[2].msids.at(0).track, "TR_2");
  EXPECT_EQ(offer.sections[3].msids.at(0).track, "TR_3");
  ASSERT_TRUE(n.handle_answer(sdp::write(client_answer(text))).ok());
  n.add_send(sending(4, Codec::h264));
  const sdp::Description later = parsed(n.create_offer(kLocal));
  ASSERT_EQ(later.sections.size(), 4u);
  EXPECT_EQ(later.sections[1].mid, "1");
  EXPECT_EQ(later.sections[1].msids.at(0).track, "TR_4");
}

TEST(NegotiationSubscriber, twenty_publish_and_unpublish_rounds_need_a_bounded_number_of_sections) {
  Negotiation n = subscriber();
  for (std::uint64_t i = 1; i <= 20; ++i) {
    n.add_send(sending(i, Codec::vp8));
    negotiate(n);
    EXPECT_EQ(n.send_section(TrackId(i))->state, SendState::bound);
    n.remove_send(TrackId(i));
  }

  EXPECT_LE(parsed(n.create_offer(kLocal)).sections.size(), 3u);
}

TEST(NegotiationSubscriber, an_m_line_that_the_client_refused_comes_back_under_a_new_mid) {
  Negotiation n = subscriber();
  n.add_send(sending(1, Codec::h265));
  sdp::Description answer = client_answer(n.create_offer(kLocal));
  answer.sections[1].port = 0;
  ASSERT_TRUE(n.handle_answer(sdp::write(answer)).ok());
  EXPECT_FALSE(n.needs_offer());
  n.remove_send(TrackId(1));
  n.add_send(sending(2, Codec::opus));
  const sdp::Description offer = parsed(n.create_offer(kLocal));

  ASSERT_EQ(offer.sections.size(), 2u);
  EXPECT_EQ(offer.sections[1].kind, SectionKind::audio);
  EXPECT_EQ(offer.sections[1].mid, "2");
}

TEST(NegotiationSubscriber, a_track_removed_while_the_answer_is_under_way_is_withdrawn_afterwards) {
  Negotiation n = subscriber();
  n.add_send(sending(1, Codec::vp8));
  const std::string offer = n.create_offer(kLocal);
  n.remove_send(TrackId(1));
  EXPECT_FALSE(n.needs_offer());
  ASSERT_TRUE(n.handle_answer(sdp::write(client_answer(offer))).ok());

  EXPECT_FALSE(n.poll());
  EXPECT_TRUE(n.needs_offer());
  EXPECT_EQ(parsed(n.create_offer(kLocal)).sections.at(1).direction, Direction::inactive);
}

TEST(NegotiationSubscriber, an_offer_can_be_made_again_for_an_ice_restart) {
  Negotiation n = subscriber();
  n.add_send(sending(1, Codec::vp8));
  negotiate(n);
  LocalTransport local = kLocal;
  local.ice_ufrag = "fresh";
  const sdp::Description offer = parsed(n.create_offer(local));

  EXPECT_EQ(offer.sections.at(1).transport.ice_ufrag, "fresh");
  EXPECT_EQ(offer.sections[1].msids.at(0).track, "TR_1");
  EXPECT_EQ(offer.origin_version, 2u);
}

TEST(NegotiationSubscriber, a_wrong_answer_says_why_and_changes_nothing) {
  Negotiation n = subscriber();
  EXPECT_EQ(n.handle_answer("v=0\n").error(), NegotiationError::no_offer_made);
  EXPECT_EQ(n.handle_offer("v=0\n", kLocal).error(), NegotiationError::wrong_mode);
  n.add_send(sending(1, Codec::vp8));
  const sdp::Description good = client_answer(n.create_offer(kLocal));
  const auto error = [&](auto change) {
    sdp::Description answer = good;
    change(answer);
    return n.handle_answer(sdp::write(answer)).error();
  };
  using D = sdp::Description;
  using enum NegotiationError;

  EXPECT_EQ(error([](D& d) { d.sections.pop_back(); }), sections_changed);
  EXPECT_EQ(error([](D& d) { d.sections[1].mid = "7"; }), sections_changed);
  EXPECT_EQ(error([](D& d) { d.sections[0].transport.setup = sdp::Setup::actpass; }), bad_setup);
  EXPECT_EQ(error([](D& d) { d.sections[0].transport.fingerprints.clear(); }), no_fingerprint);
  EXPECT_EQ(n.send_section(TrackId(1))->state, SendState::waiting);
  EXPECT_TRUE(n.handle_answer(sdp::write(good)).ok());
  EXPECT_EQ(n.send_section(TrackId(1))->state, SendState::bound);
}

TEST(NegotiationSubscriber, a_client_that_answers_passive_makes_us_the_dtls_client) {
  Negotiation n = subscriber();
  sdp::Description answer = client_answer(n.create_offer(kLocal));
  for (sdp::MediaSection& s : answer.sections) s.transport.setup = sdp::Setup::passive;
  ASSERT_TRUE(n.handle_answer(sdp::write(answer)).ok());

  EXPECT_EQ(n.remote()->local_role, DtlsRole::client);
}

}  // namespace
}  // namespace plenum::peer
