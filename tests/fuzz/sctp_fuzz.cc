// SCTP: an association with a live peer in virtual time; the input says which of the peer's packets
// are damaged and which chunks of its own invention (with the right tag and checksum) come between.
#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "media/sctp/association.h"

namespace {

using namespace plenum;
using Packet = std::vector<std::byte>;

/// CRC32c of RFC 9260 appendix A, bit by bit; stored little-endian.
void seal(Packet& p) {
  for (std::size_t i = 8; i < 12; ++i) p[i] = {};
  std::uint32_t crc = 0xffffffff;
  for (const std::byte b : p) {
    crc ^= std::to_integer<std::uint32_t>(b);
    for (int i = 0; i < 8; ++i) crc = (crc >> 1) ^ (crc & 1 ? 0x82f63b78u : 0u);
  }
  crc = ~crc;
  for (std::size_t i = 0; i < 4; ++i) p[8 + i] = static_cast<std::byte>(crc >> (8 * i));
}

class Session {
 public:
  explicit Session(Bytes input) : input_(input) {}

  void run() {
    victim_.connect(now_);
    peer_.connect(now_);
    std::ignore = victim_.open_channel({.label = "v"}, now_);
    std::ignore = peer_.open_channel({.label = "p"}, now_);
    for (int i = 0; i < 200; ++i) {
      const bool any = drain(victim_, nullptr) | drain(peer_, &victim_);
      if (!any && input_.left() == 0) break;
      inject();
      now_ += 10ms;
      for (sctp::Association* a : {&victim_, &peer_})
        if (a->next_timeout() <= now_) a->handle_timeout(now_);
    }
  }

 private:
  bool drain(sctp::Association& from, sctp::Association* victim) {
    bool any = false;
    while (auto output = from.poll_output()) {
      auto* t = std::get_if<sctp::Transmit>(&*output);
      if (!t) continue;
      any = true;
      const Bytes bytes = t->packet.bytes();
      Packet packet(bytes.begin(), bytes.end());
      if (!victim) {
        peer_.handle_packet(packet, now_);
        continue;
      }
      std::copy_n(bytes.begin(), 12, header_.begin());
      damage(packet);
      victim->handle_packet(packet, now_);
    }
    return any;
  }

  void damage(Packet& packet) {
    const unsigned count = input_.u8() % 4;
    for (unsigned i = 0; i < count; ++i) {
      const std::size_t at = 12 + input_.u16() % (packet.size() - 12);
      packet[at] = static_cast<std::byte>(input_.u8());
    }
    if (count) seal(packet);
  }

  void inject() {
    const Bytes chunks = input_.bytes(std::min<std::size_t>(input_.u8(), input_.left()));
    if (chunks.empty()) return;
    Packet packet(header_.begin(), header_.end());
    packet.insert(packet.end(), chunks.begin(), chunks.end());
    seal(packet);
    victim_.handle_packet(packet, now_);
  }

  ByteReader input_;
  TimePoint now_{1000s};
  std::array<std::byte, 12> header_{};
  sctp::Association victim_{sctp::Config{.is_dtls_client = false}};
  sctp::Association peer_{sctp::Config{.is_dtls_client = true}};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Session(std::as_bytes(std::span(data, size))).run();
  return 0;
}
