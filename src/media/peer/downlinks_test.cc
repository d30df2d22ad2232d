#include "media/peer/downlinks.h"

#include <gmock/gmock.h>

#include "media/rtp/extensions.h"
#include "media/rtp/header.h"

namespace plenum::peer {
namespace {

constexpr Ssrc kMedia(1000), kRtx(1001);

SendSection section() {
  SendSection s;
  s.state = SendState::bound;
  s.mid = "a7";
  s.ssrc = kMedia;
  s.rtx_ssrc = kRtx;
  s.rtx_payload_type = 97;
  s.extensions.set(rtp::Extension::mid, 4);
  return s;
}

/// The mid in a packet of this stream.
std::string mid_of(Downlinks& downlinks, Ssrc ssrc) {
  rtp::Outgoing packet;
  packet.ssrc = ssrc;
  packet.seq = ExtSeq(7);
  std::array<std::byte, 600> out{};
  const std::size_t size = downlinks.write_header(packet, out, TimePoint{});
  const auto header = rtp::parse_header(Bytes(out).first(size));
  if (!header) return "no header";
  return std::string(
      rtp::parse_extensions(Bytes(out).first(size), *header, section().extensions).mid);
}

TEST(Downlinks, name_the_section_of_a_stream_until_the_client_reports_on_it) {
  Downlinks downlinks;
  downlinks.update({section()});
  EXPECT_EQ(mid_of(downlinks, kMedia), "a7");
  EXPECT_EQ(mid_of(downlinks, kRtx), "a7");

  downlinks.handle_report(kMedia);

  EXPECT_EQ(mid_of(downlinks, kMedia), "");
  EXPECT_EQ(mid_of(downlinks, kRtx), "a7");
}

TEST(Downlinks, do_not_start_over_with_it_when_other_sections_are_negotiated) {
  Downlinks downlinks;
  downlinks.update({section()});
  downlinks.handle_report(kMedia);
  SendSection other = section();
  other.mid = "b";
  other.ssrc = Ssrc(2000);
  other.rtx_payload_type.reset();

  downlinks.update({section(), other});

  EXPECT_EQ(mid_of(downlinks, kMedia), "");
  EXPECT_EQ(mid_of(downlinks, other.ssrc), "b");
}

TEST(Downlinks, move_the_frame_number_of_a_dependency_descriptor_on) {
  SendSection scalable = section();
  scalable.extensions.set(rtp::Extension::dependency_descriptor, 12);
  Downlinks downlinks;
  downlinks.update({scalable});
  const std::array<std::byte, 4> descriptor{std::byte{0xc0}, std::byte{0xff}, std::byte{0xff},
                                            std::byte{0x55}};
  rtp::Outgoing packet;
  packet.ssrc = kMedia;
  packet.dependency_descriptor = descriptor;
  packet.frame_number_offset = 3;
  std::array<std::byte, 600> out{};
  const std::size_t size = downlinks.write_header(packet, out, TimePoint{});
  const auto header = rtp::parse_header(Bytes(out).first(size));
  ASSERT_TRUE(header);
  const Bytes written = rtp::parse_extensions(Bytes(out).first(size), *header, scalable.extensions)
                            .dependency_descriptor;

  ASSERT_EQ(written.size(), 4u);
  EXPECT_EQ(be16(written, 1), 2);
  EXPECT_EQ(be8(written, 3), 0x55);
}

}  // namespace
}  // namespace plenum::peer
