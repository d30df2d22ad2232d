#include "media/stun/message.h"

#include <algorithm>
#include <cstring>

#include "base/crypto.h"

namespace plenum::stun {
namespace {

constexpr std::size_t kAttributeHeader = 4;
constexpr std::size_t kHmacSize = 20;
constexpr std::size_t kFingerprintSize = 4;
/// "STUN" in ASCII, so that the CRC differs from one of an enclosing protocol (RFC 8489 14.7).
constexpr std::uint32_t kFingerprintXor = 0x5354554E;
constexpr std::uint16_t kFirstOptional = 0x8000;

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int k = 0; k < 8; ++k) c = (c & 1) ? 0xEDB88320u ^ (c >> 1) : c >> 1;
    table[i] = c;
  }
  return table;
}
constexpr auto kCrcTable = make_crc_table();

constexpr std::size_t padded(std::size_t n) { return (n + 3) & ~std::size_t{3}; }

bool is_known_required(std::uint16_t type) {
  switch (static_cast<Attribute>(type)) {
    case Attribute::mapped_address:
    case Attribute::username:
    case Attribute::message_integrity:
    case Attribute::error_code:
    case Attribute::unknown_attributes:
    case Attribute::realm:
    case Attribute::nonce:
    case Attribute::message_integrity_sha256:
    case Attribute::password_algorithm:
    case Attribute::userhash:
    case Attribute::xor_mapped_address:
    case Attribute::priority:
    case Attribute::use_candidate:
      return true;
    default:
      return false;
  }
}

/// The sizes that this code relies on later; attributes it only passes through may have any.
bool has_valid_size(std::uint16_t type, std::size_t n) {
  switch (static_cast<Attribute>(type)) {
    case Attribute::priority:
      return n == 4;
    case Attribute::use_candidate:
      return n == 0;
    case Attribute::ice_controlled:
    case Attribute::ice_controlling:
      return n == 8;
    case Attribute::error_code:
      return n >= 4;
    case Attribute::xor_mapped_address:
      return n == 8 || n == 20;
    case Attribute::message_integrity:
      return n == kHmacSize;
    case Attribute::fingerprint:
      return n == kFingerprintSize;
    case Attribute::username:
      return n <= 513;  // RFC 8489 14.3
    default:
      return true;
  }
}

}  // namespace

std::uint32_t fingerprint_of(Bytes message_before_attribute) {
  std::uint32_t c = 0xFFFFFFFF;
  for (const std::byte b : message_before_attribute)
    c = kCrcTable[(c ^ std::to_integer<std::uint32_t>(b)) & 0xFF] ^ (c >> 8);
  return ~c ^ kFingerprintXor;
}

bool looks_like_stun(Bytes b) {
  return b.size() >= kHeaderSize && be8(b, 0) <= 3 && be32(b, 4) == kMagicCookie;
}

std::optional<std::string_view> find_username(Bytes b) {
  if (!looks_like_stun(b)) return std::nullopt;
  ByteReader in(b.subspan(kHeaderSize));
  while (in.left() != 0) {
    const std::uint16_t type = in.u16();
    const std::uint16_t size = in.u16();
    const Bytes value = in.bytes(size);
    if (!in.ok()) return std::nullopt;
    if (static_cast<Attribute>(type) == Attribute::username) return as_text(value);
    in.bytes(padded(size) - size);
  }
  return std::nullopt;
}

Result<MessageView, ParseError> MessageView::parse(Bytes b) {
  if (b.size() < kHeaderSize) return Err{ParseError::too_short};
  if (!looks_like_stun(b)) return Err{ParseError::not_stun};
  if (b.size() > kMaxMessageSize) return Err{ParseError::too_long};
  const std::size_t length = be16(b, 2);
  if (length % 4 != 0 || kHeaderSize + length != b.size()) return Err{ParseError::bad_length};

  MessageView m;
  m.message_ = b;
  const unsigned type = be16(b, 0);  // the class bits stand between the method's: 8489 section 5
  m.class_ = static_cast<Class>((type >> 7 & 2) | (type >> 4 & 1));
  m.method_ = static_cast<Method>((type & 0x000F) | (type >> 1 & 0x0070) | (type >> 2 & 0x0F80));
  std::copy_n(b.begin() + 8, m.transaction_id_.size(), m.transaction_id_.begin());
  if (!m.read_attributes()) return Err{ParseError::bad_attribute};
  if (m.has_fingerprint_) {
    const std::size_t at = b.size() - kAttributeHeader - kFingerprintSize;
    if (be32(b, at + kAttributeHeader) != fingerprint_of(b.first(at)))
      return Err{ParseError::bad_fingerprint};
  }
  return m;
}

