#include "media/srtp/key_derivation.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "media/srtp/test_packets.h"

namespace plenum::srtp {
namespace {

using test::hex;
using test::Packet;

MasterKey master(Profile profile, std::string_view key, std::string_view salt) {
  MasterKey m{.profile = profile};
  std::ranges::copy(hex(key), m.key.begin());
  std::ranges::copy(hex(salt), m.salt.begin());
  return m;
}

Packet derived(const MasterKey& m, Label label, std::size_t size) {
  Packet out(size);
  derive(m, label, out);
  return out;
}

TEST(KeyDerivation, yields_the_session_keys_of_rfc_3711_b_3) {
  const auto m = master(Profile::aes_cm_128_hmac_sha1_80, "e1f97a0d3e018be0d64fa32c06de4139",
                        "0ec675ad498afeebb6960b3aabe6");

  EXPECT_EQ(derived(m, Label::rtp_encryption, 16), hex("c61e7a93744f39ee10734afe3ff7a087"));
  EXPECT_EQ(derived(m, Label::rtp_salt, 14), hex("30cbbc08863d8c85d49db34a9ae1"));
  EXPECT_EQ(derived(m, Label::rtp_authentication, 94),
            hex("cebe321f6ff7716b6fd4ab49af256a15 6d38baa48f0a0acf3c34e2359e6cdbce"
                "e049646c43d9327ad175578ef7227098 6371c10c9a369ac2f94a8c5fbcdddc25"
                "6d6e919a48b610ef17c2041e47403576 6b68642c59bbfc2f34db60dbdfb2"));
}

TEST(KeyDerivation, yields_the_256_bit_session_keys_of_rfc_6188_7_4) {
  const auto m = master(Profile::aead_aes_256_gcm,
                        "f0f04914b513f2763a1b1fa130f10e29 98f6f6e43e4309d1e622a0e332b9f1b6",
                        "3b04803de51ee7c96423ab5b78d2");

  EXPECT_EQ(derived(m, Label::rtp_encryption, 32),
            hex("5ba1064e30ec51613cad926c5a28ef73 1ec7fb397f70a960653caf06554cd8c4"));
  EXPECT_EQ(derived(m, Label::rtp_salt, 14), hex("fa31791685ca444a9e07c6c64e93"));
}

TEST(KeyDerivation, separates_rtp_from_rtcp) {
  std::mt19937 random(1);
  for (const Profile profile : test::kProfiles) {
    const MasterKey m = test::random_key(profile, random);

    EXPECT_NE(derive_rtp_keys(m).key, derive_rtcp_keys(m).key);
    EXPECT_NE(derive_rtp_keys(m).salt, derive_rtcp_keys(m).salt);
  }
}

TEST(KeyingMaterial, is_cut_into_client_key_server_key_client_salt_server_salt) {
  Packet material(2 * (16 + 14));
  for (std::size_t i = 0; i < material.size(); ++i) material[i] = static_cast<std::byte>(i);

  const auto pair = split_keying_material(0x0001, material);

  ASSERT_TRUE(pair.ok());
  EXPECT_EQ(pair->client_write.key[0], std::byte{0});
  EXPECT_EQ(pair->server_write.key[0], std::byte{16});
  EXPECT_EQ(pair->client_write.salt[0], std::byte{32});
  EXPECT_EQ(pair->server_write.salt[0], std::byte{46});
  EXPECT_EQ(pair->server_write.salt[13], std::byte{59});
}

TEST(KeyingMaterial, has_the_sizes_of_rfc_5764_and_rfc_7714) {
  EXPECT_EQ(keying_material_size(Profile::aes_cm_128_hmac_sha1_80), 60u);
  EXPECT_EQ(keying_material_size(Profile::aead_aes_128_gcm), 56u);
  EXPECT_EQ(keying_material_size(Profile::aead_aes_256_gcm), 88u);
}

TEST(KeyingMaterial, of_a_wrong_size_or_an_unknown_profile_is_refused) {
  const Packet material(200);
  for (const Profile profile : test::kProfiles) {
    for (std::size_t size = 0; size < material.size(); ++size) {
      const auto pair =
          split_keying_material(static_cast<std::uint16_t>(profile), Bytes(material).first(size));
      EXPECT_EQ(pair.ok(), size == keying_material_size(profile));
    }
  }

  EXPECT_EQ(split_keying_material(0x0002, Bytes(material).first(60)).error(),
            KeyingError::unknown_profile);
}

}  // namespace
}  // namespace plenum::srtp
