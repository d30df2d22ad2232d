#include "media/srtp/evp.h"

#include <stdexcept>
#include <string>

namespace plenum::srtp::evp {
namespace {

/// Never freed: process-wide, and needed until the last static destructor has run.
const EVP_CIPHER* fetch(const char* name) {
  const EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, name, nullptr);
  if (!cipher) throw std::runtime_error(std::string("OpenSSL offers no ") + name);
  return cipher;
}

}  // namespace

const EVP_CIPHER* counter_mode(Profile profile) {
  static const EVP_CIPHER* const aes128 = fetch("AES-128-CTR");
  static const EVP_CIPHER* const aes256 = fetch("AES-256-CTR");
  return key_size(profile) == 32 ? aes256 : aes128;
}

const EVP_CIPHER* gcm(Profile profile) {
  static const EVP_CIPHER* const aes128 = fetch("AES-128-GCM");
  static const EVP_CIPHER* const aes256 = fetch("AES-256-GCM");
  return key_size(profile) == 32 ? aes256 : aes128;
}

Context keyed(const EVP_CIPHER* cipher, Bytes key, bool encrypt) {
  Context context(EVP_CIPHER_CTX_new());
  if (!context || EVP_CipherInit_ex(context.get(), cipher, nullptr, in(key.data()), nullptr,
                                    encrypt ? 1 : 0) != 1)
    throw std::runtime_error("OpenSSL refused an SRTP key");
  return context;
}

}  // namespace plenum::srtp::evp
