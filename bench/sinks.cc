#include "sinks.h"

#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>

#include "io/sockaddr.h"

namespace plenum::bench {

Sinks::Sinks(int count, Sink kind) {
  for (int i = 0; i < count; ++i) {
    sockets_.push_back(io::bound_socket(*Address::parse("127.0.0.1", 0), SOCK_DGRAM, false));
    const int fd = sockets_.back().get();
    addresses_.push_back(io::bound_address(fd));
    const int size = kind == Sink::full ? 2048 : 4 << 20;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (kind == Sink::full) fill(fd, addresses_.back());
  }
  if (kind == Sink::drain) drain_ = std::jthread([this](const std::stop_token& s) { drain(s); });
}

void Sinks::fill(int fd, const Address& address) const {
  const std::array<char, 1200> filling{};
  const io::SockAddr to(address);
  for (int k = 0; k < 8; ++k)
    (void)sendto(fd, filling.data(), filling.size(), 0, to.get(), to.size);
}

/// Reads everything, on the core that the sender does not have.
void Sinks::drain(const std::stop_token& stop) const {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(1, &set);
  sched_setaffinity(0, sizeof set, &set);
  const io::Fd poll(epoll_create1(EPOLL_CLOEXEC));
  for (const io::Fd& fd : sockets_) {
    epoll_event e{.events = EPOLLIN, .data = {.fd = fd.get()}};
    epoll_ctl(poll.get(), EPOLL_CTL_ADD, fd.get(), &e);
  }
  std::array<epoll_event, 64> ready{};
  std::array<char, 2048> packet;
  while (!stop.stop_requested()) {
    const int n = epoll_wait(poll.get(), ready.data(), static_cast<int>(ready.size()), 20);
    for (int i = 0; i < n; ++i)
      while (recv(ready[static_cast<std::size_t>(i)].data.fd, packet.data(), packet.size(), 0) > 0)
        ;
  }
}

}  // namespace plenum::bench
