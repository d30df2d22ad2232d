#include <netinet/in.h>
#include <netinet/udp.h>
#include <openssl/evp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "base/bytes.h"
#include "bench.h"
#include "io/udp_socket.h"
#include "sinks.h"

namespace plenum::bench {
namespace {

constexpr std::size_t kHeader = 24;  // fixed header and one block of extensions
constexpr std::size_t kTag = 16;
constexpr int kChunk = 32;  // subscribers whose ciphertext stays in L2 until it is sent

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* c) const { EVP_CIPHER_CTX_free(c); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

unsigned char* uc(std::byte* p) { return reinterpret_cast<unsigned char*>(p); }
const unsigned char* uc(const std::byte* p) { return reinterpret_cast<const unsigned char*>(p); }

Context keyed(EVP_CIPHER* cipher, int id, bool seal) {
  Context c(EVP_CIPHER_CTX_new());
  std::array<unsigned char, 16> key{};
  for (std::size_t i = 0; i < key.size(); ++i)
    key[i] = static_cast<unsigned char>(id * 7 + static_cast<int>(i) * 13);
  EVP_CipherInit_ex(c.get(), cipher, nullptr, key.data(), nullptr, seal);
  return c;
}

void nonce(std::array<unsigned char, 12>& iv, const std::byte* header) {
  iv = {};
  std::memcpy(&iv[2], header + 8, 4);
  std::memcpy(&iv[10], header + 2, 2);
}

void seal(EVP_CIPHER_CTX* c, std::byte* out, const std::byte* body, int n) {
  std::array<unsigned char, 12> iv;
  nonce(iv, out);
  int l = 0;
  EVP_EncryptInit_ex(c, nullptr, nullptr, nullptr, iv.data());
  EVP_EncryptUpdate(c, nullptr, &l, uc(out), kHeader);
  EVP_EncryptUpdate(c, uc(out + kHeader), &l, uc(body), n);
  EVP_EncryptFinal_ex(c, uc(out + kHeader + n), &l);
  EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, kTag, out + kHeader + n);
}

bool open(EVP_CIPHER_CTX* c, std::byte* packet, int n) {
  std::array<unsigned char, 12> iv;
  nonce(iv, packet);
  int l = 0;
  EVP_DecryptInit_ex(c, nullptr, nullptr, nullptr, iv.data());
  EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, kTag, packet + kHeader + n);
  EVP_DecryptUpdate(c, nullptr, &l, uc(packet), kHeader);
  EVP_DecryptUpdate(c, uc(packet + kHeader), &l, uc(packet + kHeader), n);
  return EVP_DecryptFinal_ex(c, uc(packet), &l) == 1;
}

struct Subscriber {
  Context key;
  sockaddr_in to{};
  std::uint32_t ssrc = 0;
  std::uint16_t offset = 0;
};

class Floor {
 public:
  explicit Floor(const Fanout& f)
      : f_(f),
        sinks_(f.subscribers),
        rx_(*Address::parse("127.0.0.1", 0)),
        tx_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)),
        source_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)),
        cipher_(EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr)),
        wire_(static_cast<std::size_t>(f.packet_bytes) + kTag),
        in_(io::UdpSocket::kMaxBatch),
        out_(static_cast<std::size_t>(kChunk * f.burst) * wire_),
        messages_(kChunk),
        vectors_(kChunk),
        control_(kChunk) {
    for (int i = 0; i < f.subscribers; ++i) {
      Subscriber s{.key = keyed(cipher_, i + 1, true),
                   .ssrc = 0x10000u + static_cast<std::uint32_t>(i),
                   .offset = static_cast<std::uint16_t>(i * 31)};
      s.to.sin_family = AF_INET;
      s.to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      s.to.sin_port = htons(sinks_.addresses()[static_cast<std::size_t>(i)].port);
      subscribers_.push_back(std::move(s));
    }
    in_seal_ = keyed(cipher_, 0, true);
    in_open_ = keyed(cipher_, 0, false);
  }
  ~Floor() {
    close(tx_);
    close(source_);
    EVP_CIPHER_free(cipher_);
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
      seal(in_seal_.get(), packet.data(), body.data(), static_cast<int>(body.size()));
      if (sendto(source_, packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&to),
                 sizeof to) < 0)
        throw std::runtime_error("sendto");
    }
  }

  std::uint64_t forward_burst() {
    const std::size_t got =
        rx_.receive_batch(std::span(in_).first(static_cast<std::size_t>(f_.burst)));
    const int n = f_.packet_bytes - static_cast<int>(kHeader);
    for (std::size_t j = 0; j < got; ++j)
      if (!open(in_open_.get(), in_[j].datagram.bytes().data(), n))
        throw std::runtime_error("not authentic");
    std::uint64_t packets = 0;
    for (std::size_t base = 0; base < subscribers_.size(); base += kChunk) {
      const std::size_t count = std::min<std::size_t>(kChunk, subscribers_.size() - base);
      for (std::size_t i = 0; i < count; ++i) packets += write(subscribers_[base + i], i, got, n);
      for (std::size_t sent = 0; sent < count;) {
        const int r = sendmmsg(tx_, &messages_[sent], static_cast<unsigned>(count - sent), 0);
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

  std::uint64_t write(Subscriber& s, std::size_t slot, std::size_t got, int n) {
    std::byte* begin = &out_[slot * static_cast<std::size_t>(f_.burst) * wire_];
    for (std::size_t j = 0; j < got; ++j) {
      const std::byte* p = in_[j].datagram.bytes().data();
      std::byte* q = begin + j * wire_;
      std::memcpy(q, p, kHeader);
      put_be({q, kHeader}, 2, 2, be16({p, kHeader}, 2) + static_cast<unsigned>(s.offset));
      put_be({q, kHeader}, 8, 4, s.ssrc);
      seal(s.key.get(), q, p + kHeader, n);
    }
    vectors_[slot] = {begin, got * wire_};
    msghdr& h = messages_[slot].msg_hdr;
    h = {};
    h.msg_name = &s.to;
    h.msg_namelen = sizeof s.to;
    h.msg_iov = &vectors_[slot];
    h.msg_iovlen = 1;
    if (got > 1) {
      h.msg_control = control_[slot].bytes;
      h.msg_controllen = sizeof control_[slot].bytes;
      cmsghdr* c = CMSG_FIRSTHDR(&h);
      c->cmsg_level = IPPROTO_UDP;
      c->cmsg_type = UDP_SEGMENT;
      c->cmsg_len = CMSG_LEN(2);
      const auto segment = static_cast<std::uint16_t>(wire_);
      std::memcpy(CMSG_DATA(c), &segment, 2);
    }
    return got;
  }

  const Fanout& f_;
  FullSinks sinks_;
  io::UdpSocket rx_;
  int tx_, source_;
  EVP_CIPHER* cipher_;
  std::size_t wire_;
  Context in_seal_, in_open_;
  std::vector<Subscriber> subscribers_;
  std::vector<io::Received> in_;
  std::vector<std::byte> out_;
  std::vector<mmsghdr> messages_;
  std::vector<iovec> vectors_;
  std::vector<Control> control_;
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
