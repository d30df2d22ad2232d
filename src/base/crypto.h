#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace plenum::crypto {

using Sha1 = std::array<std::byte, 20>;
using Sha256 = std::array<std::byte, 32>;

Sha256 sha256(Bytes data);
Sha1 hmac_sha1(Bytes key, Bytes data);
Sha256 hmac_sha256(Bytes key, Bytes data);

/// Compares in time that depends only on the lengths.
bool equal_constant_time(Bytes a, Bytes b);

/// Unpredictable bytes from the operating system's generator. Throws if there are none.
void random_bytes(MutableBytes out);
std::uint32_t random_u32();
std::uint64_t random_u64();
/// n characters of the base-57 alphabet (no 0 O 1 I l), e.g. for sids.
std::string random_text(std::size_t n);
/// n characters of the ICE alphabet ALPHA / DIGIT / "+" / "/" (RFC 8839 5.4).
std::string random_ice_text(std::size_t n);

/// RFC 4648 section 4, with padding.
std::string base64(Bytes data);
/// RFC 4648 section 5, without padding.
std::string base64url(Bytes data);
/// Accepts both alphabets, optional padding, and a space where '+' was unescaped from a URL.
std::optional<std::vector<std::byte>> base64_decode_lenient(std::string_view text);
/// RFC 4648 section 5 without padding, as JWT demands; nothing else.
std::optional<std::vector<std::byte>> base64url_decode(std::string_view text);

}  // namespace plenum::crypto
