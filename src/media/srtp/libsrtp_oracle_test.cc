// Holds our SRTP against libsrtp2, both ways. Loaded at run time: nothing else may link it, for
// Debian's build is several times slower than ours and not meant for the media path.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <srtp2/srtp.h>

#include "media/srtp/test_packets.h"

namespace plenum::srtp {
namespace {

using test::Packet;

struct Library {
  void* handle = dlopen("libsrtp2.so.1", RTLD_NOW | RTLD_LOCAL);

  template <class F>
  F* function(const char* name) const {
    return handle ? reinterpret_cast<F*>(dlsym(handle, name)) : nullptr;
  }
  decltype(::srtp_init)* init = function<decltype(::srtp_init)>("srtp_init");
  decltype(::srtp_create)* create = function<decltype(::srtp_create)>("srtp_create");
  decltype(::srtp_dealloc)* dealloc = function<decltype(::srtp_dealloc)>("srtp_dealloc");
  decltype(::srtp_protect)* protect = function<decltype(::srtp_protect)>("srtp_protect");
  decltype(::srtp_unprotect)* unprotect = function<decltype(::srtp_unprotect)>("srtp_unprotect");
  decltype(::srtp_protect_rtcp)* protect_rtcp =
      function<decltype(::srtp_protect_rtcp)>("srtp_protect_rtcp");
  decltype(::srtp_unprotect_rtcp)* unprotect_rtcp =
      function<decltype(::srtp_unprotect_rtcp)>("srtp_unprotect_rtcp");
  decltype(::srtp_crypto_policy_set_from_profile_for_rtp)* rtp_policy =
      function<decltype(::srtp_crypto_policy_set_from_profile_for_rtp)>(
          "srtp_crypto_policy_set_from_profile_for_rtp");
  decltype(::srtp_crypto_policy_set_from_profile_for_rtcp)* rtcp_policy =
      function<decltype(::srtp_crypto_policy_set_from_profile_for_rtcp)>(
          "srtp_crypto_policy_set_from_profile_for_rtcp");
};

const Library& library() {
  static const Library loaded = [] {
    Library l;
    if (l.init) l.init();
    return l;
  }();
  return loaded;
}

/// One direction of a libsrtp2 session.
class Oracle {
 public:
  Oracle(const MasterKey& key, srtp_ssrc_type_t direction) {
    const auto profile = static_cast<srtp_profile_t>(key.profile);
    srtp_policy_t policy{};
    library().rtp_policy(&policy.rtp, profile);
    library().rtcp_policy(&policy.rtcp, profile);
    key_.insert(key_.end(), key.key.begin(),
                key.key.begin() + static_cast<std::ptrdiff_t>(key_size(key.profile)));
    key_.insert(key_.end(), key.salt.begin(), key.salt.end());
    policy.key = reinterpret_cast<unsigned char*>(key_.data());
    policy.ssrc.type = direction;
    policy.window_size = 1024;
    status_ = library().create(&session_, &policy);
  }
  ~Oracle() {
    if (session_) library().dealloc(session_);
  }
  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;

  bool ok() const { return status_ == srtp_err_status_ok; }
  Packet protect(const Packet& p) { return run(library().protect, p); }
  Packet unprotect(const Packet& p) { return run(library().unprotect, p); }
  Packet protect_rtcp(const Packet& p) { return run(library().protect_rtcp, p); }
  Packet unprotect_rtcp(const Packet& p) { return run(library().unprotect_rtcp, p); }

 private:
  /// Empty if libsrtp2 refused the packet.
  template <class F>
  Packet run(F* function, Packet packet) {
    int size = static_cast<int>(packet.size());
    packet.resize(packet.size() + SRTP_MAX_TRAILER_LEN + 4);
    if (function(session_, packet.data(), &size) != srtp_err_status_ok) return {};
    packet.resize(static_cast<std::size_t>(size));
    return packet;
  }

  std::vector<std::byte> key_;
  srtp_t session_ = nullptr;
  srtp_err_status_t status_ = srtp_err_status_fail;
};

class LibsrtpTest : public testing::TestWithParam<Profile> {
 protected:
  void SetUp() override {
    ASSERT_NE(library().handle, nullptr) << "the oracle is not installed: " << dlerror();
  }
  std::mt19937 random{21};
  MasterKey key = test::random_key(GetParam(), random);
  Outbound outbound{key};
  Inbound inbound{key};
};
INSTANTIATE_TEST_SUITE_P(Profiles, LibsrtpTest, testing::ValuesIn(test::kProfiles));

TEST_P(LibsrtpTest, seals_rtp_to_the_same_bytes_and_opens_ours_over_a_wrap) {
  Oracle sender(key, ssrc_any_outbound), receiver(key, ssrc_any_inbound);
  ASSERT_TRUE(sender.ok() && receiver.ok());
  for (std::uint64_t index = 65000; index < 66200; ++index) {
    const Packet plain = test::rtp_packet(Ssrc(77), static_cast<std::uint16_t>(index),
                                          random() % 1200, random, random() % 4, random() % 4);
    const Packet ours = test::seal(outbound, index, plain);
    const Packet theirs = sender.protect(plain);

    ASSERT_EQ(ours, theirs) << index;
    ASSERT_EQ(receiver.unprotect(ours), plain) << index;
    ASSERT_EQ(*test::open(inbound, theirs), plain) << index;
  }
}

TEST_P(LibsrtpTest, seals_and_opens_rtcp_as_we_do) {
  Oracle sender(key, ssrc_any_outbound), receiver(key, ssrc_any_inbound);
  ASSERT_TRUE(sender.ok() && receiver.ok());
  for (int i = 0; i < 200; ++i) {
    const Packet plain = test::rtcp_packet(Ssrc(88), random() % 50, random);
    const Packet ours = test::seal_rtcp(outbound, plain);
    const Packet theirs = sender.protect_rtcp(plain);

    ASSERT_EQ(receiver.unprotect_rtcp(ours), plain) << i;
    const auto opened = test::open_rtcp(inbound, theirs);
    ASSERT_TRUE(opened.ok()) << i;
    ASSERT_EQ(*opened, plain);
  }
}

}  // namespace
}  // namespace plenum::srtp
