#pragma once
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/slab.h"
#include "media/srtp/profile.h"
#include "media/srtp/transform.h"

namespace plenum::srtp {

/// Protects what one transport sends: SRTP and SRTCP, RFC 3711 and RFC 7714. It keeps no state per
/// SSRC: the caller numbers packets with 64 bits and so knows the rollover counter. The caller
/// must never seal two different packets of an SSRC under one index (a retransmission goes out on
/// its RTX SSRC, or bit for bit the same). Allocates nothing after construction.
class Outbound : public slab::Object {
 public:
  explicit Outbound(const MasterKey& key);

  /// The RTP header already stands in out[0, header_size), its sequence number being the low 16
  /// bits of `index`. Reads `payload`, writes the ciphertext and the tag behind the header.
  /// `payload` may be shared memory elsewhere, or begin exactly at out[header_size] (in place).
  /// Returns the size of the packet; 0 if `out` is too small for it.
  std::size_t seal_rtp(ExtSeq index, MutableBytes out, std::size_t header_size, Bytes payload);
  /// Start to fetch what seal_rtp() will read: first this object, then what it points at.
  void prefetch() const {
    for (std::size_t at = 0; at < sizeof profile_ + sizeof rtp_; at += 64)
      __builtin_prefetch(reinterpret_cast<const std::byte*>(this) + at);
  }
  void prefetch_key() const { rtp_.prefetch_key(); }
  /// Bytes that seal_rtp adds.
  std::size_t rtp_overhead() const { return tag_size(profile_); }

  /// Protects the compound packet in storage[0, size) in place. Returns the new size; 0 if the
  /// storage is too small, the packet has no complete header, or all 2^31 indices are used up.
  std::size_t seal_rtcp(MutableBytes storage, std::size_t size);
  std::size_t rtcp_overhead() const { return tag_size(profile_) + kRtcpIndexSize; }

 private:
  Profile profile_;
  Transform rtp_;
  Transform rtcp_;
  /// One index for all SSRCs: it only has to grow (RFC 3711 section 3.4).
  std::uint32_t rtcp_index_ = 0;
};

}  // namespace plenum::srtp
