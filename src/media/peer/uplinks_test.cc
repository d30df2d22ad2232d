#include "media/peer/uplinks.h"

#include <gtest/gtest.h>

#include "media/rtp/extensions.h"

namespace plenum::peer {
namespace {

constexpr TimePoint t0{1000s};
constexpr TrackId kMic(1), kCamera(2);

rtp::ExtensionMap extensions() {
  rtp::ExtensionMap map;
  map.set(rtp::Extension::mid, 1);
  map.set(rtp::Extension::rid, 2);
  return map;
}
ReceiveSection mic() {
  ReceiveSection s;
  s.mid = "0";
  s.kind = MediaKind::audio;
  s.active = true;
  s.track = kMic;
  s.codecs.push_back({111, codec::Codec::opus, {}, {}, {}});
  return s;
}
ReceiveSection camera() {
  ReceiveSection s;
  s.mid = "1";
  s.kind = MediaKind::video;
  s.active = true;
  s.track = kCamera;
  s.codecs.push_back({96, codec::Codec::vp8, {}, {}, {}});
  s.rids = {{"q", false}, {"h", false}};
  return s;
}

/// A packet as Chromium sends it: with mid and rid only at first.
Buffer packet(std::uint8_t payload_type, std::uint32_t ssrc, std::uint16_t seq,
              std::string_view mid = {}, std::string_view rid = {}) {
  std::array<std::byte, 128> out{};
  rtp::ExtensionWriter writer;
  if (!mid.empty()) writer.add(1, as_bytes(mid));
  if (!rid.empty()) writer.add(2, as_bytes(rid));
  const std::size_t size = writer.finish(std::span(out).subspan(12));
  put_be(out, 0, 1, size ? 0x90 : 0x80);
  put_be(out, 1, 1, payload_type);
  put_be(out, 2, 2, seq);
  put_be(out, 8, 4, ssrc);
  return Buffer::copy_of(Bytes(out).first(12 + size + 20));
}

TEST(Uplinks, a_layer_stays_known_when_an_earlier_section_stops) {
  Uplinks uplinks;
  uplinks.update({mic(), camera()}, extensions());
  ASSERT_TRUE(uplinks.handle_rtp(packet(111, 10, 1, "0"), t0));
  ASSERT_TRUE(uplinks.handle_rtp(packet(96, 20, 1, "1", "q"), t0));
  ASSERT_TRUE(uplinks.handle_rtp(packet(96, 21, 1, "1", "h"), t0));

  uplinks.update({camera()}, extensions());

  const auto received = uplinks.handle_rtp(packet(96, 21, 2), t0 + 10ms);
  ASSERT_TRUE(received);
  EXPECT_EQ(received->track, kCamera);
  EXPECT_EQ(received->layer, 1);
  EXPECT_FALSE(uplinks.handle_rtp(packet(111, 10, 2), t0 + 10ms));
}

TEST(Uplinks, of_two_announced_streams_of_a_section_only_one_is_taken_at_a_time) {
  ReceiveSection section = mic();
  section.ssrcs = {Ssrc(10), Ssrc(11)};
  Uplinks uplinks;
  uplinks.update({section}, extensions());
  ASSERT_TRUE(uplinks.handle_rtp(packet(111, 10, 1), t0));

  EXPECT_FALSE(uplinks.handle_rtp(packet(111, 11, 1), t0 + 10ms));
  EXPECT_TRUE(uplinks.handle_rtp(packet(111, 10, 2), t0 + 20ms));
  EXPECT_TRUE(uplinks.handle_rtp(packet(111, 11, 2), t0 + 600ms)) << "the other has gone";
}

TEST(Uplinks, a_packet_longer_than_any_path_takes_is_malformed) {
  Uplinks uplinks;
  uplinks.update({mic()}, extensions());
  Buffer huge = Buffer::allocate();
  const Buffer small = packet(111, 10, 1, "0");
  std::ranges::copy(small.bytes(), huge.storage().begin());
  huge.resize(Uplinks::kMaxPacket + 1);

  EXPECT_FALSE(uplinks.handle_rtp(std::move(huge), t0));
  EXPECT_EQ(uplinks.counters().malformed, 1u);
}

}  // namespace
}  // namespace plenum::peer
