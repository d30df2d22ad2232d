#include "media/dtls/certificate.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

namespace plenum::dtls {
namespace {

TEST(DtlsCertificate, announces_a_sha_256_fingerprint_that_matches_itself) {
  const Certificate c = Certificate::generate();
  const auto parsed = Fingerprint::parse(c.fingerprint());

  ASSERT_TRUE(parsed);
  EXPECT_EQ(c.fingerprint().substr(0, 8), "sha-256 ");
  EXPECT_EQ(c.fingerprint().size(), 8 + 32 * 3 - 1);
  EXPECT_EQ(*parsed, c.sha256());
  EXPECT_EQ(parsed->text(), c.fingerprint());
  EXPECT_TRUE(parsed->matches(SSL_CTX_get0_certificate(c.context())));
}

TEST(DtlsCertificate, no_two_are_alike) {
  const Certificate a = Certificate::generate();
  const Certificate b = Certificate::generate();

  EXPECT_NE(a.fingerprint(), b.fingerprint());
  EXPECT_FALSE(a.sha256().matches(SSL_CTX_get0_certificate(b.context())));
}

TEST(DtlsCertificate, compares_every_hash_that_a_peer_may_announce) {
  const Certificate c = Certificate::generate();
  X509* x = SSL_CTX_get0_certificate(c.context());
  const std::pair<const char*, const EVP_MD*> hashes[] = {{"sha-1", EVP_sha1()},
                                                          {"sha-256", EVP_sha256()},
                                                          {"sha-384", EVP_sha384()},
                                                          {"sha-512", EVP_sha512()}};
  for (const auto& [name, hash] : hashes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned n = 0;
    ASSERT_EQ(X509_digest(x, hash, digest.data(), &n), 1);
    const Bytes b = std::as_bytes(std::span(digest.data(), n));
    Fingerprint f{name, {b.begin(), b.end()}};

    EXPECT_TRUE(Fingerprint::parse(f.text())->matches(x)) << name;
    f.digest.back() ^= std::byte{1};
    EXPECT_FALSE(f.matches(x)) << name;
    f.digest.pop_back();
    EXPECT_FALSE(f.matches(x)) << name;
  }
  EXPECT_FALSE((Fingerprint{"sha-256", {}}).matches(x));
  EXPECT_FALSE(c.sha256().matches(nullptr));
}

TEST(DtlsFingerprint, reads_either_case_and_rejects_what_is_malformed) {
  const std::string good = "sha-1 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB";
  EXPECT_EQ(Fingerprint::parse(good)->text(), good);
  std::string lower = good;
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  lower.replace(0, 3, "SHA");
  EXPECT_EQ(Fingerprint::parse(lower)->text(), good);

  for (std::size_t n = 0; n < good.size(); ++n) EXPECT_FALSE(Fingerprint::parse(good.substr(0, n)));
  EXPECT_FALSE(Fingerprint::parse(good + ":AB"));
  EXPECT_FALSE(Fingerprint::parse("md5 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B"));
  EXPECT_FALSE(Fingerprint::parse("sha-256 " + good.substr(6)));
  std::string bad_digit = good;
  bad_digit[6] = 'G';
  EXPECT_FALSE(Fingerprint::parse(bad_digit));
  std::string bad_colon = good;
  bad_colon[8] = '-';
  EXPECT_FALSE(Fingerprint::parse(bad_colon));
}

}  // namespace
}  // namespace plenum::dtls
