// Counts what seal and open take from the heap: through operator new, and through OpenSSL.
#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include <cstdlib>
#include <new>

#include "media/srtp/test_packets.h"

namespace {

std::size_t allocations = 0;

void* counted(std::size_t size) {
  ++allocations;
  return std::malloc(size);
}
void* counted_malloc(std::size_t size, const char*, int) { return counted(size); }
void* counted_realloc(void* p, std::size_t size, const char*, int) {
  ++allocations;
  return std::realloc(p, size);
}
void plain_free(void* p, const char*, int) { std::free(p); }

// OpenSSL accepts this only before its first allocation, hence before main().
const bool hooked = CRYPTO_set_mem_functions(counted_malloc, counted_realloc, plain_free) == 1;

}  // namespace

// Never inlined: g++ 12 would take the inlined malloc and free for a mismatched pair.
[[gnu::noinline]] void* operator new(std::size_t size) {
  if (void* p = counted(size ? size : 1)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace plenum::srtp {
namespace {

using test::Packet;

TEST(Allocation, does_not_happen_when_packets_are_sealed_and_opened) {
  ASSERT_TRUE(hooked);
  std::mt19937 random(11);
  for (const Profile profile : test::kProfiles) {
    const MasterKey key = test::random_key(profile, random);
    Outbound outbound(key);
    Inbound inbound(key);
    const Packet plain = test::rtp_packet(Ssrc(5), 0, 1000, random);
    const Packet report = test::rtcp_packet(Ssrc(5), 10, random);
    Packet out = plain, compound = report;
    out.resize(plain.size() + outbound.rtp_overhead());
    compound.resize(report.size() + outbound.rtcp_overhead());
    std::size_t before = 0;
    bool all_opened = true;
    for (std::uint64_t index = 0; index < 300; ++index) {
      if (index == 1) before = allocations;  // the first packet of a source makes its record
      put_be(out, 2, 2, index);
      const auto size = outbound.seal_rtp(ExtSeq(index), out, 12, Bytes(plain).subspan(12));
      all_opened &=
          inbound.open_rtp(MutableBytes(out).first(size), test::header_of(out), nullptr).ok();
      std::copy(report.begin(), report.end(), compound.begin());
      const auto sealed = outbound.seal_rtcp(compound, report.size());
      all_opened &= inbound.open_rtcp(MutableBytes(compound).first(sealed)).ok();
    }

    EXPECT_TRUE(all_opened);
    EXPECT_EQ(allocations, before) << static_cast<int>(profile);
  }
}

}  // namespace
}  // namespace plenum::srtp
