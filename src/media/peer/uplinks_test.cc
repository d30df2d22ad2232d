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

/// A microphone whose section also takes RED and comfort noise, and a camera that could send VP9.
std::vector<ReceiveSection> choices() {
  ReceiveSection voice = mic();
  voice.red_payload_type = 63;
  ReceiveSection video = camera();
  video.rids.clear();
  video.codecs.front().feedback.nack = true;
  video.codecs.push_back({98, codec::Codec::vp9, {}, 99, {}});
  return {voice, video};
}

TEST(Uplinks, the_first_packet_decides_in_which_codec_the_track_is) {
  Uplinks uplinks;
  uplinks.update(choices(), extensions());
  const auto first = uplinks.handle_rtp(packet(98, 20, 1, "1"), t0);
  const auto second = uplinks.handle_rtp(packet(98, 20, 2), t0);
  uplinks.update(choices(), extensions());
  const auto third = uplinks.handle_rtp(packet(98, 20, 3), t0);
  const auto other = uplinks.handle_rtp(packet(96, 20, 4), t0);

  ASSERT_TRUE(first && second && third && other);
  EXPECT_EQ(first->chosen_codec, codec::Codec::vp9);
  EXPECT_EQ(second->chosen_codec, std::nullopt);
  EXPECT_EQ(third->chosen_codec, std::nullopt);
  EXPECT_FALSE(first->packet.payload().empty() || third->packet.payload().empty());
  EXPECT_TRUE(other->packet.payload().empty());
}

TEST(Uplinks, a_codec_that_is_silent_gives_way_to_another_that_was_agreed_to) {
  Uplinks uplinks;
  uplinks.update(choices(), extensions());
  ASSERT_TRUE(uplinks.handle_rtp(packet(96, 20, 1, "1"), t0));
  const auto early = uplinks.handle_rtp(packet(98, 20, 2), t0 + 299ms);
  const auto later = uplinks.handle_rtp(packet(98, 20, 3), t0 + 300ms);
  const auto back = uplinks.handle_rtp(packet(96, 20, 4), t0 + 2200ms);
  const auto much_later = uplinks.handle_rtp(packet(96, 20, 5), t0 + 2300ms);

  ASSERT_TRUE(early && later && back && much_later);
  EXPECT_TRUE(early->packet.payload().empty());
  EXPECT_EQ(later->chosen_codec, codec::Codec::vp9);
  EXPECT_FALSE(later->packet.payload().empty());
  EXPECT_TRUE(back->packet.payload().empty());
  EXPECT_EQ(much_later->chosen_codec, codec::Codec::vp8);
}

TEST(Uplinks, of_a_packet_in_another_codec_than_the_bound_one_only_the_number_counts) {
  Uplinks uplinks;
  uplinks.update(choices(), extensions());
  ASSERT_TRUE(uplinks.handle_rtp(packet(111, 10, 1, "0"), t0));
  ASSERT_TRUE(uplinks.handle_rtp(packet(96, 20, 1, "1"), t0));
  const auto noise = uplinks.handle_rtp(packet(13, 10, 2), t0);
  const auto vp9 = uplinks.handle_rtp(packet(98, 20, 2), t0);
  const auto red = uplinks.handle_rtp(packet(63, 10, 3), t0);
  const auto vp8 = uplinks.handle_rtp(packet(96, 20, 3), t0);

  ASSERT_TRUE(noise && vp9 && red && vp8);
  EXPECT_TRUE(noise->packet.payload().empty());
  EXPECT_TRUE(vp9->packet.payload().empty());
  EXPECT_EQ(vp9->packet.seq.value(), vp8->packet.seq.value() - 1);
  EXPECT_TRUE(red->red);
  EXPECT_EQ(red->packet.payload().size(), 20u);
  EXPECT_EQ(vp8->packet.payload().size(), 20u);
  std::array<std::byte, 1500> out;
  while (uplinks.poll_rtcp(t0 + 200ms, out)) {
  }
  EXPECT_EQ(uplinks.counters().nacks_sent, 0u) << "nothing was lost";
}

TEST(Uplinks, no_stream_begins_in_another_codec_than_the_tracks) {
  Uplinks uplinks;
  uplinks.update(choices(), extensions());

  EXPECT_FALSE(uplinks.handle_rtp(packet(13, 10, 1, "0"), t0));
  EXPECT_TRUE(uplinks.handle_rtp(packet(96, 20, 1, "1"), t0));
  EXPECT_FALSE(uplinks.handle_rtp(packet(98, 21, 1, "1"), t0 + 299ms));
}

TEST(Uplinks, a_later_description_that_prefers_another_codec_does_not_change_the_track) {
  std::vector<ReceiveSection> sections = choices();
  Uplinks uplinks;
  uplinks.update(sections, extensions());
  ASSERT_TRUE(uplinks.handle_rtp(packet(96, 20, 1, "1"), t0));
  std::swap(sections[1].codecs[0], sections[1].codecs[1]);
  uplinks.update(sections, extensions());
  const auto vp9 = uplinks.handle_rtp(packet(98, 20, 2), t0);
  const auto vp8 = uplinks.handle_rtp(packet(96, 20, 3), t0);

  ASSERT_TRUE(vp9 && vp8);
  EXPECT_TRUE(vp9->packet.payload().empty());
  EXPECT_FALSE(vp8->packet.payload().empty());
}

TEST(Uplinks, leave_it_to_the_track_to_ask_for_a_key_frame_after_too_many_losses) {
  ReceiveSection section = camera();
  section.codecs.front().feedback.nack = true;
  Uplinks uplinks;
  uplinks.update({section}, extensions());
  ASSERT_TRUE(uplinks.handle_rtp(packet(96, 21, 1, "1", "h"), t0));
  EXPECT_FALSE(uplinks.poll_keyframe_needed());
  ASSERT_TRUE(uplinks.handle_rtp(packet(96, 21, 3000, "1", "h"), t0));
  std::array<std::byte, 1200> rtcp;
  EXPECT_EQ(uplinks.poll_rtcp(t0, rtcp), 0u);

  const auto needed = uplinks.poll_keyframe_needed();
  ASSERT_TRUE(needed);
  EXPECT_EQ(needed->track, kCamera);
  EXPECT_EQ(needed->layer, 1);
  EXPECT_FALSE(uplinks.poll_keyframe_needed());
}

}  // namespace
}  // namespace plenum::peer
