#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

struct ssl_ctx_st;
struct x509_st;

namespace plenum::dtls {

/// A certificate fingerprint as SDP carries it (RFC 8122 section 5).
struct Fingerprint {
  /// Lower case: sha-1, sha-256, sha-384 or sha-512.
  std::string algorithm;
  std::vector<std::byte> digest;

  /// Parses "sha-256 AB:CD:…". nullopt for another hash or a digest of another length.
  static std::optional<Fingerprint> parse(std::string_view text);
  std::string text() const;
  /// Constant time.
  bool matches(const x509_st* certificate) const;
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

/// Our identity: a self-signed ECDSA P-256 certificate with its key, and the DTLS settings that
/// every endpoint under this certificate shares. Made once at start; immutable afterwards, so
/// endpoints on several shards may use it at the same time. Must outlive them.
class Certificate {
 public:
  /// Throws std::runtime_error when the cryptographic library cannot make one.
  static Certificate generate();
  ~Certificate();
  Certificate(Certificate&&) noexcept;
  Certificate& operator=(Certificate&&) noexcept;

  /// "sha-256 AB:CD:…", the value of a=fingerprint.
  std::string fingerprint() const { return fingerprint_.text(); }
  const Fingerprint& sha256() const { return fingerprint_; }
  ssl_ctx_st* context() const { return context_.get(); }

 private:
  struct FreeContext {
    void operator()(ssl_ctx_st* c) const;
  };
  Certificate(std::unique_ptr<ssl_ctx_st, FreeContext> context, Fingerprint fingerprint);
  std::unique_ptr<ssl_ctx_st, FreeContext> context_;
  Fingerprint fingerprint_;
};

}  // namespace plenum::dtls
