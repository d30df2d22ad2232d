#include "media/srtp/inbound.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "media/srtp/outbound.h"
#include "media/srtp/test_packets.h"

namespace plenum::srtp {
namespace {

using test::open;
using test::open_rtcp;
using test::Packet;
using test::rtp_packet;
using test::seal;

constexpr Ssrc kSsrc{0x01020304};

class InboundTest : public testing::TestWithParam<Profile> {
 protected:
  Packet sealed(std::uint64_t index, Ssrc ssrc = kSsrc) {
    return seal(outbound, index, rtp_packet(ssrc, static_cast<std::uint16_t>(index), 40, random));
  }

  std::mt19937 random{7};
  MasterKey key = test::random_key(GetParam(), random);
  Outbound outbound{key};
  Inbound inbound{key};
};
INSTANTIATE_TEST_SUITE_P(Profiles, InboundTest, testing::ValuesIn(test::kProfiles));

TEST_P(InboundTest, opens_what_outbound_sealed_whatever_the_header) {
  std::uint64_t index = 1;
  for (std::size_t csrcs = 0; csrcs <= 15; csrcs += 5) {
    for (std::size_t words = 0; words < 5; ++words) {
      for (const std::size_t size : {0u, 1u, 15u, 16u, 17u, 1200u}) {
        const auto plain =
            rtp_packet(kSsrc, static_cast<std::uint16_t>(index), size, random, csrcs, words);
        const auto packet = seal(outbound, index, plain);
        ASSERT_EQ(packet.size(), plain.size() + outbound.rtp_overhead());

        ExtSeq seen;
        const auto opened = open(inbound, packet, &seen);

        ASSERT_TRUE(opened.ok());
        EXPECT_EQ(*opened, plain);
        EXPECT_EQ(seen, ExtSeq(index++));
      }
    }
  }
}

TEST_P(InboundTest, opens_a_packet_sealed_in_place) {
  const auto plain = rtp_packet(kSsrc, 5, 100, random);
  Packet packet = plain;
  packet.resize(plain.size() + outbound.rtp_overhead());

  ASSERT_EQ(outbound.seal_rtp(ExtSeq(5), packet, 12, Bytes(packet).subspan(12, 100)),
            packet.size());

  EXPECT_EQ(*open(inbound, packet), plain);
}

TEST_P(InboundTest, refuses_a_packet_with_any_one_byte_changed_and_then_takes_the_original) {
  const auto packet = sealed(1000);
  for (std::size_t i = 0; i < packet.size(); ++i) {
    auto forged = packet;
    forged[i] ^= std::byte{0x01};
    if (test::header_of(forged).payload_offset != 12) continue;  // the RTP parser's business
    EXPECT_EQ(open(inbound, forged).error(), OpenError::auth_failed) << i;
  }

  EXPECT_TRUE(open(inbound, packet).ok());
}

TEST_P(InboundTest, refuses_every_truncation) {
  const auto packet = sealed(1000);
  for (std::size_t size = 12; size < packet.size(); ++size) {
    const Packet cut(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(open(inbound, cut).ok()) << size;
  }
}

TEST_P(InboundTest, refuses_replays_and_what_fell_out_of_the_window) {
  std::vector<Packet> packets;
  for (std::uint64_t i = 0; i < 2000; ++i) packets.push_back(sealed(i));
  for (std::uint64_t i = 1; i < 2000; ++i) ASSERT_TRUE(open(inbound, packets[i]).ok());

  for (const Packet& p : packets) EXPECT_EQ(open(inbound, p).error(), OpenError::replayed);

  EXPECT_TRUE(open(inbound, sealed(2000)).ok());
}

TEST_P(InboundTest, takes_late_packets_inside_the_window_once) {
  const auto late = sealed(100);
  ASSERT_TRUE(open(inbound, sealed(100 + ReplayWindow::kSize - 1)).ok());

  EXPECT_TRUE(open(inbound, late).ok());
  EXPECT_EQ(open(inbound, late).error(), OpenError::replayed);
}

TEST_P(InboundTest, follows_the_sequence_number_over_several_wraps) {
  for (std::uint64_t index = 60000; index < 5 * 65536; index += 997) {
    ExtSeq seen;
    ASSERT_TRUE(open(inbound, sealed(index), &seen).ok());
    ASSERT_EQ(seen, ExtSeq(index));
  }
}

TEST_P(InboundTest, follows_the_wrap_under_reordering_and_loss) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::mt19937 rng(seed);
    Inbound fresh(key);
    std::vector<std::uint64_t> order;
    for (std::uint64_t i = 65300; i < 65900; ++i)
      if (rng() % 100 >= 20) order.push_back(i);
    for (std::size_t i = 0; i + 31 < order.size(); ++i) std::swap(order[i], order[i + rng() % 31]);

    for (const std::uint64_t index : order) {
      ExtSeq seen;
      ASSERT_TRUE(open(fresh, sealed(index), &seen).ok()) << seed << " " << index;
      ASSERT_EQ(seen, ExtSeq(index));
    }
  }
}

TEST_P(InboundTest, takes_a_first_packet_after_the_wrap_when_all_before_it_were_lost) {
  ExtSeq seen;
  EXPECT_TRUE(open(inbound, sealed(65536 + 3), &seen).ok());
  EXPECT_EQ(seen, ExtSeq(65536 + 3));

  EXPECT_TRUE(open(inbound, sealed(65534), &seen).ok());
  EXPECT_EQ(seen, ExtSeq(65534));
  EXPECT_TRUE(open(inbound, sealed(65536 + 4), &seen).ok());
  EXPECT_EQ(seen, ExtSeq(65536 + 4));
}

TEST_P(InboundTest, takes_a_first_packet_just_before_the_wrap) {
  ExtSeq seen;
  ASSERT_TRUE(open(inbound, sealed(65535), &seen).ok());
  EXPECT_EQ(seen, ExtSeq(65535));

  ASSERT_TRUE(open(inbound, sealed(65536 + 200), &seen).ok());
  EXPECT_EQ(seen, ExtSeq(65536 + 200));
}

TEST_P(InboundTest, keeps_sources_apart) {
  ASSERT_TRUE(open(inbound, sealed(65536 + 9, Ssrc(1))).ok());

  ExtSeq seen;
  EXPECT_TRUE(open(inbound, sealed(9, Ssrc(2)), &seen).ok());
  EXPECT_EQ(seen, ExtSeq(9));
  EXPECT_EQ(open(inbound, sealed(9, Ssrc(2))).error(), OpenError::replayed);
}

TEST_P(InboundTest, forgets_the_source_silent_longest_when_there_are_too_many) {
  const auto oldest = sealed(1, Ssrc(1)), kept = sealed(1, Ssrc(2));
  ASSERT_TRUE(open(inbound, oldest).ok());
  ASSERT_TRUE(open(inbound, kept).ok());
  for (std::uint32_t i = 0; i < SourceTable::kMaxSources - 1; ++i)
    ASSERT_TRUE(open(inbound, sealed(1, Ssrc(1000 + i))).ok());

  EXPECT_EQ(open(inbound, kept).error(), OpenError::replayed);
  EXPECT_TRUE(open(inbound, oldest).ok());
}

TEST_P(InboundTest, remembers_nothing_of_forged_sources) {
  const auto genuine = sealed(1);
  ASSERT_TRUE(open(inbound, genuine).ok());
  for (std::uint32_t i = 0; i < 2 * SourceTable::kMaxSources; ++i) {
    auto forged = genuine;
    put_be(forged, 8, 4, 5000 + i);
    ASSERT_EQ(open(inbound, forged).error(), OpenError::auth_failed);
  }

  EXPECT_EQ(open(inbound, genuine).error(), OpenError::replayed);
}

TEST_P(InboundTest, opens_rtcp_once) {
  for (std::size_t words = 0; words < 40; ++words) {
    const auto plain = test::rtcp_packet(kSsrc, words, random);
    const auto packet = test::seal_rtcp(outbound, plain);
    ASSERT_EQ(packet.size(), plain.size() + outbound.rtcp_overhead());

    const auto opened = open_rtcp(inbound, packet);

    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(*opened, plain);
    EXPECT_EQ(open_rtcp(inbound, packet).error(), OpenError::replayed);
  }
}

TEST_P(InboundTest, refuses_rtcp_with_any_byte_changed_or_missing_and_then_takes_the_original) {
  const auto packet = test::seal_rtcp(outbound, test::rtcp_packet(kSsrc, 6, random));
  for (std::size_t i = 0; i < packet.size(); ++i) {
    auto forged = packet;
    forged[i] ^= std::byte{0x80};
    EXPECT_FALSE(open_rtcp(inbound, forged).ok()) << i;
  }
  for (std::size_t size = 0; size < packet.size(); ++size) {
    const Packet cut(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(open_rtcp(inbound, cut).ok()) << size;
  }

  EXPECT_TRUE(open_rtcp(inbound, packet).ok());
}

TEST_P(InboundTest, refuses_rtcp_that_claims_not_to_be_encrypted) {
  auto packet = test::seal_rtcp(outbound, test::rtcp_packet(kSsrc, 6, random));
  const std::size_t word = packet.size() - 4 - (is_aead(GetParam()) ? 0 : 10);
  packet[word] &= std::byte{0x7f};

  EXPECT_EQ(open_rtcp(inbound, packet).error(), OpenError::not_encrypted);
}

TEST_P(InboundTest, survives_being_moved_as_outbound_does) {
  ASSERT_TRUE(open(inbound, sealed(1)).ok());
  Inbound other(std::move(inbound));
  Outbound sender(std::move(outbound));
  const auto next = seal(sender, 2, rtp_packet(kSsrc, 2, 40, random));

  EXPECT_TRUE(open(other, next).ok());
  EXPECT_EQ(open(other, next).error(), OpenError::replayed);
}

TEST_P(InboundTest, does_not_get_packets_from_outbound_that_would_not_fit) {
  Packet out(12 + 40 + outbound.rtp_overhead());
  const Packet payload(41);
  EXPECT_EQ(outbound.seal_rtp(ExtSeq(0), out, 12, payload), 0u);
  EXPECT_EQ(outbound.seal_rtp(ExtSeq(0), out, 11, {}), 0u);

  Packet compound(8 + outbound.rtcp_overhead());
  EXPECT_EQ(outbound.seal_rtcp(compound, 7), 0u);
  EXPECT_EQ(outbound.seal_rtcp(compound, 9), 0u);
  EXPECT_EQ(outbound.seal_rtcp(compound, 8), compound.size());
}

TEST(EstimateIndex, picks_the_nearest_index_but_none_before_zero) {
  EXPECT_EQ(estimate_index(0, 0), 0u);
  EXPECT_EQ(estimate_index(3, 65534), 65534u);
  EXPECT_EQ(estimate_index(65534, 3), 65536u + 3);
  EXPECT_EQ(estimate_index(65536 + 3, 65534), 65534u);
  EXPECT_EQ(estimate_index(65536 + 40000, 40001), 65536u + 40001);
  EXPECT_EQ(estimate_index(0xffffffffffff, 0), 0xffffffff0000u);
}

TEST(ReplayWindow, agrees_with_a_plain_list_of_accepted_indices) {
  std::mt19937 random(3);
  ReplayWindow window;
  std::vector<bool> accepted(20000);
  std::uint64_t highest = 0;
  for (int i = 0; i < 50000; ++i) {
    const std::uint64_t back = random() % 1500, forth = random() % 8 == 0 ? random() % 1200 : 1;
    const std::uint64_t index =
        random() % 3 == 0 ? highest + forth : (highest > back ? highest - back : 0);
    if (index >= accepted.size()) break;
    const bool replay = accepted[index] || highest >= index + ReplayWindow::kSize;
    ASSERT_EQ(window.is_replay(index), replay) << index;
    if (replay) continue;
    window.accept(index);
    accepted[index] = true;
    highest = std::max(highest, index);
  }
}

}  // namespace
}  // namespace plenum::srtp
