#include "media/stun/message.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "base/crypto.h"

namespace plenum::stun {
namespace {

std::vector<std::byte> hex(std::string_view text) {
  std::vector<std::byte> out;
  unsigned v = 0;
  int digits = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\n') continue;
    v = v << 4 | static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
    if (++digits == 2) {
      out.push_back(static_cast<std::byte>(v));
      v = 0;
      digits = 0;
    }
  }
  return out;
}

constexpr std::string_view kPassword = "VOkJxbRl1RmTxUk/WvJxBt";

/// RFC 5769 section 2.1.
std::vector<std::byte> sample_request() {
  return hex(
      "00010058 2112a442 b7e7a701 bc34d686 fa87dfae 80220010 5354554e 20746573 7420636c 69656e74"
      "00240004 6e0001ff 80290008 932ff9b1 51263b36 00060009 6576746a 3a683676 59202020"
      "00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2 80280004 e57a3bcf");
}
/// RFC 5769 section 2.2.
std::vector<std::byte> sample_ipv4_response() {
  return hex(
      "0101003c 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220"
      "00200008 0001a147 e112a643 00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7"
      "80280004 c07d4c96");
}
/// RFC 5769 section 2.3.
std::vector<std::byte> sample_ipv6_response() {
  return hex(
      "01010048 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220"
      "00200014 0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9"
      "00080014 a382954e 4be67bf1 1784c97c 8292c275 bfe3ed41 80280004 c8fb0b4c");
}

TransactionId some_id() {
  TransactionId id;
  for (std::size_t i = 0; i < id.size(); ++i) id[i] = static_cast<std::byte>(i + 1);
  return id;
}

struct Written {
  std::array<std::byte, 2048> memory{};
  MessageWriter writer;
  explicit Written(Class c = Class::request) : writer(memory, c, Method::binding, some_id()) {}
};

TEST(StunMessage, reads_the_sample_request_of_rfc_5769) {
  const auto bytes = sample_request();
  const auto m = MessageView::parse(bytes);

  ASSERT_TRUE(m.ok());
  EXPECT_EQ(m->message_class(), Class::request);
  EXPECT_EQ(m->method(), Method::binding);
  EXPECT_EQ(m->username(), "evtj:h6vY");
  EXPECT_EQ(m->priority(), 0x6e0001ffu);
  EXPECT_EQ(m->ice_controlled(), 0x932ff9b151263b36u);
  EXPECT_FALSE(m->ice_controlling());
  EXPECT_FALSE(m->use_candidate());
  EXPECT_TRUE(m->has_fingerprint());
  EXPECT_TRUE(m->unknown_required().empty());
  EXPECT_TRUE(m->verify_integrity(as_bytes(kPassword)));
  EXPECT_FALSE(m->verify_integrity(as_bytes("VOkJxbRl1RmTxUk/WvJxBT")));
}

TEST(StunMessage, reads_the_sample_responses_of_rfc_5769) {
  const auto v4 = sample_ipv4_response();
  const auto v6 = sample_ipv6_response();
  const auto m4 = MessageView::parse(v4);
  const auto m6 = MessageView::parse(v6);

  ASSERT_TRUE(m4.ok());
  EXPECT_EQ(m4->message_class(), Class::success);
  EXPECT_EQ(m4->xor_mapped_address(), Address::parse("192.0.2.1", 32853));
  EXPECT_TRUE(m4->verify_integrity(as_bytes(kPassword)));
  ASSERT_TRUE(m6.ok());
  EXPECT_EQ(m6->xor_mapped_address(),
            Address::parse("2001:db8:1234:5678:11:2233:4455:6677", 32853));
  EXPECT_TRUE(m6->verify_integrity(as_bytes(kPassword)));
}

TEST(StunMessage, writes_what_it_reads) {
  Written w;
  w.writer.username("local:remote");
  w.writer.priority(0x12345678);
  w.writer.use_candidate();
  w.writer.ice_controlling(0x1122334455667788);
  w.writer.integrity(as_bytes("secret"));
  w.writer.fingerprint();
  ASSERT_TRUE(w.writer.ok());

  const auto m = MessageView::parse(w.writer.written());

  ASSERT_TRUE(m.ok());
  EXPECT_EQ(m->transaction_id(), some_id());
  EXPECT_EQ(m->username(), "local:remote");
  EXPECT_EQ(m->priority(), 0x12345678u);
  EXPECT_TRUE(m->use_candidate());
  EXPECT_EQ(m->ice_controlling(), 0x1122334455667788u);
  EXPECT_TRUE(m->has_fingerprint());
  EXPECT_TRUE(m->verify_integrity(as_bytes("secret")));
}

TEST(StunMessage, writes_mapped_addresses_of_both_families_and_error_codes) {
  for (const auto& a : {*Address::parse("203.0.113.9", 1), *Address::parse("2001:db8::7", 65535)}) {
    Written w(Class::success);
    w.writer.xor_mapped_address(a);
    const auto m = MessageView::parse(w.writer.written());
    ASSERT_TRUE(m.ok());
    EXPECT_EQ(m->xor_mapped_address(), a);
  }
  Written w(Class::error);
  w.writer.error_code(487, "Role Conflict");
  const auto m = MessageView::parse(w.writer.written());

  ASSERT_TRUE(m.ok());
  EXPECT_EQ(m->message_class(), Class::error);
  EXPECT_EQ(m->error_code(), 487);
}

TEST(StunMessage, keeps_class_and_method_apart_for_every_value_rfc_7983_lets_through) {
  for (unsigned c = 0; c < 4; ++c) {
    for (unsigned method = 0; method < 0x100; ++method) {
      std::array<std::byte, 20> memory;
      MessageWriter w(memory, static_cast<Class>(c), static_cast<Method>(method), some_id());
      const auto m = MessageView::parse(w.written());
      ASSERT_TRUE(m.ok());
      EXPECT_EQ(m->message_class(), static_cast<Class>(c));
      EXPECT_EQ(m->method(), static_cast<Method>(method));
    }
  }
}

TEST(StunMessage, lists_unknown_required_attributes_and_tolerates_unknown_optional_ones) {
  Written w;
  w.writer.attribute(static_cast<Attribute>(0x7001), as_bytes("abc"));
  w.writer.attribute(static_cast<Attribute>(0xC057), as_bytes("wifi"));
  for (int i = 0; i < 12; ++i) w.writer.attribute(static_cast<Attribute>(0x7002), {});
  const auto m = MessageView::parse(w.writer.written());

  ASSERT_TRUE(m.ok());
  ASSERT_EQ(m->unknown_required().size(), 8u);
  EXPECT_EQ(m->unknown_required()[0], 0x7001);
  EXPECT_EQ(as_text(*m->attribute(static_cast<Attribute>(0xC057))), "wifi");
}

TEST(StunMessage, accepts_a_request_of_a_thousand_bytes_with_dtls_inside) {
  const std::vector<std::byte> dtls(900, std::byte{22});
  Written w;
  w.writer.username("a:b");
  w.writer.attribute(static_cast<Attribute>(0xC070), dtls);
  w.writer.attribute(static_cast<Attribute>(0xC071), {});
  w.writer.integrity(as_bytes("pwd"));
  w.writer.fingerprint();
  const auto m = MessageView::parse(w.writer.written());

  ASSERT_TRUE(m.ok());
  EXPECT_TRUE(m->verify_integrity(as_bytes("pwd")));
}

TEST(StunMessage, does_not_verify_without_integrity_or_with_attributes_behind_it) {
  Written bare;
  bare.writer.username("a:b");
  Written behind;
  behind.writer.integrity(as_bytes("pwd"));
  behind.writer.use_candidate();
  Written sha256_behind;
  sha256_behind.writer.integrity(as_bytes("pwd"));
  sha256_behind.writer.attribute(Attribute::message_integrity_sha256, as_bytes("0123456789abcdef"));

  EXPECT_FALSE(MessageView::parse(bare.writer.written())->verify_integrity(as_bytes("pwd")));
  const auto m = MessageView::parse(behind.writer.written());
  EXPECT_FALSE(m->verify_integrity(as_bytes("pwd")));
  EXPECT_FALSE(m->use_candidate()) << "an unprotected attribute must not be read";
  EXPECT_TRUE(
      MessageView::parse(sha256_behind.writer.written())->verify_integrity(as_bytes("pwd")));
}

TEST(StunMessage, rejects_a_wrong_fingerprint_and_one_that_is_not_last) {
  auto bytes = sample_request();
  bytes.back() ^= std::byte{1};
  EXPECT_EQ(MessageView::parse(bytes).error(), ParseError::bad_fingerprint);

  Written w;
  w.writer.fingerprint();
  w.writer.use_candidate();
  EXPECT_EQ(MessageView::parse(w.writer.written()).error(), ParseError::bad_attribute);
}

TEST(StunMessage, rejects_every_truncation) {
  for (const auto& bytes : {sample_request(), sample_ipv6_response()}) {
    for (std::size_t n = 0; n < bytes.size(); ++n) {
      EXPECT_FALSE(MessageView::parse(Bytes(bytes).first(n)).ok()) << n;
      auto cut = std::vector(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
      if (n >= kHeaderSize)
        put_be(cut, 2, 2, n - kHeaderSize);  // a length that agrees with the cut
      const auto m = MessageView::parse(cut);
      EXPECT_FALSE(m.ok() && m->has_fingerprint()) << n;
    }
  }
}

TEST(StunMessage, rejects_lengths_that_lie) {
  auto longer = sample_request();
  put_be(longer, 2, 2, 0x005C);
  auto attribute = sample_request();
  put_be(attribute, 22, 2, 0xFFFF);
  auto odd = sample_request();
  put_be(odd, 2, 2, 0x0057);
  std::vector<std::byte> huge(kMaxMessageSize + 4);
  put_be(huge, 2, 2, huge.size() - kHeaderSize);
  put_be(huge, 4, 4, kMagicCookie);

  EXPECT_EQ(MessageView::parse(longer).error(), ParseError::bad_length);
  EXPECT_EQ(MessageView::parse(attribute).error(), ParseError::bad_attribute);
  EXPECT_EQ(MessageView::parse(odd).error(), ParseError::bad_length);
  EXPECT_EQ(MessageView::parse(huge).error(), ParseError::too_long);
}

TEST(StunMessage, no_flipped_bit_of_the_protected_part_survives_verification) {
  const auto good = sample_request();
  for (std::size_t bit = 0; bit < (good.size() - 8) * 8; ++bit) {
    auto bad = good;
    bad[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
    put_be(bad, 2, 2, be16(bad, 2) - 8u);
    // Without FINGERPRINT, which would notice first.
    const auto m = MessageView::parse(Bytes(bad).first(bad.size() - 8));
    EXPECT_FALSE(m.ok() && m->verify_integrity(as_bytes(kPassword))) << bit;
  }
}

TEST(StunMessage, survives_random_bytes_behind_a_valid_header) {
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    std::vector<std::byte> bytes(kHeaderSize + 4 * (random() % 24));
    for (auto& b : bytes) b = static_cast<std::byte>(random() % 40);
    put_be(bytes, 0, 2, random() & 0x3FFF);
    put_be(bytes, 2, 2, bytes.size() - kHeaderSize);
    put_be(bytes, 4, 4, kMagicCookie);
    const auto m = MessageView::parse(bytes);
    if (!m.ok()) continue;
    (void)m->username();
    (void)m->xor_mapped_address();
    (void)m->error_code();
    EXPECT_FALSE(m->verify_integrity(as_bytes("pwd")));
  }
}

TEST(StunMessage, writing_past_the_end_fails_and_writes_nothing_there) {
  for (std::size_t room = 0; room < 100; ++room) {
    std::vector<std::byte> memory(room);
    MessageWriter w(memory, Class::request, Method::binding, some_id());
    w.username("local:remote");
    w.integrity(as_bytes("pwd"));
    w.fingerprint();
    EXPECT_EQ(w.ok(), room >= kHeaderSize + 16 + 24 + 8) << room;
  }
}

TEST(StunMessage, other_protocols_do_not_look_like_stun) {
  std::array<std::byte, 20> rtp{std::byte{0x80}};
  std::array<std::byte, 20> dtls{std::byte{22}};

  EXPECT_FALSE(looks_like_stun(rtp));
  EXPECT_FALSE(looks_like_stun(dtls));
  EXPECT_FALSE(looks_like_stun({}));
  EXPECT_TRUE(looks_like_stun(sample_request()));
}

TEST(StunMessage, tells_its_username_without_any_other_check) {
  auto bytes = sample_request();
  bytes.back() ^= std::byte{1};  // the checksum
  EXPECT_FALSE(MessageView::parse(bytes).ok());
  EXPECT_EQ(find_username(bytes), "evtj:h6vY");
  EXPECT_EQ(find_username(sample_ipv4_response()), std::nullopt);

  for (std::size_t size = 0; size < 20 + 20 + 8 + 12 + 4 + 9; ++size)  // up to the end of the name
    EXPECT_EQ(find_username(Bytes(bytes).first(size)), std::nullopt) << size;
}

}  // namespace
}  // namespace plenum::stun
