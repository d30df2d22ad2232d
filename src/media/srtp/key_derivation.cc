#include "media/srtp/key_derivation.h"

#include <algorithm>
#include <cassert>
#include <stdexcept>

#include "media/srtp/evp.h"

namespace plenum::srtp {
namespace {

SessionKeys derive_from(const MasterKey& master, Label encryption, Label authentication,
                        Label salt) {
  const Profile p = master.profile;
  SessionKeys keys;
  keys.profile = p;
  derive(master, encryption, MutableBytes(keys.key).first(key_size(p)));
  derive(master, salt, MutableBytes(keys.salt).first(salt_size(p)));
  if (!is_aead(p)) derive(master, authentication, keys.auth_key);
  return keys;
}

}  // namespace

void derive(const MasterKey& master, Label label, MutableBytes out) {
  // x = key_id XOR master_salt, key_id = label || index DIV 0 (48 bits of zero): the label meets
  // octet 7 of the 112-bit salt. The IV is x * 2^16. An AEAD salt has 96 bits, zeros behind it.
  std::array<std::byte, 16> iv{};
  std::ranges::copy(master.salt, iv.begin());
  iv[7] ^= static_cast<std::byte>(label);

  const Profile p = master.profile;
  const auto context = evp::keyed(evp::counter_mode(p), Bytes(master.key).first(key_size(p)), true);
  std::ranges::fill(out, std::byte{0});
  int written = 0;
  if (EVP_EncryptInit_ex(context.get(), nullptr, nullptr, nullptr, evp::in(iv.data())) != 1 ||
      EVP_EncryptUpdate(context.get(), evp::out(out.data()), &written, evp::in(out.data()),
                        static_cast<int>(out.size())) != 1)
    throw std::runtime_error("OpenSSL failed to derive an SRTP key");
}

SessionKeys derive_rtp_keys(const MasterKey& master) {
  return derive_from(master, Label::rtp_encryption, Label::rtp_authentication, Label::rtp_salt);
}

SessionKeys derive_rtcp_keys(const MasterKey& master) {
  return derive_from(master, Label::rtcp_encryption, Label::rtcp_authentication, Label::rtcp_salt);
}

}  // namespace plenum::srtp
