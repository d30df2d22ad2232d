#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/address.h"
#include "base/bytes.h"
#include "base/result.h"

/// STUN messages as ICE needs them: RFC 8489 sections 5 and 14, RFC 8445 section 16.1.
/// Parsing, writing, and both checksums. No transactions and no retransmission here.
namespace plenum::stun {

inline constexpr std::size_t kHeaderSize = 20;
inline constexpr std::uint32_t kMagicCookie = 0x2112A442;
/// Longer messages are refused: nothing larger fits a datagram of this server.
inline constexpr std::size_t kMaxMessageSize = 2048;

enum class Class : std::uint8_t { request = 0, indication = 1, success = 2, error = 3 };

/// The 12-bit method; other values than the named ones may appear in a view.
enum class Method : std::uint16_t { binding = 0x001 };

/// RFC 8489 section 18.3 and RFC 8445 section 20.1.
enum class Attribute : std::uint16_t {
  mapped_address = 0x0001,
  username = 0x0006,
  message_integrity = 0x0008,
  error_code = 0x0009,
  unknown_attributes = 0x000A,
  realm = 0x0014,
  nonce = 0x0015,
  message_integrity_sha256 = 0x001C,
  password_algorithm = 0x001D,
  userhash = 0x001E,
  xor_mapped_address = 0x0020,
  priority = 0x0024,
  use_candidate = 0x0025,
  software = 0x8022,
  fingerprint = 0x8028,
  ice_controlled = 0x8029,
  ice_controlling = 0x802A,
};

using TransactionId = std::array<std::byte, 12>;

enum class ParseError : std::uint8_t {
  too_short,
  too_long,
  not_stun,
  bad_length,
  bad_attribute,
  bad_fingerprint,
};

/// First-byte (0…3, RFC 7983 section 7: methods up to 0xFF) and magic-cookie test for
/// demultiplexing. Says nothing about the rest.
bool looks_like_stun(Bytes datagram);

/// USERNAME of what looks like a message: enough to know whose it may be. Nothing else is checked,
/// so that strangers' datagrams cost no checksum.
std::optional<std::string_view> find_username(Bytes datagram);

/// A parsed message over the bytes it was parsed from, which must outlive it. Of an attribute
/// that comes twice the first counts; what follows MESSAGE-INTEGRITY is not read.
class MessageView {
 public:
  static Result<MessageView, ParseError> parse(Bytes datagram);

  Class message_class() const { return class_; }
  Method method() const { return method_; }
  const TransactionId& transaction_id() const { return transaction_id_; }

  std::optional<std::string_view> username() const;
  std::optional<std::uint32_t> priority() const;
  bool use_candidate() const;
  std::optional<std::uint64_t> ice_controlling() const;
  std::optional<std::uint64_t> ice_controlled() const;
  std::optional<Address> xor_mapped_address() const;
  /// 300…699, from ERROR-CODE.
  std::optional<int> error_code() const;
  /// The value of any other attribute.
  std::optional<Bytes> attribute(Attribute type) const;

  /// Comprehension-required attributes (below 0x8000) that this code does not know, at most 8 of
  /// them. A request that has one is answered with error 420 (RFC 8489 section 6.3.1).
  std::span<const std::uint16_t> unknown_required() const {
    return {unknown_required_.data(), unknown_required_count_};
  }

  bool has_fingerprint() const { return has_fingerprint_; }
  bool has_integrity() const { return integrity_at_ != 0; }
  /// HMAC-SHA1 of RFC 8489 section 14.5, compared in constant time. False when the attribute is
  /// absent or is followed by anything but MESSAGE-INTEGRITY-SHA256 and FINGERPRINT.
  bool verify_integrity(Bytes key) const;

 private:
  MessageView() = default;
  bool read_attributes();
  bool note_attribute(std::uint16_t type, std::size_t at, Bytes value);

  Bytes message_;
  Class class_ = Class::request;
  Method method_ = Method::binding;
  TransactionId transaction_id_{};
  std::size_t integrity_at_ = 0;
  bool stray_after_integrity_ = false;
  bool has_fingerprint_ = false;
  std::array<std::uint16_t, 8> unknown_required_{};
  std::size_t unknown_required_count_ = 0;
};

/// Writes one message into memory of the caller; a write that does not fit turns ok() false.
/// Order: attributes, then integrity(), then fingerprint().
class MessageWriter {
 public:
  MessageWriter(MutableBytes out, Class c, Method m, const TransactionId& id);

  void username(std::string_view v) { attribute(Attribute::username, as_bytes(v)); }
  void priority(std::uint32_t v);
  void use_candidate() { attribute(Attribute::use_candidate, {}); }
  void ice_controlling(std::uint64_t tie_breaker);
  void ice_controlled(std::uint64_t tie_breaker);
  void xor_mapped_address(const Address& a);
  void error_code(int code, std::string_view reason);
  void unknown_attributes(std::span<const std::uint16_t> types);
  void attribute(Attribute type, Bytes value);
  void integrity(Bytes key);
  void fingerprint();

  bool ok() const { return out_.ok(); }
  std::size_t size() const { return out_.size(); }
  Bytes written() const { return out_.written(); }

 private:
  void set_length(std::size_t message_size);
  ByteWriter out_;
  TransactionId transaction_id_;
};

/// The value of the FINGERPRINT attribute over the message before it (RFC 8489 section 14.7).
std::uint32_t fingerprint_of(Bytes message_before_attribute);

}  // namespace plenum::stun
