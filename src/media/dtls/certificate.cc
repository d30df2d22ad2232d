#include "media/dtls/certificate.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <stdexcept>

#include "base/crypto.h"

namespace plenum::dtls {
namespace {

struct Free {
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(X509* p) const { X509_free(p); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using X509Ptr = std::unique_ptr<X509, Free>;

/// AEAD with forward secrecy only; as client we take what we offer. ECDSA is our own certificate,
/// RSA is for what the peer may have.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
/// A peer's chain is one self-signed certificate; the library's default would be 100 kB.
constexpr long kMaxPeerCertificateBytes = 16384;
constexpr long kDay = 24 * 60 * 60;

void require(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("cannot make the DTLS certificate: ") + what);
}

const EVP_MD* hash_by_name(std::string_view name) {
  if (name == "sha-256") return EVP_sha256();
  if (name == "sha-1") return EVP_sha1();
  if (name == "sha-384") return EVP_sha384();
  if (name == "sha-512") return EVP_sha512();
  return nullptr;
}

std::vector<std::byte> digest_of(const X509* certificate, const EVP_MD* hash) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out;
  unsigned n = 0;
  if (X509_digest(certificate, hash, out.data(), &n) != 1) return {};
  const Bytes b = std::as_bytes(std::span(out.data(), n));
  return {b.begin(), b.end()};
}

X509Ptr self_signed(EVP_PKEY* key) {
  X509Ptr cert(X509_new());
  require(cert != nullptr, "out of memory");
  X509_set_version(cert.get(), X509_VERSION_3);
  // Positive and not zero (RFC 5280 section 4.1.2.2).
  const auto serial = static_cast<long>(crypto::random_u64() >> 1 | 1);
  ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), serial);
  // It lives as long as the process; peers look at the fingerprint, not at the dates.
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), 3650 * kDay);
  X509_NAME* name = X509_get_subject_name(cert.get());
  const std::string_view common_name = "plenum";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name.data()),
                             static_cast<int>(common_name.size()), -1, 0);
  X509_set_issuer_name(cert.get(), name);
  require(X509_set_pubkey(cert.get(), key) == 1, "public key");
  require(X509_sign(cert.get(), key, EVP_sha256()) > 0, "signature");
  return cert;
}

/// Any certificate will do for the handshake, self-signed ones above all. The endpoint compares the
/// fingerprint once the handshake is complete: before that, Certificate is a plaintext message that
/// anybody could have written, and a refusal would let a stranger end the session.
int accept_certificate(X509_STORE_CTX*, void*) { return 1; }

void configure(SSL_CTX* c) {
  SSL_CTX_set_min_proto_version(c, DTLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(c, DTLS1_2_VERSION);
  // NO_QUERY_MTU: there is no socket to ask; the endpoint says the MTU.
  SSL_CTX_set_options(c, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                             SSL_OP_NO_QUERY_MTU | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
  require(SSL_CTX_set_cipher_list(c, kCiphers) == 1, "cipher suites");
  require(SSL_CTX_set1_groups_list(c, "X25519:P-256:P-384") == 1, "groups");
  SSL_CTX_set_max_cert_list(c, kMaxPeerCertificateBytes);
  SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(c, &accept_certificate, nullptr);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<Fingerprint> Fingerprint::parse(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  Fingerprint f;
  f.algorithm = text.substr(0, space);
  for (char& c : f.algorithm) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const EVP_MD* hash = hash_by_name(f.algorithm);
  if (hash == nullptr) return std::nullopt;
  const std::string_view digits = text.substr(space + 1);
  const auto size = static_cast<std::size_t>(EVP_MD_get_size(hash));
  if (digits.size() != 3 * size - 1) return std::nullopt;
  for (std::size_t i = 0; i < size; ++i) {
    const int high = hex_digit(digits[3 * i]);
    const int low = hex_digit(digits[3 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    if (i + 1 < size && digits[3 * i + 2] != ':') return std::nullopt;
    f.digest.push_back(static_cast<std::byte>(high << 4 | low));
  }
  return f;
}

std::string Fingerprint::text() const {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out = algorithm + ' ';
  for (std::size_t i = 0; i < digest.size(); ++i) {
    if (i != 0) out += ':';
    out += kHex[std::to_integer<std::size_t>(digest[i]) >> 4];
    out += kHex[std::to_integer<std::size_t>(digest[i]) & 15];
  }
  return out;
}

bool Fingerprint::matches(const x509_st* certificate) const {
  const EVP_MD* hash = hash_by_name(algorithm);
  if (certificate == nullptr || hash == nullptr || digest.empty()) return false;
  const auto actual = digest_of(certificate, hash);
  return actual.size() == digest.size() && crypto::equal_constant_time(actual, digest);
}

Certificate Certificate::generate() {
  const Key key(EVP_EC_gen("P-256"));
  require(key != nullptr, "no P-256 key");
  const X509Ptr cert = self_signed(key.get());
  std::unique_ptr<ssl_ctx_st, FreeContext> context(SSL_CTX_new(DTLS_method()));
  require(context != nullptr, "no DTLS");
  configure(context.get());
  require(SSL_CTX_use_certificate(context.get(), cert.get()) == 1, "certificate refused");
  require(SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1, "key refused");
  return {std::move(context), Fingerprint{"sha-256", digest_of(cert.get(), EVP_sha256())}};
}

void Certificate::FreeContext::operator()(ssl_ctx_st* c) const { SSL_CTX_free(c); }
Certificate::Certificate(std::unique_ptr<ssl_ctx_st, FreeContext> context, Fingerprint fingerprint)
    : context_(std::move(context)), fingerprint_(std::move(fingerprint)) {}
Certificate::~Certificate() = default;
Certificate::Certificate(Certificate&&) noexcept = default;
Certificate& Certificate::operator=(Certificate&&) noexcept = default;

}  // namespace plenum::dtls
