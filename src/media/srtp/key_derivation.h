#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "media/srtp/profile.h"

namespace plenum::srtp {

/// RFC 3711 section 8.2: the HMAC-SHA1 session key. Unused by the AEAD profiles.
inline constexpr std::size_t kAuthKeySize = 20;

/// What the packets of one direction and one kind (RTP or RTCP) are protected with.
struct SessionKeys {
  Profile profile = Profile::aead_aes_128_gcm;
  std::array<std::byte, kMaxKeySize> key{};
  std::array<std::byte, kMaxSaltSize> salt{};
  std::array<std::byte, kAuthKeySize> auth_key{};
};

/// Labels of RFC 3711 section 4.3.1 (RTP) and 4.3.2 (RTCP): cipher key, auth key, salt in a row.
enum class Label : std::uint8_t {
  rtp_encryption = 0,
  rtp_authentication = 1,
  rtp_salt = 2,
  rtcp_encryption = 3,
  rtcp_authentication = 4,
  rtcp_salt = 5,
};

/// The AES-CM pseudo-random function of RFC 3711 section 4.3.3 with a key derivation rate of 0
/// (the only one DTLS-SRTP has); AES-256 for the 256-bit profile (RFC 7714 section 11).
void derive(const MasterKey& master, Label label, MutableBytes out);

SessionKeys derive_rtp_keys(const MasterKey& master);
SessionKeys derive_rtcp_keys(const MasterKey& master);

}  // namespace plenum::srtp