bool MessageView::read_attributes() {
  ByteReader in(message_.subspan(kHeaderSize));
  while (in.left() != 0) {
    const std::size_t at = kHeaderSize + in.position();
    const std::uint16_t type = in.u16();
    const std::uint16_t size = in.u16();
    const Bytes value = in.bytes(size);
    in.bytes(padded(size) - size);
    if (!in.ok() || !note_attribute(type, at, value)) return false;
  }
  return true;
}

bool MessageView::note_attribute(std::uint16_t type, std::size_t at, Bytes value) {
  if (has_fingerprint_) return false;  // it must be the last
  if (!has_valid_size(type, value.size())) return false;
  const auto a = static_cast<Attribute>(type);
  if (a == Attribute::fingerprint) {
    has_fingerprint_ = true;
  } else if (has_integrity()) {
    if (a != Attribute::message_integrity_sha256) stray_after_integrity_ = true;
  } else if (a == Attribute::message_integrity) {
    integrity_at_ = at;
  } else if (type < kFirstOptional && !is_known_required(type)) {
    if (unknown_required_count_ < unknown_required_.size())
      unknown_required_[unknown_required_count_++] = type;
  }
  return true;
}

std::optional<Bytes> MessageView::attribute(Attribute wanted) const {
  const std::size_t end = has_integrity() ? integrity_at_ : message_.size();
  std::size_t at = kHeaderSize;
  while (at < end) {  // parse() has checked every length
    const std::size_t size = be16(message_, at + 2);
    if (be16(message_, at) == static_cast<std::uint16_t>(wanted))
      return message_.subspan(at + kAttributeHeader, size);
    at += kAttributeHeader + padded(size);
  }
  return std::nullopt;
}

std::optional<std::string_view> MessageView::username() const {
  const auto v = attribute(Attribute::username);
  if (!v) return std::nullopt;
  return as_text(*v);
}

std::optional<std::uint32_t> MessageView::priority() const {
  const auto v = attribute(Attribute::priority);
  if (!v) return std::nullopt;
  return be32(*v, 0);
}

bool MessageView::use_candidate() const { return attribute(Attribute::use_candidate).has_value(); }

std::optional<std::uint64_t> MessageView::ice_controlling() const {
  const auto v = attribute(Attribute::ice_controlling);
  if (!v) return std::nullopt;
  return be64(*v, 0);
}

std::optional<std::uint64_t> MessageView::ice_controlled() const {
  const auto v = attribute(Attribute::ice_controlled);
  if (!v) return std::nullopt;
  return be64(*v, 0);
}

std::optional<Address> MessageView::xor_mapped_address() const {
  const auto v = attribute(Attribute::xor_mapped_address);
  if (!v) return std::nullopt;
  const auto family = be8(*v, 1);
  const std::size_t ip_size = v->size() - 4;
  if (family != (ip_size == 4 ? 1 : 2)) return std::nullopt;
  Address a;
  a.family = ip_size == 4 ? Address::Family::v4 : Address::Family::v6;
  a.port = static_cast<std::uint16_t>(be16(*v, 2) ^ (kMagicCookie >> 16));
  // The mask is the cookie and the transaction id, which stand in a row in the header.
  for (std::size_t i = 0; i < ip_size; ++i)
    a.ip[i] = static_cast<std::uint8_t>(be8(*v, 4 + i) ^ be8(message_, 4 + i));
  return a;
}

std::optional<int> MessageView::error_code() const {
  const auto v = attribute(Attribute::error_code);
  if (!v) return std::nullopt;
  const int hundreds = be8(*v, 2) & 7;
  const int rest = be8(*v, 3);
  if (hundreds < 3 || hundreds > 6 || rest > 99) return std::nullopt;
  return hundreds * 100 + rest;
}

bool MessageView::verify_integrity(Bytes key) const {
  if (!has_integrity() || stray_after_integrity_) return false;
  // The HMAC covers the message up to the attribute, with a length as if it were the last one.
  std::array<std::byte, kMaxMessageSize> covered;
  std::memcpy(covered.data(), message_.data(), integrity_at_);
  put_be(covered, 2, 2, integrity_at_ + kAttributeHeader + kHmacSize - kHeaderSize);
  const auto expected = crypto::hmac_sha1(key, Bytes(covered).first(integrity_at_));
  return crypto::equal_constant_time(expected,
                                     message_.subspan(integrity_at_ + kAttributeHeader, kHmacSize));
}

}  // namespace plenum::stun
