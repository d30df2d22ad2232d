#include "media/srtp/transform.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "media/srtp/test_packets.h"

namespace plenum::srtp {
namespace {

using test::hex;
using test::Packet;

SessionKeys session(Profile profile, std::string_view key, std::string_view salt) {
  SessionKeys keys{.profile = profile};
  std::ranges::copy(hex(key), keys.key.begin());
  std::ranges::copy(hex(salt), keys.salt.begin());
  return keys;
}

constexpr std::string_view kKey128 = "000102030405060708090a0b0c0d0e0f";
constexpr std::string_view kKey256 =
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr std::string_view kSalt = "517569642070726f2071756f";

struct Vector {
  Profile profile;
  std::string_view key, plain, sealed;
};

// RFC 7714 section 16: header of 12 bytes, sequence number f17b, rollover counter 0.
constexpr std::string_view kRtp =
    "8040f17b8041f8d35501a0b2 47616c6c696120657374206f6d6e697320646976"
    "69736120696e207061727465732074726573";
constexpr Vector kRtpVectors[] = {
    {Profile::aead_aes_128_gcm, kKey128, kRtp,
     "8040f17b8041f8d35501a0b2 f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f"
     "42a5f47a51c7d19b36de3adf8833 899d7f27beb16a9152cf765ee4390cce"},
    {Profile::aead_aes_256_gcm, kKey256, kRtp,
     "8040f17b8041f8d35501a0b2 32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3"
     "b50b2a0276ffae0f1ba63799b87b 7aa3db36dfffd6b0f9bb7878d7a76c13"},
};

// RFC 7714 section 17: SRTCP index 5d4.
constexpr std::string_view kRtcp =
    "81c8000d4d617273 4e5450314e545032525450200000042a0000e9304c756e61"
    "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";
constexpr Vector kRtcpVectors[] = {
    {Profile::aead_aes_128_gcm, kKey128, kRtcp,
     "81c8000d4d617273 63e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1"
     "730d6fda4ce09b4686303ded0bb9275b c84aa45896cf4d2fc5abf87245d9eade 800005d4"},
    {Profile::aead_aes_256_gcm, kKey256, kRtcp,
     "81c8000d4d617273 d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1"
     "110555be8415f658c61de0476f1b6fad 1d1eb30c4446839f57ff6f6cb26ac3be 800005d4"},
};

TEST(Transform, in_counter_mode_produces_the_key_stream_of_rfc_3711_b_2) {
  Transform transform(session(Profile::aes_cm_128_hmac_sha1_80, "2b7e151628aed2a6abf7158809cf4f3c",
                              "f0f1f2f3f4f5f6f7f8f9fafbfcfd"),
                      Direction::seal);
  const Packet zeros(48);
  Packet out(12 + zeros.size() + 10);

  transform.seal_rtp(Ssrc(0), 0, out, 12, zeros);

  EXPECT_EQ(Packet(out.begin() + 12, out.begin() + 60),
            hex("e03ead0935c95e80e166b16dd92b4eb4 d23513162b02d0f72a43a2fe4a5f97ab"
                "41e95b3bb0a2e8dd477901e4fca894c0"));
}

TEST(Transform, seals_and_opens_the_rtp_vectors_of_rfc_7714_16) {
  for (const Vector& v : kRtpVectors) {
    const Packet plain = hex(v.plain), sealed = hex(v.sealed);
    const SessionKeys keys = session(v.profile, v.key, kSalt);
    Packet packet = plain;
    packet.resize(sealed.size());

    Transform(keys, Direction::seal)
        .seal_rtp(Ssrc(0x5501a0b2), 0xf17b, packet, 12, Bytes(plain).subspan(12));
    EXPECT_EQ(packet, sealed);

    EXPECT_TRUE(Transform(keys, Direction::open).open_rtp(Ssrc(0x5501a0b2), 0xf17b, packet, 12));
    packet.resize(plain.size());
    EXPECT_EQ(packet, plain);
  }
}

TEST(Transform, seals_and_opens_the_rtcp_vectors_of_rfc_7714_17) {
  for (const Vector& v : kRtcpVectors) {
    const Packet plain = hex(v.plain), sealed = hex(v.sealed);
    const SessionKeys keys = session(v.profile, v.key, kSalt);
    Packet packet = plain;
    packet.resize(sealed.size());

    Transform(keys, Direction::seal).seal_rtcp(Ssrc(0x4d617273), 0x5d4, packet, plain.size());
    EXPECT_EQ(packet, sealed);

    EXPECT_TRUE(Transform(keys, Direction::open).open_rtcp(Ssrc(0x4d617273), 0x5d4, packet));
    packet.resize(plain.size());
    EXPECT_EQ(packet, plain);
  }
}

TEST(HmacSha1, yields_the_tags_of_rfc_2202) {
  const auto tag = [](Bytes key, Bytes data) {
    const auto t = HmacSha1(key)(data.first(1), data.subspan(1));
    return Packet(t.begin(), t.end());
  };

  EXPECT_EQ(tag(Packet(20, std::byte{0x0b}), as_bytes("Hi There")),
            hex("b617318655057264e28bc0b6fb378c8ef146be00"));
  EXPECT_EQ(tag(as_bytes("Jefe"), as_bytes("what do ya want for nothing?")),
            hex("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"));
}

}  // namespace
}  // namespace plenum::srtp
