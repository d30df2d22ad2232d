#include "media/sdp/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/sdp/parser.h"

namespace plenum::sdp {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(SdpWriter, writes_the_lines_of_a_section_in_the_forms_of_the_rfcs) {
  Description d;
  d.origin_id = "42";
  d.origin_version = 3;
  d.bundle_groups = {{"0"}};
  d.ice_lite = true;
  MediaSection s;
  s.kind = SectionKind::video;
  s.mid = "0";
  s.direction = Direction::recvonly;
  s.rtcp_mux = true;
  s.transport = {"uf", "pw", "trickle", {{"sha-256", "AA:BB"}}, Setup::passive};
  s.formats = {{96, "VP8", 90'000, 1, "max-fs=12288", {"nack", "nack pli"}}};
  s.extmaps = {{4, Direction::recvonly, "urn:x"}, {5, std::nullopt, "urn:y"}};
  s.msids = {{"PA_x|TR_y", "TR_y"}};
  s.ssrc_groups = {{"FID", {Ssrc(1), Ssrc(2)}}};
  s.ssrcs = {{Ssrc(1), "c", Msid{"PA_x|TR_y", "TR_y"}}};
  s.rids = {{"q", false, "pt=96"}};
  s.simulcast.recv = {{{"q", false}, {"r", true}}, {{"h", true}}};
  d.sections = {s};

  EXPECT_EQ(write(d),
            "v=0\r\no=- 42 3 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=ice-lite\r\n"
            "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:uf\r\n"
            "a=ice-pwd:pw\r\na=ice-options:trickle\r\na=fingerprint:sha-256 AA:BB\r\n"
            "a=setup:passive\r\na=mid:0\r\na=extmap:4/recvonly urn:x\r\na=extmap:5 urn:y\r\n"
            "a=recvonly\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\n"
            "a=rtcp-fb:96 nack pli\r\na=fmtp:96 max-fs=12288\r\na=msid:PA_x|TR_y TR_y\r\n"
            "a=ssrc-group:FID 1 2\r\na=ssrc:1 cname:c\r\na=ssrc:1 msid:PA_x|TR_y TR_y\r\n"
            "a=rid:q recv pt=96\r\na=simulcast:recv q,~r;~h\r\n");
}

TEST(SdpWriter, a_value_with_a_line_end_cannot_forge_a_line) {
  Description d;
  MediaSection s;
  s.mid = "0\r\na=setup:active";
  s.formats = {{0, "PCMU", 8000, 1, "x\ny", {"nack\r\na=z"}}};
  s.msids = {{"a\nm=audio", "b"}};
  d.sections = {s};
  const std::string text = write(d);

  EXPECT_THAT(text, Not(HasSubstr("setup")));
  EXPECT_THAT(text, Not(HasSubstr("\na=z")));
  ASSERT_TRUE(parse(text).ok());
  EXPECT_EQ(parse(text)->sections.size(), 1u);
}

TEST(SdpWriter, a_refused_section_without_formats_still_names_one) {
  Description d;
  MediaSection s;
  s.port = 0;
  d.sections = {s};

  EXPECT_THAT(write(d), HasSubstr("m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n"));
}

TEST(Fmtp, a_parameter_is_replaced_in_place_appended_or_taken_out) {
  EXPECT_EQ(with_parameter("a=1;stereo=0; b=2", "Stereo", "1"), "a=1;stereo=1;b=2");
  EXPECT_EQ(with_parameter("", "usedtx", "1"), "usedtx=1");
  EXPECT_EQ(with_parameter("a=1", "usedtx", "1"), "a=1;usedtx=1");
  EXPECT_EQ(without_parameter("a=1;usedtx=1;b", "usedtx"), "a=1;b");
}

TEST(Fmtp, apt_is_a_payload_type_or_nothing) {
  const auto apt = [](std::string fmtp) { return Format{97, "rtx", 90'000, 1, fmtp, {}}.apt(); };
  EXPECT_EQ(apt("apt=96"), 96);
  EXPECT_EQ(apt("rtx-time=3000; apt=96"), 96);
  EXPECT_EQ(apt("apt=128"), std::nullopt);
  EXPECT_EQ(apt("apt="), std::nullopt);
  EXPECT_EQ(apt("111/111"), std::nullopt);
}

}  // namespace
}  // namespace plenum::sdp
