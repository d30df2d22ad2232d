#include "media/sctp/packet_guard.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace plenum::sctp {
namespace {

using Packet = std::vector<std::byte>;

constexpr GuardState kNew{.local_port = 5000, .remote_port = 5000};
constexpr GuardState kEstablished{.local_port = 5000, .remote_port = 5000, .established = true};

Packet packet(std::uint32_t tag, std::initializer_list<Packet> chunks) {
  Packet out(12);
  put_be(out, 0, 2, 5000);
  put_be(out, 2, 2, 5000);
  put_be(out, 4, 4, tag);
  for (const Packet& c : chunks) {
    out.insert(out.end(), c.begin(), c.end());
    out.resize((out.size() + 3) / 4 * 4);
  }
  return out;
}

Packet chunk(int type, Packet value) {
  Packet out(4);
  out[0] = static_cast<std::byte>(type);
  put_be(out, 2, 2, 4 + value.size());
  out.insert(out.end(), value.begin(), value.end());
  return out;
}

Packet init(int type, Packet parameters) {
  Packet value(16, std::byte{1});
  value.insert(value.end(), parameters.begin(), parameters.end());
  return chunk(type, value);
}

Packet parameter(int type, std::size_t size) {
  Packet out(4 + size);
  put_be(out, 0, 2, static_cast<std::uint64_t>(type));
  put_be(out, 2, 2, out.size());
  return out;
}

const Packet kData = chunk(0, Packet(13));

TEST(PacketGuard, lets_through_what_a_data_channel_needs) {
  EXPECT_TRUE(is_acceptable(packet(0, {init(1, {})}), kNew));
  EXPECT_TRUE(is_acceptable(packet(0, {init(1, parameter(0xc000, 0))}), kNew));
  EXPECT_TRUE(is_acceptable(packet(7, {init(2, parameter(7, 180))}), kNew));
  EXPECT_TRUE(is_acceptable(packet(7, {chunk(10, Packet(200)), kData}), kNew));
  EXPECT_TRUE(is_acceptable(packet(7, {chunk(11, {}), chunk(3, Packet(12)), kData}), kEstablished));
  EXPECT_TRUE(is_acceptable(packet(7, {chunk(130, parameter(13, 14))}), kEstablished));
  EXPECT_TRUE(is_acceptable(packet(7, {chunk(192, Packet(8))}), kEstablished));
  EXPECT_TRUE(is_acceptable(packet(7, {chunk(6, {})}), kEstablished));
}

TEST(PacketGuard, refuses_addresses_in_a_handshake) {
  for (const int type : {5, 6, 11})
    for (const int handshake : {1, 2})
      EXPECT_FALSE(is_acceptable(
          packet(handshake == 1 ? 0 : 7, {init(handshake, parameter(type, 16))}), kNew));
}

TEST(PacketGuard, refuses_a_new_handshake_on_an_established_association) {
  EXPECT_FALSE(is_acceptable(packet(0, {init(1, {})}), kEstablished));
  EXPECT_FALSE(is_acceptable(packet(7, {init(2, {})}), kEstablished));
}

TEST(PacketGuard, refuses_bundled_handshakes_and_misplaced_tags) {
  EXPECT_FALSE(is_acceptable(packet(0, {init(1, {}), kData}), kNew));
  EXPECT_FALSE(is_acceptable(packet(7, {kData, init(1, {})}), kNew));
  EXPECT_FALSE(is_acceptable(packet(7, {init(1, {})}), kNew));
  EXPECT_FALSE(is_acceptable(packet(0, {kData}), kNew));
}

TEST(PacketGuard, refuses_foreign_ports_and_chunks_nobody_negotiated) {
  auto foreign = packet(7, {kData});
  foreign[1] = std::byte{0};
  EXPECT_FALSE(is_acceptable(foreign, kNew));
  for (const int type : {12, 13, 15, 64, 128, 129, 193, 255})
    EXPECT_FALSE(is_acceptable(packet(7, {chunk(type, Packet(8))}), kNew)) << type;
}

TEST(PacketGuard, refuses_lengths_that_lie) {
  EXPECT_FALSE(is_acceptable({}, kNew));
  EXPECT_FALSE(is_acceptable(packet(7, {}), kNew));
  const auto whole = packet(7, {chunk(11, {}), kData});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const bool is_boundary = size == 16 || size + 3 >= whole.size();  // padding may be missing
    EXPECT_EQ(is_acceptable(Bytes(whole).first(size), kNew), is_boundary) << size;
  }
  for (const int length : {0, 1, 3, 16, 21, 0xffff}) {
    auto lying = packet(7, {kData});
    put_be(lying, 14, 2, static_cast<std::uint64_t>(length));
    EXPECT_FALSE(is_acceptable(lying, kNew)) << length;
  }
  auto sack = packet(7, {chunk(3, Packet(12))});
  put_be(sack, 24, 2, 1);  // one gap block that is not there
  EXPECT_FALSE(is_acceptable(sack, kNew));
  auto inner = packet(0, {init(1, parameter(0x8008, 3))});
  put_be(inner, 34, 2, 3);  // a parameter shorter than its own header
  EXPECT_FALSE(is_acceptable(inner, kNew));
}

TEST(PacketGuard, survives_random_bytes) {
  std::mt19937 random(1);
  for (int i = 0; i < 50000; ++i) {
    auto p = packet(random() % 2, {});
    const std::size_t size = random() % 60;
    for (std::size_t k = 0; k < size; ++k) p.push_back(static_cast<std::byte>(random() % 20));
    std::ignore = is_acceptable(p, kNew);
  }
}

}  // namespace
}  // namespace plenum::sctp
