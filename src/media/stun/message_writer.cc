#include <algorithm>

#include "base/crypto.h"
#include "media/stun/message.h"

namespace plenum::stun {
namespace {

constexpr std::size_t kIntegrityAttribute = 4 + 20;
constexpr std::size_t kFingerprintAttribute = 4 + 4;

std::uint16_t message_type(Class c, Method m) {  // RFC 8489 section 5
  const auto method = static_cast<unsigned>(m);
  const auto klass = static_cast<unsigned>(c);
  return static_cast<std::uint16_t>((method & 0x0F80) << 2 | (method & 0x0070) << 1 |
                                    (method & 0x000F) | (klass & 2) << 7 | (klass & 1) << 4);
}

}  // namespace

MessageWriter::MessageWriter(MutableBytes out, Class c, Method m, const TransactionId& id)
    : out_(out.first(std::min(out.size(), kMaxMessageSize))), transaction_id_(id) {
  out_.u16(message_type(c, m));
  out_.u16(0);
  out_.u32(kMagicCookie);
  out_.bytes(id);
}

void MessageWriter::set_length(std::size_t message_size) {
  out_.patch_u16(2, static_cast<std::uint16_t>(message_size - kHeaderSize));
}

void MessageWriter::attribute(Attribute type, Bytes value) {
  out_.u16(static_cast<std::uint16_t>(type));
  out_.u16(value.size());
  out_.bytes(value);
  out_.zeros((4 - value.size() % 4) % 4);
  if (out_.ok()) set_length(out_.size());
}

void MessageWriter::priority(std::uint32_t v) {
  std::array<std::byte, 4> value;
  put_be(value, 0, 4, v);
  attribute(Attribute::priority, value);
}

void MessageWriter::ice_controlling(std::uint64_t tie_breaker) {
  std::array<std::byte, 8> value;
  put_be(value, 0, 8, tie_breaker);
  attribute(Attribute::ice_controlling, value);
}

void MessageWriter::ice_controlled(std::uint64_t tie_breaker) {
  std::array<std::byte, 8> value;
  put_be(value, 0, 8, tie_breaker);
  attribute(Attribute::ice_controlled, value);
}

void MessageWriter::xor_mapped_address(const Address& a) {  // RFC 8489 section 14.2
  const bool v4 = a.family == Address::Family::v4;
  const std::size_t ip_size = v4 ? 4 : 16;
  std::array<std::byte, 20> value{};
  std::array<std::byte, 16> mask;
  put_be(mask, 0, 4, kMagicCookie);
  std::copy(transaction_id_.begin(), transaction_id_.end(), mask.begin() + 4);
  value[1] = static_cast<std::byte>(v4 ? 1 : 2);
  put_be(value, 2, 2, a.port ^ (kMagicCookie >> 16));
  for (std::size_t i = 0; i < ip_size; ++i)
    value[4 + i] = static_cast<std::byte>(a.ip[i]) ^ mask[i];
  attribute(Attribute::xor_mapped_address, Bytes(value).first(4 + ip_size));
}

void MessageWriter::error_code(int code, std::string_view reason) {
  constexpr std::size_t kMaxReason = 128;
  reason = reason.substr(0, kMaxReason);
  std::array<std::byte, 4 + kMaxReason> value{};
  value[2] = static_cast<std::byte>(code / 100);
  value[3] = static_cast<std::byte>(code % 100);
  const Bytes text = as_bytes(reason);
  std::copy(text.begin(), text.end(), value.begin() + 4);
  attribute(Attribute::error_code, Bytes(value).first(4 + text.size()));
}

void MessageWriter::unknown_attributes(std::span<const std::uint16_t> types) {
  std::array<std::byte, 16> value;
  const std::size_t n = std::min(types.size(), value.size() / 2);
  for (std::size_t i = 0; i < n; ++i) put_be(value, 2 * i, 2, types[i]);
  attribute(Attribute::unknown_attributes, Bytes(value).first(2 * n));
}

void MessageWriter::integrity(Bytes key) {
  if (!out_.ok()) return;
  set_length(out_.size() + kIntegrityAttribute);  // as if the attribute were there: 8489 14.5
  attribute(Attribute::message_integrity, crypto::hmac_sha1(key, out_.written()));
}

void MessageWriter::fingerprint() {
  if (!out_.ok()) return;
  set_length(out_.size() + kFingerprintAttribute);
  std::array<std::byte, 4> value;
  put_be(value, 0, 4, fingerprint_of(out_.written()));
  attribute(Attribute::fingerprint, value);
}

}  // namespace plenum::stun
