#include "base/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <stdexcept>

namespace plenum::crypto {
namespace {

unsigned char* uc(std::byte* p) { return reinterpret_cast<unsigned char*>(p); }
const unsigned char* uc(const std::byte* p) { return reinterpret_cast<const unsigned char*>(p); }

constexpr std::string_view kBase57 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::string_view kIce =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string random_from(std::string_view alphabet, std::size_t n) {
  std::string out;
  out.reserve(n);
  const std::size_t limit = 256 - 256 % alphabet.size();  // no modulo bias
  while (out.size() < n) {
    std::array<std::byte, 32> raw;
    random_bytes(raw);
    for (const std::byte b : raw) {
      const auto v = std::to_integer<std::size_t>(b);
      if (v < limit && out.size() < n) out += alphabet[v % alphabet.size()];
    }
  }
  return out;
}

std::string encode(Bytes data, std::string_view alphabet, bool pad) {
  std::string out;
  out.reserve((data.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < data.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, data.size() - i);
    const auto v = static_cast<std::uint32_t>(be(data, i, n) << (8 * (3 - n)));
    for (std::size_t k = 0; k < n + 1; ++k) out += alphabet[(v >> (18 - 6 * k)) & 63];
    if (pad) out.append(3 - n, '=');
  }
  return out;
}

int value_of(char c, bool url, bool standard) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (standard && (c == '+' || c == ' ')) return 62;
  if (standard && c == '/') return 63;
  if (url && c == '-') return 62;
  if (url && c == '_') return 63;
  return -1;
}

std::optional<std::vector<std::byte>> decode(std::string_view text, bool url, bool standard) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::vector<std::byte> out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t v = 0;
  int bits = 0;
  for (const char c : text) {
    const int d = value_of(c, url, standard);
    if (d < 0) return std::nullopt;
    v = v << 6 | static_cast<std::uint32_t>(d);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<std::byte>(v >> bits));
    }
  }
  return out;
}

}  // namespace

Sha256 sha256(Bytes data) {
  Sha256 out;
  unsigned n = 0;
  EVP_Digest(data.data(), data.size(), uc(out.data()), &n, EVP_sha256(), nullptr);
  return out;
}

Sha1 hmac_sha1(Bytes key, Bytes data) {
  Sha1 out;
  unsigned n = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), uc(data.data()), data.size(),
       uc(out.data()), &n);
  return out;
}

Sha256 hmac_sha256(Bytes key, Bytes data) {
  Sha256 out;
  unsigned n = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), uc(data.data()), data.size(),
       uc(out.data()), &n);
  return out;
}

bool equal_constant_time(Bytes a, Bytes b) {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

void random_bytes(MutableBytes out) {
  if (RAND_bytes(uc(out.data()), static_cast<int>(out.size())) != 1)
    throw std::runtime_error("the operating system gave no random bytes");
}

std::uint32_t random_u32() {
  std::array<std::byte, 4> b;
  random_bytes(b);
  return be32(b, 0);
}

std::uint64_t random_u64() {
  std::array<std::byte, 8> b;
  random_bytes(b);
  return be64(b, 0);
}

std::string random_text(std::size_t n) { return random_from(kBase57, n); }
std::string random_ice_text(std::size_t n) { return random_from(kIce, n); }

std::string base64(Bytes data) { return encode(data, kBase64, true); }
std::string base64url(Bytes data) { return encode(data, kBase64Url, false); }

std::optional<std::vector<std::byte>> base64_decode_lenient(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  return decode(text, true, true);
}

std::optional<std::vector<std::byte>> base64url_decode(std::string_view text) {
  return decode(text, true, false);
}

}  // namespace plenum::crypto
