#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "base/bytes.h"
#include "bench.h"
#include "io/udp_socket.h"
#include "media/srtp/gcm.h"
#include "sinks.h"

namespace plenum::bench {
namespace {

constexpr std::size_t kHeader = 24;  // fixed header and one block of extensions
constexpr std::size_t kTag = srtp::Gcm::kTagSize;
constexpr int kChunk = 32;  // subscribers whose ciphertext stays in L2 until it is sent
/// What the kernel takes as one message to be split.
constexpr std::size_t kMaxMessage = 65'000, kMaxSegments = 64;

srtp::Gcm keyed(int id, srtp::Direction direction) {
  std::array<std::byte, 16> key{};
  for (std::size_t i = 0; i < key.size(); ++i)
    key[i] = static_cast<std::byte>(id * 7 + static_cast<int>(i) * 13);
  return srtp::Gcm(srtp::Profile::aead_aes_128_gcm, key, direction);
}

srtp::Gcm::Iv nonce(const std::byte* header) {
  srtp::Gcm::Iv iv{};
  std::memcpy(&iv[2], header + 8, 4);
  std::memcpy(&iv[10], header + 2, 2);
  return iv;
}

void seal(srtp::Gcm& key, std::byte* out, const std::byte* body, std::size_t n) {
  key.seal(nonce(out), {out, kHeader}, {body, n}, out + kHeader, out + kHeader + n);
}

bool open(srtp::Gcm& key, std::byte* packet, std::size_t n) {
  return key.open(nonce(packet), {packet, kHeader}, {packet + kHeader, n}, packet + kHeader + n);
}

struct Subscriber {
  srtp::Gcm key;
  sockaddr_in to{};
  std::uint32_t ssrc = 0;
  std::uint16_t offset = 0;
};

class Floor {
 public:
  explicit Floor(const Fanout& f)
      : f_(f),
        sinks_(f.subscribers, f.sink),
        rx_(*Address::parse("127.0.0.1", 0)),
        tx_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)),
        source_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)),
        wire_(static_cast<std::size_t>(f.packet_bytes) + kTag),
        in_(static_cast<std::size_t>(f.burst)),
        out_(static_cast<std::size_t>(kChunk * f.burst) * wire_),
        segments_(std::min({in_.size(), kMaxMessage / wire_, kMaxSegments})),
        messages_(kChunk * (in_.size() / segments_ + 1)),
        vectors_(messages_.size()),
        control_(messages_.size()) {
    for (int i = 0; i < f.subscribers; ++i) {
      Subscriber s{.key = keyed(i + 1, srtp::Direction::seal),
                   .ssrc = 0x10000u + static_cast<std::uint32_t>(i),
                   .offset = static_cast<std::uint16_t>(i * 31)};
      s.to.sin_family = AF_INET;
      s.to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      s.to.sin_port = htons(sinks_.addresses()[static_cast<std::size_t>(i)].port);
      subscribers_.push_back(std::move(s));
    }
  }
  ~Floor() {
    close(tx_);
    close(source_);
  }

  void fill() {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(rx_.local_address().port);
    std::vector<std::byte> packet(wire_),
        body(static_cast<std::size_t>(f_.packet_bytes) - kHeader, std::byte{0x5a});
    for (int i = 0; i < f_.bursts * f_.burst; ++i, ++seq_) {
      std::fill_n(packet.begin(), kHeader, std::byte{0});
      put_be(packet, 0, 2, 0x9060);
      put_be(packet, 2, 2, seq_ & 0xffff);
      put_be(packet, 8, 4, 0xabcdef);
      seal(in_seal_, packet.data(), body.data(), body.size());
      if (sendto(source_, packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&to),
                 sizeof to) < 0)
        throw std::runtime_error("sendto");
    }
  }

  std::uint64_t forward_burst() {
    std::size_t got = 0;
    while (const std::size_t more = rx_.receive_batch(std::span(in_).subspan(got))) got += more;
    const std::size_t n = static_cast<std::size_t>(f_.packet_bytes) - kHeader;
    for (std::size_t j = 0; j < got; ++j)
      if (!open(in_open_, in_[j].datagram.bytes().data(), n))
        throw std::runtime_error("not authentic");
    std::uint64_t packets = 0;
    for (std::size_t base = 0; base < subscribers_.size(); base += kChunk) {
      const std::size_t count = std::min<std::size_t>(kChunk, subscribers_.size() - base);
      used_ = 0;
      for (std::size_t i = 0; i < count; ++i) packets += write(subscribers_[base + i], i, got, n);
      for (std::size_t sent = 0; sent < used_;) {
        const int r = sendmmsg(tx_, &messages_[sent], static_cast<unsigned>(used_ - sent), 0);
        if (r <= 0) throw std::runtime_error("sendmmsg");
        sent += static_cast<std::size_t>(r);
      }
    }
    return packets;
  }

 private:
  struct alignas(8) Control {
    char bytes[CMSG_SPACE(2)];
  };

  std::uint64_t write(Subscriber& s, std::size_t slot, std::size_t got, std::size_t n) {
    std::byte* begin = &out_[slot * static_cast<std::size_t>(f_.burst) * wire_];
    for (std::size_t j = 0; j < got; ++j) {
      const std::byte* p = in_[j].datagram.bytes().data();
      std::byte* q = begin + j * wire_;
      std::memcpy(q, p, kHeader);
      put_be({q, kHeader}, 2, 2, be16({p, kHeader}, 2) + static_cast<unsigned>(s.offset));
      put_be({q, kHeader}, 8, 4, s.ssrc);
      seal(s.key, q, p + kHeader, n);
    }
    for (std::size_t j = 0; j < got; j += segments_)
      add_message(s, {begin + j * wire_, std::min(segments_, got - j) * wire_});
    return got;
  }

  void add_message(Subscriber& s, MutableBytes bytes) {
    vectors_[used_] = {bytes.data(), bytes.size()};
    msghdr& h = messages_[used_].msg_hdr;
    h = {};
    h.msg_name = &s.to;
    h.msg_namelen = sizeof s.to;
    h.msg_iov = &vectors_[used_];
    h.msg_iovlen = 1;
    if (bytes.size() > wire_) {
      h.msg_control = control_[used_].bytes;
      h.msg_controllen = sizeof control_[used_].bytes;
      cmsghdr* c = CMSG_FIRSTHDR(&h);
      c->cmsg_level = IPPROTO_UDP;
      c->cmsg_type = UDP_SEGMENT;
      c->cmsg_len = CMSG_LEN(2);
      const auto segment = static_cast<std::uint16_t>(wire_);
      std::memcpy(CMSG_DATA(c), &segment, 2);
    }
    ++used_;
  }

  const Fanout& f_;
  Sinks sinks_;
  io::UdpSocket rx_;
  int tx_, source_;
  std::size_t wire_;
  srtp::Gcm in_seal_ = keyed(0, srtp::Direction::seal), in_open_ = keyed(0, srtp::Direction::open);
  std::vector<Subscriber> subscribers_;
  std::vector<io::Received> in_;
  std::vector<std::byte> out_;
  std::size_t segments_;
  std::vector<mmsghdr> messages_;
  std::vector<iovec> vectors_;
  std::vector<Control> control_;
  std::size_t used_ = 0;  // of messages_, in the running chunk
  std::uint32_t seq_ = 0;
};

}  // namespace

FanoutResult run_floor(const Fanout& f) {
  Floor floor(f);
  std::vector<double> costs;
  FanoutResult r;
  for (int i = 0; i <= f.repetitions; ++i) {
    floor.fill();
    const double begin = cpu_ns();
    std::uint64_t packets = 0;
    for (int b = 0; b < f.bursts; ++b) packets += floor.forward_burst();
    if (i == 0) continue;  // warm-up
    costs.push_back((cpu_ns() - begin) / static_cast<double>(packets));
    r.packets += packets;
  }
  r.ns_per_packet = median(costs);
  return r;
}

}  // namespace plenum::bench
