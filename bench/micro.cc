#include <array>
#include <cstdio>

#include "bench.h"
#include "media/rtp/header.h"
#include "media/srtp/inbound.h"
#include "media/srtp/outbound.h"

namespace plenum::bench {
namespace {

srtp::MasterKey key_of(srtp::Profile profile, int id) {
  srtp::MasterKey k{.profile = profile};
  for (std::size_t i = 0; i < k.key.size(); ++i)
    k.key[i] = static_cast<std::byte>(static_cast<int>(i) * 11 + id * 7);
  return k;
}

void measure(const char* name, srtp::Profile profile, std::size_t bytes) {
  constexpr std::size_t kKeys = 500, kHeader = 20;
  constexpr int kRounds = 15;
  std::vector<srtp::Outbound> out;
  for (std::size_t i = 0; i < kKeys; ++i) out.emplace_back(key_of(profile, static_cast<int>(i)));
  srtp::Inbound in(key_of(profile, 0));
  srtp::Outbound feed(key_of(profile, 0));
  std::vector<std::byte> payload(bytes - kHeader, std::byte{0x5a});
  std::array<std::byte, 1600> packet{};
  put_be(packet, 0, 2, 0x9060);
  put_be(packet, 12, 4, 0xbede0001);
  std::vector<double> seal, open;
  std::uint64_t index = 1;
  std::vector<std::vector<std::byte>> sealed;
  for (int r = 0; r < kRounds; ++r) {
    double begin = cpu_ns();
    for (std::size_t i = 0; i < kKeys; ++i, ++index) {
      put_be(packet, 2, 2, index & 0xffff);
      out[i].seal_rtp(ExtSeq(index), packet, kHeader, payload);
    }
    seal.push_back((cpu_ns() - begin) / kKeys);
    sealed.clear();
    for (std::size_t i = 0; i < kKeys; ++i) {
      const std::uint64_t n = static_cast<std::uint64_t>(r) * kKeys + i + 1;
      put_be(packet, 2, 2, n & 0xffff);
      const std::size_t size = feed.seal_rtp(ExtSeq(n), packet, kHeader, payload);
      sealed.emplace_back(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size));
    }
    begin = cpu_ns();
    for (auto& p : sealed) (void)in.open_rtp(p, *rtp::parse_protected_header(p), nullptr);
    open.push_back((cpu_ns() - begin) / kKeys);
  }
  std::printf("%-26s %6zu %10.0f %10.0f\n", name, bytes, median(seal), median(open));
}

}  // namespace

void run_crypto() {
  std::printf(
      "SRTP, ns per packet (500 keys in turn for seal, one for open)\n%-26s %6s %10s %10s\n",
      "profile", "bytes", "seal", "open");
  for (const std::size_t bytes : {std::size_t{120}, std::size_t{1200}}) {
    measure("AEAD_AES_128_GCM", srtp::Profile::aead_aes_128_gcm, bytes);
    measure("AEAD_AES_256_GCM", srtp::Profile::aead_aes_256_gcm, bytes);
    measure("AES_CM_128_HMAC_SHA1_80", srtp::Profile::aes_cm_128_hmac_sha1_80, bytes);
  }
}

}  // namespace plenum::bench
