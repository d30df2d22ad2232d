#pragma once
#include <openssl/evp.h>

#include <cstddef>
#include <memory>

#include "base/bytes.h"
#include "media/srtp/profile.h"

/// The little of OpenSSL's EVP that SRTP uses: ciphers fetched once a process, owned contexts.
namespace plenum::srtp::evp {

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* c) const noexcept { EVP_CIPHER_CTX_free(c); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

/// AES counter mode with the profile's key size. Throws std::runtime_error if OpenSSL has none.
const EVP_CIPHER* counter_mode(Profile profile);
/// AES-GCM with the profile's key size.
const EVP_CIPHER* gcm(Profile profile);

inline const unsigned char* in(const std::byte* p) {
  return reinterpret_cast<const unsigned char*>(p);
}
inline unsigned char* out(std::byte* p) { return reinterpret_cast<unsigned char*>(p); }

/// A context with cipher and key set; packets then set only the IV.
Context keyed(const EVP_CIPHER* cipher, Bytes key, bool encrypt);

}  // namespace plenum::srtp::evp
