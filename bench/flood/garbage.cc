#include "garbage.h"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <functional>
#include <stdexcept>

namespace plenum::bench {
namespace {

using Datagram = std::vector<std::byte>;

constexpr std::size_t kLargest = 1472;  // what one Ethernet frame carries
constexpr std::size_t kBursts = 512;
constexpr std::size_t kBurst = 40;  // 40 of the largest are just below 64 KiB

sockaddr_in loopback(std::uint8_t host, std::uint16_t port) {
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_port = htons(port);
  a.sin_addr.s_addr = htonl(0x7f000000u | host);
  return a;
}

void put(Datagram& d, std::initializer_list<int> bytes) {
  for (const int b : bytes) d.push_back(static_cast<std::byte>(b));
}

void fill(Datagram& d, std::size_t size, std::mt19937_64& random) {
  while (d.size() < size) d.push_back(static_cast<std::byte>(random()));
}

/// A binding request with the magic cookie and a USERNAME that nobody has; with MESSAGE-INTEGRITY
/// that proves nothing. RFC 8489 section 5, RFC 8445 section 7.1.
Datagram check(std::mt19937_64& random) {
  Datagram d;
  put(d, {0x00, 0x01, 0x00, 44, 0x21, 0x12, 0xa4, 0x42});
  fill(d, 20, random);             // transaction id
  put(d, {0x00, 0x06, 0x00, 16});  // USERNAME
  fill(d, 40, random);             //
  put(d, {0x00, 0x08, 0x00, 20});  // MESSAGE-INTEGRITY
  fill(d, 64, random);
  return d;
}

/// A binding request as a port scanner sends it.
Datagram bare_check(std::mt19937_64& random) {
  Datagram d;
  put(d, {0x00, 0x01, 0x00, 0x00, 0x21, 0x12, 0xa4, 0x42});
  fill(d, 20, random);
  return d;
}

/// A handshake record: 22, DTLS 1.2, epoch 0; the beginning of a ClientHello. RFC 6347 section 4.1.
Datagram client_hello(std::mt19937_64& random) {
  Datagram d;
  put(d, {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0,    0x00, 0xc8, 1,
          0,  0,    0xbc, 0, 0, 0, 0, 0, 0, 0, 0xbc, 0xfe, 0xfd});
  fill(d, 213, random);
  return d;
}

/// Version 2 and any SSRC: `second_byte` 96…127 makes it RTP, 200…206 RTCP (RFC 5761).
Datagram media(int second_byte, std::size_t size, std::mt19937_64& random) {
  Datagram d;
  put(d, {0x80, second_byte});
  fill(d, size, random);
  return d;
}

Datagram noise(std::size_t size, std::mt19937_64& random) {
  Datagram d;
  fill(d, size, random);
  return d;
}

}  // namespace

Garbage::Garbage(const Address& victim, int packets_per_second)
    : victim_(victim), rate_(packets_per_second) {
  make_mix();
  for (std::size_t i = 0; i < kSources; ++i) {
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const sockaddr_in local = loopback(static_cast<std::uint8_t>(i + 2), 0);
    const sockaddr_in remote = loopback(1, victim.port);
    if (fd < 0 || bind(fd, reinterpret_cast<const sockaddr*>(&local), sizeof local) ||
        connect(fd, reinterpret_cast<const sockaddr*>(&remote), sizeof remote))
      throw std::runtime_error("no socket for the stranger");
    sockets_[i] = fd;
  }
}

Garbage::~Garbage() {
  stop();
  for (const int fd : sockets_) close(fd);
}

void Garbage::make_mix() {
  using Make = std::function<Datagram(std::size_t)>;
  const std::vector<Make> kinds = {
      [&](std::size_t) { return check(random_); },
      [&](std::size_t) { return bare_check(random_); },
      [&](std::size_t) { return client_hello(random_); },
      [&](std::size_t) { return media(static_cast<int>(96 + random_() % 32), 172, random_); },
      [&](std::size_t) { return media(static_cast<int>(96 + random_() % 32), 1200, random_); },
      [&](std::size_t) { return media(static_cast<int>(200 + random_() % 7), 60, random_); },
      [&](std::size_t size) { return noise(size, random_); },
  };
  for (std::size_t i = 0; i < kBursts; ++i) {
    Burst& burst = mix_.emplace_back();
    const std::size_t size = 1 + random_() % kLargest;
    for (std::size_t n = 0; n < kBurst; ++n) {
      const Datagram d = kinds[i % kinds.size()](size);
      burst.datagram_size = d.size();
      burst.bytes.insert(burst.bytes.end(), d.begin(), d.end());
    }
  }
}

void Garbage::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Garbage::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

/// A real stranger takes no CPU of the server's machine: on this one he gives way to the room.
void Garbage::run(const std::stop_token& stop) {
  setpriority(PRIO_PROCESS, 0, 19);  // of this thread alone, on Linux
  using Clock = std::chrono::steady_clock;
  const Clock::time_point began = Clock::now();
  std::size_t source = 0;
  while (!stop.stop_requested()) {
    const double elapsed = std::chrono::duration<double>(Clock::now() - began).count();
    const auto due = static_cast<std::uint64_t>(elapsed * rate_);
    if (due < sent_ + kBurst) {
      const timespec pause{.tv_sec = 0, .tv_nsec = 100'000};
      nanosleep(&pause, nullptr);
      continue;
    }
    send_burst(source);
    source = (source + 1) % kSources;
  }
}

void Garbage::send_burst(std::size_t source) {
  Burst& burst = mix_[random_() % mix_.size()];
  // Never the same twice: something of an SSRC or transaction id is new each time.
  for (std::size_t at = 0; at + 12 <= burst.bytes.size(); at += burst.datagram_size)
    burst.bytes[at + 8 + random_() % 4] = static_cast<std::byte>(random_());
  iovec part{.iov_base = burst.bytes.data(), .iov_len = burst.bytes.size()};
  alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(std::uint16_t))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const c = CMSG_FIRSTHDR(&message);
  c->cmsg_level = SOL_UDP;
  c->cmsg_type = UDP_SEGMENT;
  c->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
  const auto size = static_cast<std::uint16_t>(burst.datagram_size);
  std::memcpy(CMSG_DATA(c), &size, sizeof size);
  if (sendmsg(sockets_[source], &message, 0) > 0) sent_ += kBurst;
  std::array<std::byte, 2048> answer;
  while (recv(sockets_[source], answer.data(), answer.size(), MSG_DONTWAIT) >= 0) ++answers_;
}

}  // namespace plenum::bench
