#include "media/srtp/transform.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cassert>
#include <cstring>

namespace plenum::srtp {
namespace {

/// First header and SSRC of a compound packet: what SRTCP leaves readable (RFC 3711 section 3.4).
constexpr std::size_t kRtcpClearSize = 8;
constexpr std::uint32_t kEncryptedFlag = 0x80000000;

int length(Bytes b) { return static_cast<int>(b.size()); }

std::array<std::byte, 4> rollover_counter(std::uint64_t index) {
  std::array<std::byte, 4> roc;
  put_be(roc, 0, 4, index >> 16);
  return roc;
}

/// RFC 7714 section 9.2: what stands clear before and behind the ciphertext.
std::array<std::byte, kRtcpClearSize + kRtcpIndexSize> rtcp_aad(Bytes clear, Bytes word) {
  std::array<std::byte, kRtcpClearSize + kRtcpIndexSize> aad;
  std::ranges::copy(clear, aad.begin());
  std::ranges::copy(word, aad.begin() + kRtcpClearSize);
  return aad;
}

}  // namespace

Transform::Transform(const SessionKeys& keys, Direction direction)
    : profile_(keys.profile), salt_(keys.salt) {
  const Bytes key = Bytes(keys.key).first(key_size(profile_));
  if (is_aead(profile_)) {
    gcm_ = Gcm(profile_, key, direction);
  } else {
    cipher_ = evp::keyed(evp::counter_mode(profile_), key, true);
    hmac_ = HmacSha1(keys.auth_key);
  }
}

/// RFC 3711 section 4.1.1: salt * 2^16 XOR SSRC * 2^64 XOR index * 2^16.
Transform::Iv Transform::counter_iv(Ssrc ssrc, std::uint64_t index) const {
  Iv iv{};
  put_be(iv, 4, 4, ssrc.value());
  put_be(iv, 8, 6, index);
  for (std::size_t i = 0; i < salt_.size(); ++i) iv[i] ^= salt_[i];
  return iv;
}

/// RFC 7714 section 8.1 (zeros, SSRC, rollover counter, sequence number) and 9.1 (zeros, SSRC,
/// zeros, 31-bit index): in both the last six octets are the 48-bit index.
Gcm::Iv Transform::aead_iv(Ssrc ssrc, std::uint64_t index) const {
  Gcm::Iv iv{};
  put_be(iv, 2, 4, ssrc.value());
  put_be(iv, 6, 6, index);
  for (std::size_t i = 0; i < iv.size(); ++i) iv[i] ^= salt_[i];
  return iv;
}

void Transform::counter_mode(const Iv& iv, Bytes in, std::byte* out) {
  EVP_CIPHER_CTX* c = cipher_.get();
  int n = 0;
  EVP_EncryptInit_ex(c, nullptr, nullptr, nullptr, evp::in(iv.data()));
  EVP_EncryptUpdate(c, evp::out(out), &n, evp::in(in.data()), length(in));
}

void Transform::seal_rtp(Ssrc ssrc, std::uint64_t index, MutableBytes out, std::size_t header_size,
                         Bytes payload) {
  assert(out.size() >= header_size + payload.size() + tag_size(profile_));
  std::byte* body = out.data() + header_size;
  std::byte* tag = body + payload.size();
  if (is_aead(profile_)) {
    gcm_.seal(aead_iv(ssrc, index), out.first(header_size), payload, body, tag);
    return;
  }
  counter_mode(counter_iv(ssrc, index), payload, body);
  const auto full = hmac_(out.first(header_size + payload.size()), rollover_counter(index));
  std::memcpy(tag, full.data(), tag_size(profile_));
}

bool Transform::open_rtp(Ssrc ssrc, std::uint64_t index, MutableBytes packet,
                         std::size_t header_size) {
  assert(packet.size() >= header_size + tag_size(profile_));
  const std::size_t tag_at = packet.size() - tag_size(profile_);
  const MutableBytes body = packet.subspan(header_size, tag_at - header_size);
  std::byte* tag = packet.data() + tag_at;
  if (is_aead(profile_))
    return gcm_.open(aead_iv(ssrc, index), packet.first(header_size), body, tag);

  const auto full = hmac_(packet.first(tag_at), rollover_counter(index));
  if (CRYPTO_memcmp(full.data(), tag, tag_size(profile_)) != 0) return false;
  counter_mode(counter_iv(ssrc, index), body, body.data());
  return true;
}

void Transform::seal_rtcp(Ssrc ssrc, std::uint32_t index, MutableBytes storage, std::size_t size) {
  assert(size >= kRtcpClearSize);
  assert(storage.size() >= size + tag_size(profile_) + kRtcpIndexSize);
  const MutableBytes clear = storage.first(kRtcpClearSize);
  const MutableBytes body = storage.subspan(kRtcpClearSize, size - kRtcpClearSize);
  std::array<std::byte, kRtcpIndexSize> word;
  put_be(word, 0, kRtcpIndexSize, kEncryptedFlag | index);

  if (is_aead(profile_)) {  // RFC 7714 section 9.2: the word stands behind the tag
    std::byte* tag = storage.data() + size;
    gcm_.seal(aead_iv(ssrc, index), rtcp_aad(clear, word), body, body.data(), tag);
    std::memcpy(tag + tag_size(profile_), word.data(), word.size());
    return;
  }
  counter_mode(counter_iv(ssrc, index), body, body.data());
  std::byte* at = storage.data() + size;
  std::memcpy(at, word.data(), word.size());
  const auto full = hmac_(storage.first(size + word.size()), {});
  std::memcpy(at + word.size(), full.data(), tag_size(profile_));
}

bool Transform::open_rtcp(Ssrc ssrc, std::uint32_t index, MutableBytes packet) {
  const std::size_t trailer = tag_size(profile_) + kRtcpIndexSize;
  assert(packet.size() >= kRtcpClearSize + trailer);
  const std::size_t end = packet.size() - trailer;
  const MutableBytes body = packet.subspan(kRtcpClearSize, end - kRtcpClearSize);
  if (is_aead(profile_)) {
    const Bytes word = packet.last(kRtcpIndexSize);
    return gcm_.open(aead_iv(ssrc, index), rtcp_aad(packet.first(kRtcpClearSize), word), body,
                     packet.data() + end);
  }
  const auto full = hmac_(packet.first(end + kRtcpIndexSize), {});
  if (CRYPTO_memcmp(full.data(), packet.data() + end + kRtcpIndexSize, tag_size(profile_)) != 0)
    return false;
  counter_mode(counter_iv(ssrc, index), body, body.data());
  return true;
}

}  // namespace plenum::srtp
