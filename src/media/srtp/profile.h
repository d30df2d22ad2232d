#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace plenum::srtp {

/// DTLS-SRTP protection profiles: RFC 5764 section 4.1.2, RFC 7714 section 14.2.
enum class Profile : std::uint16_t {
  aes_cm_128_hmac_sha1_80 = 0x0001,
  aead_aes_128_gcm = 0x0007,
  aead_aes_256_gcm = 0x0008,
};

inline constexpr std::size_t kMaxKeySize = 32;
/// RFC 3711 section 8.2: 112 bits. The AEAD profiles use the first 96 (RFC 7714 section 12).
inline constexpr std::size_t kMaxSaltSize = 14;
/// The E flag and the 31-bit SRTCP index, RFC 3711 section 3.4.
inline constexpr std::size_t kRtcpIndexSize = 4;
/// The longest thing any profile adds to a packet: AEAD tag and SRTCP index.
inline constexpr std::size_t kMaxOverhead = 16 + kRtcpIndexSize;

constexpr bool is_aead(Profile p) { return p != Profile::aes_cm_128_hmac_sha1_80; }
constexpr std::size_t key_size(Profile p) { return p == Profile::aead_aes_256_gcm ? 32 : 16; }
constexpr std::size_t salt_size(Profile p) { return is_aead(p) ? 12 : 14; }
/// Authentication tag of SRTP and of SRTCP alike.
constexpr std::size_t tag_size(Profile p) { return is_aead(p) ? 16 : 10; }
/// What to ask of the DTLS exporter: both directions' master keys and salts.
constexpr std::size_t keying_material_size(Profile p) { return 2 * (key_size(p) + salt_size(p)); }

/// Master key and master salt of one direction.
struct MasterKey {
  Profile profile = Profile::aead_aes_128_gcm;
  /// The first key_size(profile) bytes count.
  std::array<std::byte, kMaxKeySize> key{};
  /// The first salt_size(profile) bytes count; the rest stays 0.
  std::array<std::byte, kMaxSaltSize> salt{};
};

/// Named by the DTLS roles: the DTLS client seals with client_write and opens with server_write.
struct KeyPair {
  MasterKey client_write;
  MasterKey server_write;
};

enum class KeyingError : std::uint8_t { unknown_profile, wrong_size };

/// Cuts the exporter's output: client key, server key, client salt, server salt.
/// RFC 5764 section 4.2. The material must be exactly keying_material_size(profile) long.
Result<KeyPair, KeyingError> split_keying_material(std::uint16_t profile, Bytes material);

}  // namespace plenum::srtp
