#include "webhooks/signature.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <stdexcept>
#include <vector>

#include "api/http/jwt.h"
#include "base/crypto.h"

namespace plenum::webhooks {
namespace {

constexpr unsigned kRsaBits = 2048;
constexpr std::int64_t kTokenSeconds = 300;

struct Free {
  void operator()(BIO* b) const { BIO_free(b); }
  void operator()(EVP_MD_CTX* c) const { EVP_MD_CTX_free(c); }
  void operator()(EVP_PKEY* k) const { EVP_PKEY_free(k); }
};
using Bio = std::unique_ptr<BIO, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Digest = std::unique_ptr<EVP_MD_CTX, Free>;

const unsigned char* uc(Bytes b) { return reinterpret_cast<const unsigned char*>(b.data()); }

/// A PEM is never encrypted here; without this OpenSSL would ask at the terminal.
int no_password(char*, int, int, void*) { return 0; }

Bio reading(const std::string& pem) {
  return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

std::string written(BIO* bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace

RsaSigner::RsaSigner(const std::string& private_pem) {
  const Bio bio = reading(private_pem);
  key_ = {PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr), EVP_PKEY_free};
  if (!key_ || EVP_PKEY_get_base_id(key_.get()) != EVP_PKEY_RSA)
    throw std::runtime_error("the webhook signing key in the database is not an RSA key");
}

std::string RsaSigner::sign(Bytes body) const {
  const Digest digest(EVP_MD_CTX_new());
  std::size_t size = 0;
  std::vector<std::byte> signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())));
  size = signature.size();
  if (!digest ||
      EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
      EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     uc(body), body.size()) != 1)
    throw std::runtime_error("OpenSSL could not sign a webhook");
  signature.resize(size);
  return crypto::base64(signature);
}

bool verify_rsa(const std::string& public_pem, Bytes body, std::string_view signature) {
  const auto raw = crypto::base64_decode_lenient(signature);
  const Bio bio = reading(public_pem);
  const Key key(PEM_read_bio_PUBKEY(bio.get(), nullptr, no_password, nullptr));
  if (!raw || !key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) return false;
  const Digest digest(EVP_MD_CTX_new());
  return digest &&
         EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
         EVP_DigestVerify(digest.get(), uc(*raw), raw->size(), uc(body), body.size()) == 1;
}

store::SigningKey make_signing_key(std::int64_t now_ms) {
  const Key key(EVP_RSA_gen(kRsaBits));
  const Bio secret(BIO_new(BIO_s_mem())), open(BIO_new(BIO_s_mem()));
  if (!key || !secret || !open ||
      PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1 ||
      PEM_write_bio_PUBKEY(open.get(), key.get()) != 1)
    throw std::runtime_error("OpenSSL could not make a signing key");
  return {.kid = crypto::random_text(16),
          .private_pem = written(secret.get()),
          .public_pem = written(open.get()),
          .created_ms = now_ms,
          .active = true};
}

store::SigningKey ensure_signing_key(store::Database& db, std::int64_t now_ms) {
  if (auto key = store::active_signing_key(db)) return *std::move(key);
  store::SigningKey key = make_signing_key(now_ms);
  store::add_signing_key(db, key);
  return key;
}

std::string livekit_token(std::string_view api_key, std::string_view secret, Bytes body,
                          std::int64_t now) {
  boost::json::object claims;
  claims["iss"] = api_key;
  claims["nbf"] = now;
  claims["exp"] = now + kTokenSeconds;
  claims["sha256"] = crypto::base64(crypto::sha256(body));
  return http::sign_jwt(claims, secret);
}

}  // namespace plenum::webhooks
