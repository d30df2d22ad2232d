// What the steps of a packet's way cost by themselves, warm.
#include <array>
#include <random>

#include "bench.h"
#include "media/rtp/extensions.h"
#include "media/rtp/header.h"
#include "media/rtp/packet_cache.h"
#include "media/srtp/inbound.h"
#include "media/srtp/outbound.h"
#include "sfu/rewriter.h"

namespace plenum::bench {
namespace {

constexpr int kRounds = 15;

/// Keeps the compiler from leaving out what computes `value`.
template <class T>
void use(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

/// Median ns of one of `count` calls.
template <class F>
double time_each(int count, F&& call) {
  std::vector<double> all;
  for (int r = 0; r < kRounds; ++r) {
    const double begin = cpu_ns();
    for (int i = 0; i < count; ++i) call(i);
    all.push_back((cpu_ns() - begin) / count);
  }
  return median(all);
}

srtp::MasterKey key_of(srtp::Profile profile, int id) {
  srtp::MasterKey k{.profile = profile};
  for (std::size_t i = 0; i < k.key.size(); ++i)
    k.key[i] = static_cast<std::byte>(static_cast<int>(i) * 11 + id * 7);
  return k;
}

/// Seal with 500 keys in turn, open with one.
void crypto(Report& report, const char* name, srtp::Profile profile, std::size_t bytes) {
  constexpr std::size_t kKeys = 500, kHeader = 20;
  std::vector<srtp::Outbound> out;
  for (std::size_t i = 0; i < kKeys; ++i) out.emplace_back(key_of(profile, static_cast<int>(i)));
  srtp::Inbound in(key_of(profile, 0));
  srtp::Outbound feed(key_of(profile, 0));
  std::vector<std::byte> payload(bytes - kHeader, std::byte{0x5a});
  std::array<std::byte, 1600> packet{};
  put_be(packet, 0, 2, 0x9060);
  put_be(packet, 12, 4, 0xbede0001);
  std::uint64_t index = 1;
  const double seal = time_each(kKeys, [&](int i) {
    put_be(packet, 2, 2, index & 0xffff);
    out[static_cast<std::size_t>(i)].seal_rtp(ExtSeq(index++), packet, kHeader, payload);
  });
  std::vector<double> open;
  std::vector<std::vector<std::byte>> sealed;
  for (std::uint64_t r = 0; r < kRounds; ++r) {
    sealed.clear();
    for (std::size_t i = 0; i < kKeys; ++i) {
      const std::uint64_t n = r * kKeys + i + 1;
      put_be(packet, 2, 2, n & 0xffff);
      const std::size_t size = feed.seal_rtp(ExtSeq(n), packet, kHeader, payload);
      sealed.emplace_back(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size));
    }
    const double begin = cpu_ns();
    for (auto& p : sealed) (void)in.open_rtp(p, *rtp::parse_protected_header(p), nullptr);
    open.push_back((cpu_ns() - begin) / kKeys);
  }
  const std::string what = std::string(name) + ", " + std::to_string(bytes) + " B";
  report.micro("seal " + what, seal);
  report.micro("open " + what, median(open));
}

void parsing(Report& report) {
  rtp::ExtensionMap map;
  map.set(rtp::Extension::audio_level, 1);
  map.set(rtp::Extension::transport_seq, 3);
  map.set(rtp::Extension::mid, 4);
  rtp::ExtensionWriter writer;
  const std::array<std::byte, 2> value{};
  writer.add(1, Bytes(value).first(1));
  writer.add(3, value);
  writer.add(4, Bytes(value).first(1));
  std::array<std::byte, 200> packet{};
  put_be(packet, 0, 2, 0x9060);
  writer.finish(MutableBytes(packet).subspan(rtp::kFixedHeaderSize));
  report.micro("parse a header and its extensions", time_each(2000, [&](int) {
                 const auto header = rtp::parse_header(packet);
                 use(rtp::parse_extensions(packet, *header, map));
               }));
}

void rewriting(Report& report) {
  sfu::Rewriter rewriter;
  rewriter.start(0, 0, ExtSeq(1), RtpTime(0), RtpTime(7));
  std::uint64_t seq = 1;
  report.micro("rewrite a packet's numbers",
               time_each(2000, [&](int) { use(rewriter.forward(ExtSeq(seq++), RtpTime(0))); }));
  report.micro("find the origin of a lost packet", time_each(2000, [&](int i) {
                 use(rewriter.source_of(ExtSeq(rewriter.next_sequence().value() -
                                               static_cast<std::uint64_t>(1 + i % 500))));
               }));
}

void caching(Report& report) {
  rtp::PacketCache cache;
  std::uint64_t seq = 1;
  const auto insert = [&] {
    rtp::Packet p;
    p.buffer = Buffer::allocate();
    p.seq = ExtSeq(seq);
    cache.insert(std::move(p), TimePoint(std::chrono::milliseconds(seq++)));
  };
  for (int i = 0; i < 3000; ++i) insert();
  report.micro("keep a packet for retransmission, and drop an old one",
               time_each(2000, [&](int) { insert(); }));
  std::mt19937 random(1);
  std::vector<ExtSeq> wanted;
  for (int i = 0; i < 512; ++i) wanted.emplace_back(seq - 1 - random() % 500);
  report.micro("look a NACKed packet up", time_each(2000, [&](int i) {
                 use(cache.find(wanted[static_cast<std::size_t>(i) % wanted.size()]));
               }));
  report.micro("take a buffer and give it back",
               time_each(2000, [&](int) { use(Buffer::allocate().size()); }));
}

}  // namespace

void run_micro(Report& report) {
  const srtp::GcmEngine before = srtp::gcm_engine();
  for (const srtp::GcmEngine engine : {srtp::GcmEngine::openssl, srtp::GcmEngine::ipsec_mb}) {
    if (!srtp::is_available(engine)) continue;
    srtp::set_gcm_engine(engine);
    for (const std::size_t bytes : {std::size_t{120}, std::size_t{1200}}) {
      const std::string by = std::string(" by ") + name(engine);
      crypto(report, ("AES-128-GCM" + by).c_str(), srtp::Profile::aead_aes_128_gcm, bytes);
      crypto(report, ("AES-256-GCM" + by).c_str(), srtp::Profile::aead_aes_256_gcm, bytes);
    }
  }
  srtp::set_gcm_engine(before);
  for (const std::size_t bytes : {std::size_t{120}, std::size_t{1200}})
    crypto(report, "AES-CM, HMAC-SHA1", srtp::Profile::aes_cm_128_hmac_sha1_80, bytes);
  parsing(report);
  rewriting(report);
  caching(report);
}

}  // namespace plenum::bench
