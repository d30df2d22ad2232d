#include "media/srtp/profile.h"

#include <algorithm>

namespace plenum::srtp {
namespace {

bool is_known(Profile p) {
  switch (p) {
    case Profile::aes_cm_128_hmac_sha1_80:
    case Profile::aead_aes_128_gcm:
    case Profile::aead_aes_256_gcm:
      return true;
  }
  return false;
}

}  // namespace

Result<KeyPair, KeyingError> split_keying_material(std::uint16_t profile, Bytes material) {
  const auto p = static_cast<Profile>(profile);
  if (!is_known(p)) return Err{KeyingError::unknown_profile};
  if (material.size() != keying_material_size(p)) return Err{KeyingError::wrong_size};

  KeyPair pair;
  pair.client_write.profile = pair.server_write.profile = p;
  ByteReader reader(material);
  const auto take = [&](auto& out, std::size_t n) {
    std::ranges::copy(reader.bytes(n), out.begin());
  };
  take(pair.client_write.key, key_size(p));
  take(pair.server_write.key, key_size(p));
  take(pair.client_write.salt, salt_size(p));
  take(pair.server_write.salt, salt_size(p));
  return pair;
}

}  // namespace plenum::srtp
