#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/peer/negotiation_fixture.h"

namespace plenum::peer {
namespace {

using sdp::Direction;
using sdp::SectionKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string msid_track(const std::string& offer, SectionKind kind) {
  return section(parsed(offer), kind).msids.at(0).track;
}

Negotiation publisher() { return Negotiation(NegotiationMode::publisher, 4711); }

TEST(NegotiationUplink, answers_a_chromium_offer_in_its_order_with_one_bundled_transport) {
  Negotiation n = publisher();
  const sdp::Description offer = parsed(recorded("chromium_audio_video_data"));
  const sdp::Description answer = answer_to(n, recorded("chromium_audio_video_data"));

  ASSERT_EQ(answer.sections.size(), offer.sections.size());
  std::vector<std::string> mids;
  for (std::size_t i = 0; i < offer.sections.size(); ++i) {
    const sdp::MediaSection& s = answer.sections[i];
    EXPECT_EQ(s.kind, offer.sections[i].kind);
    EXPECT_EQ(s.mid, offer.sections[i].mid);
    EXPECT_EQ(s.transport.ice_ufrag, "sufr");
    EXPECT_EQ(s.transport.setup, sdp::Setup::passive);
    EXPECT_EQ(s.candidates.size(), i == 0 ? 1u : 0u);
    mids.push_back(s.mid);
  }
  EXPECT_THAT(answer.bundle_groups, ElementsAre(mids));
  EXPECT_TRUE(answer.ice_lite);
  EXPECT_EQ(section(answer, SectionKind::audio).direction, Direction::recvonly);
  const sdp::MediaSection& data = section(answer, SectionKind::application);
  EXPECT_EQ(data.sctp_port, 5000);
  EXPECT_EQ(data.max_message_size, 262'144u);
  ASSERT_TRUE(n.application());
  EXPECT_EQ(n.application()->remote_max_message_size, 262'144u);
  ASSERT_TRUE(n.remote());
  EXPECT_EQ(n.remote()->local_role, DtlsRole::server);
  EXPECT_THAT(n.remote()->fingerprint, testing::StartsWith("sha-256 "));
}

TEST(NegotiationUplink, the_answer_holds_no_video_red_fec_comfort_noise_or_telephone_event) {
  Negotiation n = publisher();
  const sdp::Description answer = answer_to(n, recorded("chromium_audio_video_data"));

  for (const sdp::Format& f : section(answer, SectionKind::video).formats) {
    EXPECT_TRUE(f.is("VP8") || f.is("VP9") || f.is("H264") || f.is("AV1") || f.is("rtx"));
    for (const std::string& fb : f.feedback) {
      EXPECT_THAT(fb, testing::AnyOf("nack", "nack pli", "ccm fir", "transport-cc"));
    }
  }
  EXPECT_THAT(payload_types(section(answer, SectionKind::audio)), ElementsAre(63, 111, 0, 8));
}

TEST(NegotiationUplink, binds_sections_to_the_tracks_that_their_msid_names) {
  const std::string offer = recorded("chromium_audio_video_data");
  const std::string cid = msid_track(offer, SectionKind::video);
  Negotiation n = publisher();
  n.add_pending_track(pending(1, MediaKind::video, "another"));
  n.add_pending_track(pending(2, MediaKind::video, cid));
  answer_to(n, offer);

  const auto bound = events<UplinkBound>(n);
  ASSERT_EQ(bound.size(), 1u);
  EXPECT_EQ(bound[0].track, TrackId(2));
  const ReceiveSection* r = n.receive_section(TrackId(2));
  ASSERT_NE(r, nullptr);
  EXPECT_TRUE(r->active);
  EXPECT_EQ(r->sdp_cid, cid);
  EXPECT_EQ(r->codecs.at(0).codec, codec::Codec::vp8);
  EXPECT_EQ(r->codecs.at(0).rtx_payload_type, 97);
  EXPECT_TRUE(r->codecs.at(0).feedback.nack_pli);
  EXPECT_TRUE(r->extensions.has(rtp::Extension::transport_seq));
  EXPECT_EQ(r->ssrcs.size(), 1u);
  EXPECT_EQ(r->rtx_ssrcs.size(), 1u);
}

TEST(NegotiationUplink, an_unnamed_section_takes_the_first_waiting_track_of_its_kind) {
  Negotiation n = publisher();
  n.add_pending_track(pending(1, MediaKind::audio, "x"));
  n.add_pending_track(pending(2, MediaKind::video, "y"));
  answer_to(n, recorded("firefox_audio_video_data"));

  const auto bound = events<UplinkBound>(n);
  ASSERT_EQ(bound.size(), 2u);
  EXPECT_NE(n.receive_section(TrackId(1)), nullptr);
  EXPECT_NE(n.receive_section(TrackId(2)), nullptr);
}

TEST(NegotiationUplink, a_section_parked_without_a_track_is_bound_when_the_track_is_announced) {
  Negotiation n = publisher();
  answer_to(n, recorded("chromium_simulcast"));
  ASSERT_EQ(n.receive_sections().size(), 1u);
  EXPECT_TRUE(n.receive_sections()[0].active);
  EXPECT_FALSE(n.receive_sections()[0].track);
  EXPECT_FALSE(n.poll());

  n.add_pending_track(pending(1, MediaKind::audio, "a"));
  EXPECT_TRUE(events<UplinkBound>(n).empty());
  n.add_pending_track(pending(2, MediaKind::video, "v"));
  EXPECT_EQ(events<UplinkBound>(n).size(), 1u);
  EXPECT_NE(n.receive_section(TrackId(2)), nullptr);
}

TEST(NegotiationUplink, a_track_guessed_by_kind_moves_to_the_section_that_really_names_it) {
  Negotiation n = publisher();
  sdp::Description offer = parsed(recorded("chromium_simulcast"));
  answer_to(n, sdp::write(offer));
  n.add_pending_track(pending(1, MediaKind::video, "second"));
  ASSERT_EQ(events<UplinkBound>(n).size(), 1u);
  offer.sections.push_back(offer.sections[0]);
  offer.sections[1].mid = "1";
  offer.sections[1].msids = {{"-", "second"}};
  offer.bundle_groups[0].push_back("1");
  answer_to(n, sdp::write(offer));

  const auto bound = events<UplinkBound>(n);
  ASSERT_EQ(bound.size(), 1u);
  ASSERT_NE(n.receive_section(TrackId(1)), nullptr);
  EXPECT_EQ(n.receive_section(TrackId(1))->mid, "1");
  EXPECT_FALSE(n.receive_sections()[0].track);
}

TEST(NegotiationUplink, an_identical_offer_gets_the_identical_answer_and_binds_nothing_anew) {
  const std::string offer = recorded("firefox_simulcast");
  Negotiation n = publisher();
  n.add_pending_track(pending(1, MediaKind::video, "v"));
  const auto first = n.handle_offer(offer, kLocal);
  while (n.poll()) {
  }
  n.add_pending_track(pending(2, MediaKind::video, "w"));
  const auto second = n.handle_offer(offer, kLocal);

  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->sdp, second->sdp);
  EXPECT_FALSE(n.poll());
  EXPECT_FALSE(n.remote()->ice_restarted);
}

TEST(NegotiationUplink, puts_the_wanted_codec_and_its_rtx_first) {
  Negotiation n = publisher();
  PendingTrack t = pending(1, MediaKind::video, "v");
  t.preferred = {codec::Codec::vp9};
  n.add_pending_track(t);
  const sdp::Description answer = answer_to(n, recorded("chromium_svc"));

  const auto& formats = section(answer, SectionKind::video).formats;
  EXPECT_TRUE(formats.at(0).is("VP9"));
  EXPECT_EQ(formats.at(0).parameter("profile-id"), "0");
  EXPECT_EQ(formats.at(1).apt(), formats.at(0).payload_type);
  EXPECT_EQ(n.receive_section(TrackId(1))->codecs.at(0).codec, codec::Codec::vp9);
}

TEST(NegotiationUplink, of_h264_the_constrained_baseline_with_packetization_mode_1_comes_first) {
  Negotiation n = publisher();
  PendingTrack t = pending(1, MediaKind::video, "v");
  t.preferred = {codec::Codec::h264, codec::Codec::vp8};
  n.add_pending_track(t);
  const sdp::Description answer = answer_to(n, recorded("chromium_simulcast"));

  const auto& formats = section(answer, SectionKind::video).formats;
  EXPECT_EQ(formats.at(0).parameter("profile-level-id"), "42e01f");
  EXPECT_EQ(formats.at(0).parameter("packetization-mode"), "1");
}

TEST(NegotiationUplink, opus_parameters_follow_the_tracks_wishes) {
  const auto opus = [](PendingTrack t) {
    Negotiation n = publisher();
    n.add_pending_track(std::move(t));
    const sdp::Description answer = answer_to(n, recorded("chromium_audio_video_data"));
    return *section(answer, SectionKind::audio).format(111);
  };
  PendingTrack stereo = pending(1, MediaKind::audio, "a");
  stereo.stereo = true;
  stereo.dtx_disabled = true;

  EXPECT_EQ(opus(pending(1, MediaKind::audio, "a")).fmtp, "minptime=10;useinbandfec=1;usedtx=1");
  EXPECT_EQ(opus(stereo).fmtp, "minptime=10;useinbandfec=1;stereo=1;maxaveragebitrate=510000");
}

TEST(NegotiationUplink, red_leads_unless_the_track_forbids_it) {
  Negotiation n = publisher();
  n.add_pending_track(pending(1, MediaKind::audio, "a"));
  answer_to(n, recorded("chromium_audio_video_data"));
  EXPECT_EQ(n.receive_section(TrackId(1))->red_payload_type, 63);
  EXPECT_TRUE(n.receive_section(TrackId(1))->red_preferred);

  Negotiation plain = publisher();
  PendingTrack t = pending(1, MediaKind::audio, "a");
  t.red_disabled = true;
  plain.add_pending_track(t);
  const auto answer = answer_to(plain, recorded("chromium_audio_video_data"));
  EXPECT_THAT(payload_types(section(answer, SectionKind::audio)), ElementsAre(111, 0, 8));
  EXPECT_FALSE(plain.receive_section(TrackId(1))->red_payload_type);
}

TEST(NegotiationUplink, turns_the_direction_of_firefox_header_extensions_round) {
  Negotiation n = publisher();
  const sdp::Description answer = answer_to(n, recorded("firefox_simulcast"));

  const auto& extmaps = section(answer, SectionKind::video).extmaps;
  const auto find = [&](std::string_view part) {
    return std::ranges::find_if(
        extmaps, [&](const sdp::ExtMap& e) { return e.uri.find(part) != std::string::npos; });
  };
  ASSERT_NE(find("sdes:rtp-stream-id"), extmaps.end());
  EXPECT_EQ(find("sdes:rtp-stream-id")->direction, Direction::recvonly);
  EXPECT_EQ(find("dependency-descriptor")->direction, Direction::recvonly);
  EXPECT_EQ(find("playout-delay"), extmaps.end());
  EXPECT_EQ(find("sdes:mid")->direction, std::nullopt);
}

TEST(NegotiationUplink, answers_simulcast_in_the_offered_order_and_keeps_paused_layers_paused) {
  Negotiation n = publisher();
  const auto answer = n.handle_offer(recorded("chromium_simulcast_paused"), kLocal);
  ASSERT_TRUE(answer.ok());

  EXPECT_THAT(answer->sdp, HasSubstr("a=rid:q recv\r\na=rid:h recv\r\na=rid:f recv\r\n"));
  EXPECT_THAT(answer->sdp, HasSubstr("a=simulcast:recv q;~h;~f\r\n"));
  ASSERT_EQ(n.receive_sections().at(0).rids.size(), 3u);
  EXPECT_FALSE(n.receive_sections()[0].rids[0].paused);
  EXPECT_TRUE(n.receive_sections()[0].rids[2].paused);
  EXPECT_TRUE(n.receive_extensions().has(rtp::Extension::rid));
}

TEST(NegotiationUplink, sound_has_no_layers) {
  Negotiation n = publisher();
  sdp::Description offer = parsed(recorded("chromium_simulcast"));
  sdp::MediaSection& section = offer.sections[0];
  section.kind = sdp::SectionKind::audio;
  section.formats = {section.formats.front()};
  section.formats[0].payload_type = 111;
  section.formats[0].encoding = "opus";
  section.formats[0].clock_rate = 48'000;
  section.formats[0].channels = 2;
  const auto answer = n.handle_offer(sdp::write(offer), kLocal);

  ASSERT_TRUE(answer.ok());
  EXPECT_THAT(answer->sdp, HasSubstr("m=audio 9"));
  EXPECT_THAT(answer->sdp, Not(HasSubstr("rid:")));
  EXPECT_TRUE(n.receive_sections().at(0).rids.empty());
}

TEST(NegotiationUplink, a_rid_limited_to_formats_that_we_drop_is_dropped) {
  Negotiation n = publisher();
  sdp::Description offer = parsed(recorded("chromium_simulcast"));
  offer.sections[0].rids[0].restrictions = "pt=96,118;max-width=640";
  offer.sections[0].rids[1].restrictions = "pt=118";
  const auto answer = n.handle_offer(sdp::write(offer), kLocal);

  ASSERT_TRUE(answer.ok());
  EXPECT_THAT(answer->sdp, HasSubstr("a=rid:q recv pt=96;max-width=640\r\n"));
  EXPECT_THAT(answer->sdp, HasSubstr("a=simulcast:recv q;f\r\n"));
}

TEST(NegotiationUplink, a_section_that_stops_sending_ends_its_track_and_keeps_its_place) {
  for (const bool stop_by_port : {false, true}) {
    Negotiation n = publisher();
    sdp::Description offer = parsed(recorded("chromium_simulcast"));
    n.add_pending_track(pending(1, MediaKind::video, "v"));
    answer_to(n, sdp::write(offer));
    while (n.poll()) {
    }
    offer.sections[0].direction = Direction::inactive;
    if (stop_by_port) offer.sections[0].port = 0;
    const sdp::Description answer = answer_to(n, sdp::write(offer));

    const auto ended = events<UplinkEnded>(n);
    ASSERT_EQ(ended.size(), 1u);
    EXPECT_EQ(ended[0].track, TrackId(1));
    EXPECT_EQ(answer.sections.at(0).direction, Direction::inactive);
    EXPECT_EQ(answer.sections[0].port == 0, stop_by_port);
    EXPECT_TRUE(n.receive_sections().empty());
  }
}

TEST(NegotiationUplink, an_idle_section_agrees_to_all_that_chromium_needs_to_send_again) {
  Negotiation n = publisher();
  sdp::Description offer = parsed(recorded("chromium_simulcast"));
  const sdp::Description sending = answer_to(n, sdp::write(offer));
  offer.sections[0].direction = Direction::inactive;
  const sdp::Description idle = answer_to(n, sdp::write(offer));

  EXPECT_EQ(idle.sections.at(0).extmaps, sending.sections.at(0).extmaps);
  EXPECT_EQ(idle.sections[0].simulcast, sending.sections[0].simulcast);
}

TEST(NegotiationUplink, a_track_removed_by_the_server_is_answered_inactive_and_not_matched_again) {
  Negotiation n = publisher();
  const std::string offer = recorded("chromium_simulcast");
  n.add_pending_track(pending(1, MediaKind::video, "v"));
  answer_to(n, offer);
  n.remove_pending_track(TrackId(1));
  n.add_pending_track(pending(2, MediaKind::video, "w"));
  while (n.poll()) {
  }
  const sdp::Description answer = answer_to(n, offer);

  EXPECT_EQ(answer.sections.at(0).direction, Direction::inactive);
  EXPECT_FALSE(n.poll());
  EXPECT_FALSE(n.receive_sections().at(0).active);
}

TEST(NegotiationUplink, other_ice_credentials_in_an_offer_are_reported_as_a_restart) {
  Negotiation n = publisher();
  sdp::Description offer = parsed(recorded("chromium_audio_video_data"));
  answer_to(n, sdp::write(offer));
  for (sdp::MediaSection& s : offer.sections) s.transport.ice_ufrag = "newu";
  LocalTransport local = kLocal;
  local.ice_ufrag = "other";
  const sdp::Description answer = answer_to(n, sdp::write(offer), local);

  EXPECT_TRUE(n.remote()->ice_restarted);
  EXPECT_EQ(answer.sections.at(0).transport.ice_ufrag, "other");
  EXPECT_EQ(answer.origin_version, 2u);
}

TEST(NegotiationUplink, the_dtls_role_of_the_first_exchange_stays) {
  Negotiation n = publisher();
  sdp::Description offer = parsed(recorded("chromium_data_only"));
  offer.sections[0].transport.setup = sdp::Setup::passive;
  EXPECT_EQ(answer_to(n, sdp::write(offer)).sections.at(0).transport.setup, sdp::Setup::active);
  offer.sections[0].transport.setup = sdp::Setup::actpass;

  EXPECT_EQ(answer_to(n, sdp::write(offer)).sections.at(0).transport.setup, sdp::Setup::active);
  EXPECT_EQ(n.remote()->local_role, DtlsRole::client);
}

TEST(NegotiationUplink, sections_that_we_cannot_take_are_refused_in_place) {
  Negotiation n = publisher();
  sdp::Description offer = parsed(recorded("chromium_audio_video_data"));
  section(offer, SectionKind::audio).rtcp_mux = false;
  section(offer, SectionKind::video).formats = {{120, "H261", 90'000, 1, "", {}}};
  const sdp::Description answer = answer_to(n, sdp::write(offer));

  EXPECT_EQ(section(answer, SectionKind::audio).port, 0);
  EXPECT_EQ(section(answer, SectionKind::video).port, 0);
  EXPECT_THAT(payload_types(section(answer, SectionKind::video)), ElementsAre(120));
  EXPECT_EQ(answer.bundle_groups.at(0).size(), 1u);
}

TEST(NegotiationUplink, a_refused_offer_says_why_and_changes_nothing) {
  Negotiation n = publisher();
  const std::string good = recorded("chromium_audio_video_data");
  n.add_pending_track(pending(1, MediaKind::video, "v"));
  const auto first = n.handle_offer(good, kLocal);
  ASSERT_TRUE(first.ok());
  const auto error = [&](auto change) {
    sdp::Description offer = parsed(good);
    change(offer);
    const auto result = n.handle_offer(sdp::write(offer), kLocal);
    EXPECT_FALSE(result.ok());
    return result.ok() ? NegotiationError::wrong_mode : result.error();
  };
  using D = sdp::Description;
  using enum NegotiationError;

  EXPECT_EQ(error([](D& d) { d.sections.clear(); }), no_sections);
  EXPECT_EQ(error([](D& d) { d.sections.pop_back(); }), sections_changed);
  EXPECT_EQ(error([](D& d) { std::swap(d.sections[0], d.sections[1]); }), sections_changed);
  EXPECT_EQ(error([](D& d) { d.sections[1].mid = d.sections[0].mid; }), bad_mid);
  EXPECT_EQ(error([](D& d) { d.sections[1].mid.clear(); }), bad_mid);
  EXPECT_EQ(error([](D& d) { d.sections[0].transport.ice_pwd.clear(); }), no_ice_credentials);
  EXPECT_EQ(error([](D& d) { d.sections[0].transport.fingerprints.clear(); }), no_fingerprint);
  EXPECT_EQ(error([](D& d) { d.sections[0].transport.fingerprints[0].value = "00"; }),
            fingerprint_changed);
  EXPECT_EQ(error([](D& d) { d.sections[0].transport.setup = sdp::Setup::holdconn; }), bad_setup);
  EXPECT_EQ(n.handle_offer("nonsense", kLocal).error(), malformed);
  const auto again = n.handle_offer(good, kLocal);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->sdp, first->sdp);
  EXPECT_NE(n.receive_section(TrackId(1)), nullptr);
}

}  // namespace
}  // namespace plenum::peer
