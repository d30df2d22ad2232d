#include "media/dtls/record.h"

#include <gtest/gtest.h>

#include <vector>

namespace plenum::dtls {
namespace {

std::vector<std::byte> record(std::uint8_t type, std::uint16_t epoch, std::size_t body) {
  std::vector<std::byte> d(kRecordHeaderSize + body);
  put_be(d, 0, 1, type);
  put_be(d, 1, 2, 0xFEFD);
  put_be(d, 3, 2, epoch);
  put_be(d, 11, 2, body);
  return d;
}

/// A handshake record of one fragment.
std::vector<std::byte> fragment(std::uint8_t type, std::uint64_t message, std::uint64_t offset,
                                std::size_t size) {
  auto d = record(22, 0, kHandshakeHeaderSize + size);
  put_be(d, 13, 1, type);
  put_be(d, 14, 3, message);
  put_be(d, 19, 3, offset);
  put_be(d, 22, 3, size);
  return d;
}
Bytes body_of(const std::vector<std::byte>& d) { return Bytes(d).subspan(kRecordHeaderSize); }

TEST(DtlsRecord, takes_records_off_one_after_the_other) {
  auto d = record(22, 0, 5);
  const auto second = record(23, 1, 0);
  d.insert(d.end(), second.begin(), second.end());
  d.push_back(std::byte{1});
  Bytes rest = d;
  const auto a = next_record(rest);
  const auto b = next_record(rest);

  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->type, ContentType::handshake);
  EXPECT_EQ(a->body.size(), 5u);
  EXPECT_EQ(b->epoch, 1);
  EXPECT_TRUE(b->body.empty());
  EXPECT_FALSE(next_record(rest));
}

TEST(DtlsRecord, rejects_truncation_at_every_length_and_other_protocols) {
  const auto d = record(22, 0, 5);
  for (std::size_t n = 0; n < d.size(); ++n) {
    Bytes rest = Bytes(d).first(n);
    EXPECT_FALSE(next_record(rest)) << n;
  }
  auto stun = d;
  stun[0] = std::byte{0};
  Bytes rest = stun;
  EXPECT_FALSE(next_record(rest));
  EXPECT_FALSE(looks_like_dtls(stun));
  EXPECT_TRUE(looks_like_dtls(d));
}

TEST(DtlsRecord, finds_the_random_only_in_the_hellos_first_fragment) {
  auto first = fragment(1, 200, 0, 60);
  first[13 + 12 + 2] = std::byte{0x77};

  ASSERT_TRUE(find_client_hello(first));
  EXPECT_EQ(find_client_hello(first)->random->front(), std::byte{0x77});
  ASSERT_TRUE(find_client_hello(fragment(1, 200, 60, 60)));
  EXPECT_FALSE(find_client_hello(fragment(1, 200, 60, 60))->random);
  EXPECT_FALSE(find_client_hello(fragment(1, 200, 0, 33))->random);
  EXPECT_FALSE(find_client_hello(fragment(11, 200, 0, 60)));
  EXPECT_FALSE(find_client_hello(record(22, 0, 5)));
}

TEST(DtlsRecord, knows_sound_fragments_from_lying_ones) {
  EXPECT_TRUE(is_sound_handshake(body_of(fragment(1, 200, 0, 200)), 16384));
  EXPECT_TRUE(is_sound_handshake(body_of(fragment(1, 200, 140, 60)), 16384));
  EXPECT_TRUE(is_sound_handshake(body_of(fragment(14, 0, 0, 0)), 16384));

  EXPECT_FALSE(is_sound_handshake({}, 16384));
  EXPECT_FALSE(is_sound_handshake(body_of(fragment(1, 200, 150, 60)), 16384));
  EXPECT_FALSE(is_sound_handshake(body_of(fragment(1, 200, 0, 0)), 16384));
  EXPECT_FALSE(is_sound_handshake(body_of(fragment(1, 20000, 0, 60)), 16384));
  auto longer = fragment(1, 200, 0, 60);
  put_be(longer, 22, 3, 61);
  EXPECT_FALSE(is_sound_handshake(body_of(longer), 16384));
  auto trailing = fragment(14, 0, 0, 0);
  trailing.push_back(std::byte{1});
  EXPECT_FALSE(is_sound_handshake(body_of(trailing), 16384));
}

}  // namespace
}  // namespace plenum::dtls
