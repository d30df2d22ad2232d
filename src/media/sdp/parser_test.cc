#include "media/sdp/parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "media/sdp/writer.h"

namespace plenum::sdp {
namespace {

using Reason = ParseError::Reason;

std::filesystem::path corpus() {
  return std::filesystem::path(__FILE__).parent_path() / "../../../tests/fuzz/corpus/sdp";
}

std::string file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string offer(std::string_view name) { return file(corpus() / (std::string(name) + ".sdp")); }

std::string with_section(std::string_view attributes) {
  std::string text = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
  text += "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n";
  return text.append(attributes);
}

ParseError error_of(std::string_view text) {
  const auto result = parse(text);
  EXPECT_FALSE(result.ok());
  return result.ok() ? ParseError{} : result.error();
}

TEST(SdpParser, reads_a_chromium_offer_with_audio_video_and_data) {
  const auto d = parse(offer("chromium_audio_video_data"));
  ASSERT_TRUE(d.ok());
  ASSERT_EQ(d->sections.size(), 3u);
  EXPECT_TRUE(d->extmap_allow_mixed);
  ASSERT_EQ(d->bundle_groups.size(), 1u);
  EXPECT_EQ(d->bundle_groups[0].size(), 3u);

  const auto audio = std::ranges::find(d->sections, SectionKind::audio, &MediaSection::kind);
  const auto video = std::ranges::find(d->sections, SectionKind::video, &MediaSection::kind);
  const auto data = std::ranges::find(d->sections, SectionKind::application, &MediaSection::kind);
  ASSERT_NE(audio, d->sections.end());
  EXPECT_EQ(audio->direction, Direction::sendonly);
  EXPECT_TRUE(audio->rtcp_mux);
  const Format* opus = audio->format(111);
  ASSERT_NE(opus, nullptr);
  EXPECT_TRUE(opus->is("OPUS"));
  EXPECT_EQ(opus->clock_rate, 48'000u);
  EXPECT_EQ(opus->channels, 2u);
  EXPECT_EQ(opus->parameter("useinbandfec"), "1");
  EXPECT_TRUE(opus->has_feedback("transport-cc"));
  ASSERT_NE(video, d->sections.end());
  ASSERT_NE(video->rtx_of(96), nullptr);
  EXPECT_EQ(video->rtx_of(96)->payload_type, 97);
  EXPECT_TRUE(video->format(96)->has_feedback("nack pli"));
  ASSERT_EQ(video->msids.size(), 1u);
  EXPECT_FALSE(video->msids[0].track.empty());
  ASSERT_EQ(video->ssrc_groups.size(), 1u);
  EXPECT_EQ(video->ssrc_groups[0].semantics, "FID");
  ASSERT_EQ(video->ssrcs.size(), 2u);
  EXPECT_FALSE(video->ssrcs[0].cname.empty());
  ASSERT_NE(data, d->sections.end());
  EXPECT_EQ(data->sctp_port, 5000);
  EXPECT_EQ(data->max_message_size, 262'144u);
}

TEST(SdpParser, takes_the_fingerprint_of_a_firefox_offer_from_the_session_level) {
  const auto d = parse(offer("firefox_audio_video_data"));
  ASSERT_TRUE(d.ok());

  for (const MediaSection& s : d->sections) {
    EXPECT_TRUE(s.transport.fingerprints.empty());
    const TransportAttributes t = d->transport_of(s);
    ASSERT_EQ(t.fingerprints.size(), 1u);
    EXPECT_EQ(t.fingerprints[0].algorithm, "sha-256");
    EXPECT_EQ(t.ice_ufrag.size(), 8u);
    EXPECT_EQ(t.setup, Setup::actpass);
  }
}

TEST(SdpParser, reads_rids_simulcast_and_the_directions_of_header_extensions) {
  const auto d = parse(offer("firefox_simulcast"));
  ASSERT_TRUE(d.ok());
  const MediaSection& s = d->sections.at(0);

  ASSERT_EQ(s.rids.size(), 3u);
  EXPECT_EQ(s.rids[1], (Rid{"h", true, ""}));
  ASSERT_EQ(s.simulcast.send.size(), 3u);
  EXPECT_EQ(s.simulcast.send[2], (SimulcastStream{{"f", false}}));
  const auto rid =
      std::ranges::find(s.extmaps, "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", &ExtMap::uri);
  ASSERT_NE(rid, s.extmaps.end());
  EXPECT_EQ(rid->direction, Direction::sendonly);
  EXPECT_EQ(s.ssrc_groups.size(), 3u);
}

TEST(SdpParser, reads_paused_and_alternative_simulcast_streams) {
  const auto d =
      parse(with_section("a=rid:a send pt=96\na=rid:b send\na=rid:c recv\n"
                         "a=simulcast:send a,~b;b recv c\n"));
  ASSERT_TRUE(d.ok());
  const MediaSection& s = d->sections[0];

  EXPECT_EQ(s.rids[0].restrictions, "pt=96");
  EXPECT_FALSE(s.rids[2].send);
  ASSERT_EQ(s.simulcast.send.size(), 2u);
  EXPECT_EQ(s.simulcast.send[0], (SimulcastStream{{"a", false}, {"b", true}}));
  EXPECT_EQ(s.simulcast.recv, (std::vector<SimulcastStream>{{{"c", false}}}));
}

TEST(SdpParser, every_offer_of_a_real_browser_survives_writing_and_reading_again) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(corpus())) {
    const auto first = parse(file(entry.path()));
    ASSERT_TRUE(first.ok()) << entry.path();
    const auto second = parse(write(*first));

    ASSERT_TRUE(second.ok()) << entry.path();
    EXPECT_EQ(write(*first), write(*second)) << entry.path();
    EXPECT_EQ(first->sections.size(), second->sections.size());
    ++files;
  }
  EXPECT_GE(files, 16);
}

TEST(SdpParser, accepts_line_feeds_alone_and_skips_what_it_does_not_know) {
  const auto d = parse(
      "v=0\ns=-\nx=1\na=strange:thing\nm=audio 9 UDP/TLS/RTP/SAVPF 0\n"
      "b=AS:30\na=mid:x\na=other\n");
  ASSERT_TRUE(d.ok());

  ASSERT_EQ(d->sections.size(), 1u);
  EXPECT_EQ(d->sections[0].mid, "x");
  EXPECT_EQ(d->sections[0].formats[0].encoding, "PCMU");
  EXPECT_EQ(d->sections[0].formats[0].clock_rate, 8000u);
}

TEST(SdpParser, port_zero_refuses_a_section_unless_it_is_bundle_only) {
  const auto d = parse("v=0\nm=audio 0 RTP/SAVPF 0\nm=audio 0 RTP/SAVPF 0\na=bundle-only\n");
  ASSERT_TRUE(d.ok());

  EXPECT_TRUE(d->sections[0].rejected());
  EXPECT_FALSE(d->sections[1].rejected());
}

TEST(SdpParser, applies_feedback_for_all_formats_to_each_but_rtx) {
  const auto d =
      parse(with_section("a=rtcp-fb:* nack\na=rtpmap:96 VP8/90000\n"
                         "a=rtpmap:97 rtx/90000\na=fmtp:97 apt=96\n"));
  ASSERT_TRUE(d.ok());

  EXPECT_TRUE(d->sections[0].format(96)->has_feedback("nack"));
  EXPECT_FALSE(d->sections[0].format(97)->has_feedback("nack"));
}

TEST(SdpParser, refuses_nul_and_a_lone_carriage_return_and_names_the_line) {
  EXPECT_EQ(error_of(with_section(std::string_view("a=mid:a\0b\r\n", 11))),
            (ParseError{Reason::bad_character, 6}));
  EXPECT_EQ(error_of(with_section("a=mid:a\rb=x\r\n")).reason, Reason::bad_character);
}

TEST(SdpParser, refuses_known_attributes_with_senseless_values) {
  for (const std::string_view line : {"a=rtpmap:96 VP8",
                                      "a=rtpmap:96 VP8/x",
                                      "a=extmap:x urn:a",
                                      "a=extmap:1",
                                      "a=extmap:1/up u",
                                      "a=ssrc:-1 cname:x",
                                      "a=ssrc:4294967296 cname:x",
                                      "a=ssrc-group:FID 1 x",
                                      "a=rid:q",
                                      "a=rid:q up",
                                      "a=rid:q! send",
                                      "a=simulcast:send",
                                      "a=simulcast:send ;q",
                                      "a=simulcast:up q",
                                      "a=setup:maybe",
                                      "a=fingerprint:sha-256",
                                      "a=sctp-port:70000",
                                      "a=max-message-size:-1",
                                      "a=mid:",
                                      "a=mid:a b",
                                      "a=ice-ufrag:",
                                      "a=msid:"}) {
    EXPECT_EQ(error_of(with_section(line)).reason, Reason::bad_attribute) << line;
  }
  EXPECT_EQ(error_of(with_section("a=rtpmap:128 VP8/90000")).reason, Reason::bad_payload_type);
  EXPECT_EQ(error_of(with_section("a=fmtp:x y")).reason, Reason::bad_payload_type);
}

TEST(SdpParser, refuses_broken_media_lines_and_texts_that_are_not_sdp) {
  for (const std::string_view line : {"m=", "m=audio", "m=audio x RTP/SAVPF 0", "m=audio 9",
                                      "m=audio 65536 RTP/SAVPF 0", "m=audio 9 RTP/SAVPF"}) {
    EXPECT_EQ(error_of("v=0\n" + std::string(line)).reason, Reason::bad_media_line) << line;
  }
  EXPECT_EQ(error_of("v=0\nm=audio 9 RTP/SAVPF 128").reason, Reason::bad_payload_type);
  for (const std::string_view text : {"", "x", "v=1", "hello\n", "a=mid:0\nv=0", "v=0\n=a"}) {
    EXPECT_EQ(error_of(text).reason, Reason::bad_line) << text;
  }
}

TEST(SdpParser, bounds_the_text_the_lines_the_sections_and_repeated_attributes) {
  const auto repeated = [](std::string_view line, std::size_t n) {
    std::string out;
    for (std::size_t i = 0; i < n; ++i) out += line;
    return out;
  };
  const std::string section = "m=audio 9 RTP/SAVPF 0\n";

  EXPECT_EQ(error_of(std::string(kMaxTextBytes + 1, 'a')).reason, Reason::too_long);
  EXPECT_EQ(error_of("v=0\n" + repeated("x=\n", kMaxLines)).reason, Reason::too_many_lines);
  EXPECT_TRUE(parse("v=0\n" + repeated(section, kMaxSections)).ok());
  EXPECT_EQ(error_of("v=0\n" + repeated(section, kMaxSections + 1)).reason,
            Reason::too_many_sections);
  EXPECT_EQ(error_of(with_section(repeated("a=extmap:1 u\n", kMaxPerSection + 1))).reason,
            Reason::too_many_attributes);
  EXPECT_EQ(error_of(with_section(repeated("a=candidate:1\n", kMaxPerSection + 1))).reason,
            Reason::too_many_attributes);
}

TEST(SdpParser, a_real_offer_cut_at_any_byte_never_crashes) {
  const std::string whole = offer("firefox_simulcast_paused");
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const auto d = parse(std::string_view(whole).substr(0, n));
    if (d.ok()) {
      EXPECT_LE(d->sections.size(), 1u);
    }
  }
}

TEST(SdpParser, random_damage_yields_an_error_or_a_description_that_can_be_written_and_read) {
  std::mt19937 random(8866);
  const std::string whole = offer("chromium_simulcast");
  for (int round = 0; round < 500; ++round) {
    std::string text = whole;
    for (int i = 0; i < 5; ++i) text[random() % text.size()] = static_cast<char>(random() % 256);
    const auto d = parse(text);
    if (d.ok()) {
      EXPECT_TRUE(parse(write(*d)).ok());
    }
  }
}

}  // namespace
}  // namespace plenum::sdp
