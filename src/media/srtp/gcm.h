#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <variant>

#include "base/bytes.h"
#include "media/srtp/evp.h"
#include "media/srtp/profile.h"

struct gcm_key_data;  // of intel-ipsec-mb

namespace plenum::srtp {

enum class Direction : std::uint8_t { seal, open };

/// Whose AES-GCM is used. Both give the same bytes.
enum class GcmEngine : std::uint8_t {
  openssl,
  /// intel-ipsec-mb: a quarter of the time on CPUs with AVX-512 and VAES. x86-64 only.
  ipsec_mb,
};
constexpr const char* name(GcmEngine e) { return e == GcmEngine::openssl ? "openssl" : "ipsec-mb"; }
/// Whether this build and this CPU have it: ipsec-mb wants AES-NI, PCLMULQDQ and AVX2.
bool is_available(GcmEngine engine);
/// The engine of keys that are made from now on; the fastest that is available unless it was set.
GcmEngine gcm_engine();
/// For comparisons. To be called while there is one thread; an engine that is not available is
/// ignored.
void set_gcm_engine(GcmEngine engine);

/// AES-GCM (NIST SP 800-38D) under one key in one direction, with 96-bit IVs and 128-bit tags.
/// What depends on the key is computed once. Allocates nothing after construction.
class Gcm {
 public:
  using Iv = std::array<std::byte, 12>;
  static constexpr std::size_t kTagSize = 16;

  Gcm() = default;
  /// The first key_size(profile) bytes of `key` count; `profile` is an AEAD profile.
  Gcm(Profile profile, Bytes key, Direction direction);
  ~Gcm();
  Gcm(Gcm&&) noexcept;
  Gcm& operator=(Gcm&&) noexcept;

  /// Starts to fetch what depends on the key, for a packet of about a hundred bytes or the
  /// beginning of a longer one.
  void prefetch() const;
  /// Writes in.size() bytes at `out` (which may be where `in` is) and kTagSize bytes at `tag`.
  void seal(const Iv& iv, Bytes aad, Bytes in, std::byte* out, std::byte* tag);
  /// In place. False if the tag is wrong: the data is then noise, and the same call with the same
  /// IV turns it back.
  bool open(const Iv& iv, Bytes aad, MutableBytes data, const std::byte* tag);

 private:
  struct FreeKey {
    void operator()(gcm_key_data* key) const noexcept;
  };
  struct MbKey {
    std::unique_ptr<gcm_key_data, FreeKey> data;
    bool aes256 = false;
  };
  static MbKey expand(Profile profile, Bytes key);
  std::variant<evp::Context, MbKey> key_;
};

}  // namespace plenum::srtp
