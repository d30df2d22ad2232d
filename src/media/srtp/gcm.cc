#include "media/srtp/gcm.h"

#include <openssl/crypto.h>

#include <new>

#include "base/slab.h"

#ifdef PLENUM_IPSEC_MB
#include <intel-ipsec-mb.h>
#else
struct gcm_key_data {};
#endif

namespace plenum::srtp {
namespace {

int length(Bytes b) { return static_cast<int>(b.size()); }

void seal_evp(EVP_CIPHER_CTX* c, const Gcm::Iv& iv, Bytes aad, Bytes in, std::byte* out,
              std::byte* tag) {
  int n = 0;
  EVP_EncryptInit_ex(c, nullptr, nullptr, nullptr, evp::in(iv.data()));
  EVP_EncryptUpdate(c, nullptr, &n, evp::in(aad.data()), length(aad));
  if (!in.empty()) EVP_EncryptUpdate(c, evp::out(out), &n, evp::in(in.data()), length(in));
  EVP_EncryptFinal_ex(c, evp::out(tag), &n);  // writes nothing in GCM
  EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(Gcm::kTagSize), tag);
}

bool open_evp(EVP_CIPHER_CTX* c, const Gcm::Iv& iv, Bytes aad, MutableBytes data,
              const std::byte* tag) {
  int n = 0;
  EVP_DecryptInit_ex(c, nullptr, nullptr, nullptr, evp::in(iv.data()));
  // OpenSSL takes the tag by a pointer to what it does not change.
  EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(Gcm::kTagSize),
                      const_cast<std::byte*>(tag));
  EVP_DecryptUpdate(c, nullptr, &n, evp::in(aad.data()), length(aad));
  if (!data.empty())
    EVP_DecryptUpdate(c, evp::out(data.data()), &n, evp::in(data.data()), length(data));
  std::array<std::byte, Gcm::kTagSize> nothing;
  return EVP_DecryptFinal_ex(c, evp::out(nothing.data()), &n) == 1;
}

#ifdef PLENUM_IPSEC_MB
/// The table of functions for this CPU; nullptr where ipsec-mb would only emulate what it needs.
/// Never freed: process-wide. Its GCM functions keep their state in what the caller passes.
const IMB_MGR* mb() {
  static const IMB_MGR* const manager = []() -> const IMB_MGR* {
    IMB_MGR* m = alloc_mb_mgr(0);
    if (!m) return nullptr;
    init_mb_mgr_auto(m, nullptr);
    constexpr std::uint64_t kNeeded =
        IMB_FEATURE_AESNI | IMB_FEATURE_PCLMULQDQ | IMB_FEATURE_AVX2 | IMB_FEATURE_SELF_TEST_PASS;
    if (imb_get_errno(m) == 0 && (m->features & kNeeded) == kNeeded) return m;
    free_mb_mgr(m);
    return nullptr;
  }();
  return manager;
}
#endif

GcmEngine& chosen() {
  static GcmEngine engine =
      is_available(GcmEngine::ipsec_mb) ? GcmEngine::ipsec_mb : GcmEngine::openssl;
  return engine;
}

}  // namespace

bool is_available(GcmEngine engine) {
#ifdef PLENUM_IPSEC_MB
  return engine == GcmEngine::openssl || mb();
#else
  return engine == GcmEngine::openssl;
#endif
}

GcmEngine gcm_engine() { return chosen(); }

void set_gcm_engine(GcmEngine engine) {
  if (is_available(engine)) chosen() = engine;
}

Gcm::Gcm(Profile profile, Bytes key, Direction direction) {
  if (gcm_engine() == GcmEngine::ipsec_mb)
    key_ = expand(profile, key);
  else
    key_ =
        evp::keyed(evp::gcm(profile), key.first(key_size(profile)), direction == Direction::seal);
}

Gcm::~Gcm() = default;
Gcm::Gcm(Gcm&&) noexcept = default;
Gcm& Gcm::operator=(Gcm&&) noexcept = default;

void Gcm::FreeKey::operator()(gcm_key_data* key) const noexcept {
  OPENSSL_cleanse(key, sizeof *key);
  slab::give(key, sizeof *key);
}

Gcm::MbKey Gcm::expand([[maybe_unused]] Profile profile, [[maybe_unused]] Bytes key) {
  MbKey k{
      std::unique_ptr<gcm_key_data, FreeKey>(new (slab::take(sizeof(gcm_key_data))) gcm_key_data),
      key_size(profile) == kMaxKeySize};
#ifdef PLENUM_IPSEC_MB
  if (k.aes256)
    IMB_AES256_GCM_PRE(mb(), key.data(), k.data.get());
  else
    IMB_AES128_GCM_PRE(mb(), key.data(), k.data.get());
#endif
  return k;
}

void Gcm::prefetch() const {
  constexpr std::size_t kLine = 64;
  const auto fetch = [](const void* from, std::size_t size) {
    for (std::size_t at = 0; at < size; at += kLine)
      __builtin_prefetch(static_cast<const std::byte*>(from) + at);
  };
  if (const auto* context = std::get_if<evp::Context>(&key_))
    return fetch(context->get(), 3 * kLine);
#ifdef PLENUM_IPSEC_MB
  // The round keys, and of the hash key's powers the lowest, which stand last.
  const gcm_key_data* data = std::get<MbKey>(key_).data.get();
  fetch(data, 3 * kLine);
  fetch(reinterpret_cast<const std::byte*>(data + 1) - 4 * kLine, 4 * kLine);
#endif
}

void Gcm::seal(const Iv& iv, Bytes aad, Bytes in, std::byte* out, std::byte* tag) {
  if (const auto* context = std::get_if<evp::Context>(&key_))
    return seal_evp(context->get(), iv, aad, in, out, tag);
#ifdef PLENUM_IPSEC_MB
  const MbKey& k = std::get<MbKey>(key_);
  gcm_context_data scratch;
  const auto run = k.aes256 ? mb()->gcm256_enc : mb()->gcm128_enc;
  run(k.data.get(), &scratch, evp::out(out), evp::in(in.data()), in.size(), evp::in(iv.data()),
      evp::in(aad.data()), aad.size(), evp::out(tag), kTagSize);
#endif
}

bool Gcm::open(const Iv& iv, Bytes aad, MutableBytes data, const std::byte* tag) {
  if (const auto* context = std::get_if<evp::Context>(&key_))
    return open_evp(context->get(), iv, aad, data, tag);
#ifdef PLENUM_IPSEC_MB
  const MbKey& k = std::get<MbKey>(key_);
  gcm_context_data scratch;
  std::array<std::byte, kTagSize> expected;
  const auto run = k.aes256 ? mb()->gcm256_dec : mb()->gcm128_dec;
  run(k.data.get(), &scratch, evp::out(data.data()), evp::in(data.data()), data.size(),
      evp::in(iv.data()), evp::in(aad.data()), aad.size(), evp::out(expected.data()), kTagSize);
  return CRYPTO_memcmp(expected.data(), tag, kTagSize) == 0;
#else
  return false;
#endif
}

}  // namespace plenum::srtp
