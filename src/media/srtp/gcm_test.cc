#include "media/srtp/gcm.h"

#include <gtest/gtest.h>

#include <random>

#include "media/srtp/test_packets.h"

namespace plenum::srtp {
namespace {

using test::Packet;

/// Keys made in its life are of the engine.
class With {
 public:
  explicit With(GcmEngine engine) : before_(gcm_engine()) { set_gcm_engine(engine); }
  ~With() { set_gcm_engine(before_); }

 private:
  GcmEngine before_;
};

class GcmEngines : public testing::TestWithParam<Profile> {
 protected:
  void SetUp() override {
    if (!is_available(GcmEngine::ipsec_mb)) GTEST_SKIP() << "this machine has OpenSSL only";
  }
  Gcm make(GcmEngine engine, Direction direction) const {
    const With engine_of_the_key(engine);
    return Gcm(GetParam(), key_, direction);
  }
  std::mt19937 random_{5};
  Packet key_ = [this] {
    Packet key(kMaxKeySize);
    test::fill_random(key, random_);
    return key;
  }();
};

TEST_P(GcmEngines, give_the_same_bytes_and_open_each_others) {
  Gcm ours = make(GcmEngine::ipsec_mb, Direction::seal);
  Gcm theirs = make(GcmEngine::openssl, Direction::seal);
  Gcm open_ours = make(GcmEngine::ipsec_mb, Direction::open);
  Gcm open_theirs = make(GcmEngine::openssl, Direction::open);
  for (std::size_t size = 0; size < 1500; size += size < 300 ? 1 : 37) {
    Gcm::Iv iv;
    Packet plain(size), aad(8 + size % 60);
    test::fill_random(iv, random_);
    test::fill_random(plain, random_);
    test::fill_random(aad, random_);
    Packet a(size + Gcm::kTagSize), b = plain;
    b.resize(a.size());

    ours.seal(iv, aad, plain, a.data(), a.data() + size);
    theirs.seal(iv, aad, Bytes(b).first(size), b.data(), b.data() + size);  // in place

    ASSERT_EQ(a, b) << size;
    ASSERT_TRUE(open_ours.open(iv, aad, MutableBytes(a).first(size), a.data() + size));
    ASSERT_TRUE(open_theirs.open(iv, aad, MutableBytes(b).first(size), b.data() + size));
    a.resize(size), b.resize(size);
    ASSERT_EQ(a, plain);
    ASSERT_EQ(b, plain);
  }
}

TEST_P(GcmEngines, refuse_what_was_changed_and_undo_the_attempt) {
  for (const GcmEngine engine : {GcmEngine::openssl, GcmEngine::ipsec_mb}) {
    Gcm seal = make(engine, Direction::seal), open = make(engine, Direction::open);
    const Gcm::Iv iv{};
    const Packet plain(100, std::byte{7}), aad(12, std::byte{9});
    Packet sealed(plain.size() + Gcm::kTagSize);
    seal.seal(iv, aad, plain, sealed.data(), sealed.data() + plain.size());
    const Packet before = sealed;
    sealed.back() ^= std::byte{1};

    const MutableBytes body = MutableBytes(sealed).first(plain.size());
    EXPECT_FALSE(open.open(iv, aad, body, sealed.data() + plain.size()));
    EXPECT_FALSE(open.open(iv, aad, body, sealed.data() + plain.size()));
    sealed.back() ^= std::byte{1};
    EXPECT_EQ(sealed, before);
    EXPECT_FALSE(open.open(iv, Packet(aad.size()), body, before.data() + plain.size()));
    EXPECT_FALSE(open.open(iv, Packet(aad.size()), body, before.data() + plain.size()));
    EXPECT_TRUE(open.open(iv, aad, body, before.data() + plain.size()));
  }
}

INSTANTIATE_TEST_SUITE_P(Profiles, GcmEngines,
                         testing::Values(Profile::aead_aes_128_gcm, Profile::aead_aes_256_gcm),
                         [](const auto& p) {
                           return p.param == Profile::aead_aes_256_gcm ? "aes_256" : "aes_128";
                         });

}  // namespace
}  // namespace plenum::srtp
