#pragma once
#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "media/rtp/header.h"
#include "media/srtp/inbound.h"
#include "media/srtp/outbound.h"
#include "media/srtp/profile.h"

/// Packets and keys for the tests of this folder.
namespace plenum::srtp::test {

using Packet = std::vector<std::byte>;

inline constexpr Profile kProfiles[] = {Profile::aes_cm_128_hmac_sha1_80, Profile::aead_aes_128_gcm,
                                        Profile::aead_aes_256_gcm};

/// Hexadecimal digits; anything else in between is skipped.
inline Packet hex(std::string_view text) {
  Packet out;
  int high = -1;
  for (const char c : text) {
    const auto digit = std::string_view("0123456789abcdef").find(c);
    if (digit == std::string_view::npos) continue;
    if (high < 0) {
      high = static_cast<int>(digit);
    } else {
      out.push_back(static_cast<std::byte>(high * 16 + static_cast<int>(digit)));
      high = -1;
    }
  }
  return out;
}

inline void fill_random(MutableBytes out, std::mt19937& random) {
  for (std::byte& b : out) b = static_cast<std::byte>(random());
}

inline MasterKey random_key(Profile profile, std::mt19937& random) {
  MasterKey key{.profile = profile};
  fill_random(MutableBytes(key.key).first(key_size(profile)), random);
  fill_random(MutableBytes(key.salt).first(salt_size(profile)), random);
  return key;
}

/// A plaintext packet with csrc_count CSRCs and, if extension_words is not 0, an extension.
inline Packet rtp_packet(Ssrc ssrc, std::uint16_t sequence, std::size_t payload_size,
                         std::mt19937& random, std::size_t csrc_count = 0,
                         std::size_t extension_words = 0) {
  Packet p(rtp::kFixedHeaderSize + 4 * csrc_count +
           (extension_words ? 4 + 4 * extension_words : 0) + payload_size);
  fill_random(p, random);
  p[0] = static_cast<std::byte>(0x80 | (extension_words ? 0x10 : 0) | csrc_count);
  put_be(p, 2, 2, sequence);
  put_be(p, 8, 4, ssrc.value());
  if (extension_words) {
    put_be(p, 12 + 4 * csrc_count, 2, 0xbede);
    put_be(p, 14 + 4 * csrc_count, 2, extension_words);
  }
  return p;
}

inline Packet rtcp_packet(Ssrc ssrc, std::size_t words, std::mt19937& random) {
  Packet p(8 + 4 * words);
  fill_random(p, random);
  put_be(p, 0, 2, 0x80c8);  // a sender report by its type; its content does not matter here
  put_be(p, 2, 2, words + 1);
  put_be(p, 4, 4, ssrc.value());
  return p;
}

/// What rtp::parse_protected_header would say, for packets made by rtp_packet().
inline rtp::Header header_of(Bytes packet) {
  const auto first = be8(packet, 0);
  std::size_t size = rtp::kFixedHeaderSize + 4 * (first & 0x0fu);
  if (first & 0x10) size += 4 + 4 * be(packet, size + 2, 2);
  rtp::Header h;
  h.sequence = be16(packet, 2);
  h.ssrc = Ssrc(be32(packet, 8));
  h.payload_offset = static_cast<std::uint16_t>(size);
  return h;
}

inline Packet seal(Outbound& outbound, std::uint64_t index, Bytes plain) {
  const std::size_t header = header_of(plain).payload_offset;
  Packet out(plain.size() + outbound.rtp_overhead());
  std::copy_n(plain.begin(), header, out.begin());
  out.resize(outbound.seal_rtp(ExtSeq(index), out, header, plain.subspan(header)));
  return out;
}

inline Packet seal_rtcp(Outbound& outbound, Bytes plain) {
  Packet out(plain.begin(), plain.end());
  out.resize(plain.size() + outbound.rtcp_overhead());
  out.resize(outbound.seal_rtcp(out, plain.size()));
  return out;
}

/// Opens a copy; the packet shrinks to its plaintext.
inline Result<Packet, OpenError> open(Inbound& inbound, Packet packet, ExtSeq* index = nullptr) {
  const auto size = inbound.open_rtp(packet, header_of(packet), index);
  if (!size) return Err{size.error()};
  packet.resize(*size);
  return packet;
}

inline Result<Packet, OpenError> open_rtcp(Inbound& inbound, Packet packet) {
  const auto size = inbound.open_rtcp(packet);
  if (!size) return Err{size.error()};
  packet.resize(*size);
  return packet;
}

}  // namespace plenum::srtp::test
