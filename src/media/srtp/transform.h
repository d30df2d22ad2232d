#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/ids.h"
#include "media/srtp/evp.h"
#include "media/srtp/gcm.h"
#include "media/srtp/hmac_sha1.h"
#include "media/srtp/key_derivation.h"
#include "media/srtp/profile.h"

namespace plenum::srtp {

/// The cryptographic transform of one direction and one kind of packet under its session keys:
/// AES counter mode with HMAC-SHA1 (RFC 3711 section 4) or AES-GCM (RFC 7714). Contexts are keyed
/// once; a packet sets only the IV. Knows packets as byte ranges: no replay, no rollover counter.
class Transform {
 public:
  Transform(const SessionKeys& keys, Direction direction);

  void prefetch_key() const { gcm_.prefetch(); }
  /// Header in out[0, header_size); ciphertext and tag go behind it. `out` must have room.
  void seal_rtp(Ssrc ssrc, std::uint64_t index, MutableBytes out, std::size_t header_size,
                Bytes payload);
  /// packet = header, ciphertext, tag. False if the tag is wrong: the AEAD profiles have then
  /// turned the ciphertext into noise, and the same call with the same index turns it back.
  bool open_rtp(Ssrc ssrc, std::uint64_t index, MutableBytes packet, std::size_t header_size);

  /// Compound packet in storage[0, size); tag and index word go behind it.
  void seal_rtcp(Ssrc ssrc, std::uint32_t index, MutableBytes storage, std::size_t size);
  /// packet = the whole SRTCP packet, whose index word (E flag set) says `index`.
  bool open_rtcp(Ssrc ssrc, std::uint32_t index, MutableBytes packet);

 private:
  using Iv = std::array<std::byte, 16>;
  Iv counter_iv(Ssrc ssrc, std::uint64_t index) const;
  Gcm::Iv aead_iv(Ssrc ssrc, std::uint64_t index) const;
  void counter_mode(const Iv& iv, Bytes in, std::byte* out);

  Profile profile_;
  std::array<std::byte, kMaxSaltSize> salt_{};
  Gcm gcm_;  // of the AEAD profiles; idle in the other, as these are in them:
  evp::Context cipher_;
  HmacSha1 hmac_;
};

}  // namespace plenum::srtp
