#define OPENSSL_SUPPRESS_DEPRECATED  // see the header comment: why SHA_CTX
#include "media/srtp/hmac_sha1.h"

#include <cassert>

namespace plenum::srtp {
namespace {

constexpr std::size_t kBlockSize = 64;

void begin(SHA_CTX& state, Bytes key, std::byte pad) {
  std::array<std::byte, kBlockSize> block;
  block.fill(pad);
  for (std::size_t i = 0; i < key.size(); ++i) block[i] ^= key[i];
  SHA1_Init(&state);
  SHA1_Update(&state, block.data(), block.size());
}

void finish(SHA_CTX& state, HmacSha1::Tag& out) {
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
  SHA1_Final(digest.data(), &state);
  std::memcpy(out.data(), digest.data(), digest.size());
}

}  // namespace

HmacSha1::HmacSha1(Bytes key) {
  assert(key.size() <= kBlockSize);
  begin(inner_, key, std::byte{0x36});
  begin(outer_, key, std::byte{0x5c});
}

HmacSha1::Tag HmacSha1::operator()(Bytes first, Bytes second) const {
  Tag tag;
  SHA_CTX state = inner_;
  SHA1_Update(&state, first.data(), first.size());
  SHA1_Update(&state, second.data(), second.size());
  finish(state, tag);
  state = outer_;
  SHA1_Update(&state, tag.data(), tag.size());
  finish(state, tag);
  return tag;
}

}  // namespace plenum::srtp
