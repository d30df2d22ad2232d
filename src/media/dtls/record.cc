#include "media/dtls/record.h"

#include <algorithm>

namespace plenum::dtls {
namespace {

constexpr std::uint16_t kDtls10 = 0xFEFF;  // in the first flight only
constexpr std::uint16_t kDtls12 = 0xFEFD;
constexpr std::uint8_t kClientHello = 1;
constexpr std::size_t kRandomAt = 2;  // behind client_version

}  // namespace

bool looks_like_dtls(Bytes b) {
  return b.size() >= kRecordHeaderSize && be8(b, 0) >= 20 && be8(b, 0) <= 63;
}

std::optional<RecordView> next_record(Bytes& rest) {
  if (rest.size() < kRecordHeaderSize) return std::nullopt;
  const std::uint8_t type = be8(rest, 0);
  const std::uint16_t version = be16(rest, 1);
  const std::size_t size = kRecordHeaderSize + be16(rest, 11);
  if (type < 20 || type > 23 || (version != kDtls10 && version != kDtls12)) return std::nullopt;
  if (rest.size() < size) return std::nullopt;
  const RecordView r{static_cast<ContentType>(type), be16(rest, 3), rest.first(size),
                     rest.subspan(kRecordHeaderSize, size - kRecordHeaderSize)};
  rest = rest.subspan(size);
  return r;
}

bool is_sound_handshake(Bytes body, std::size_t max_message_bytes) {
  if (body.empty()) return false;
  ByteReader in(body);
  while (in.left() != 0) {
    in.u8();
    const std::size_t message = in.u24();
    in.u16();
    const std::size_t offset = in.u24();
    const std::size_t fragment = in.u24();
    in.bytes(fragment);
    if (!in.ok() || message > max_message_bytes || offset + fragment > message) return false;
    if (fragment == 0 && message != 0) return false;
  }
  return true;
}

std::optional<HelloFragment> find_client_hello(Bytes datagram) {
  while (const auto r = next_record(datagram)) {
    if (r->type != ContentType::handshake || r->epoch != 0) continue;
    if (r->body.size() < kHandshakeHeaderSize || be8(r->body, 0) != kClientHello) continue;
    HelloFragment hello;
    const auto offset = be(r->body, 6, 3);
    const Bytes fragment = r->body.subspan(kHandshakeHeaderSize);
    if (offset == 0 && fragment.size() >= kRandomAt + sizeof(HelloRandom)) {
      const Bytes random = fragment.subspan(kRandomAt, sizeof(HelloRandom));
      hello.random.emplace();
      std::copy(random.begin(), random.end(), hello.random->begin());
    }
    return hello;
  }
  return std::nullopt;
}

}  // namespace plenum::dtls
