#include "sinks.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace plenum::bench {

FullSinks::FullSinks(int count) {
  const int sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  for (int i = 0; i < count; ++i) {
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const int smallest = 2048;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &smallest, sizeof smallest);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t n = sizeof a;
    if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&a), sizeof a) ||
        getsockname(fd, reinterpret_cast<sockaddr*>(&a), &n))
      throw std::runtime_error("no socket for a sink");
    const std::array<char, 1200> filling{};
    for (int k = 0; k < 8; ++k)
      (void)sendto(sender, filling.data(), filling.size(), 0, reinterpret_cast<sockaddr*>(&a),
                   sizeof a);
    sockets_.push_back(fd);
    addresses_.push_back(*Address::parse("127.0.0.1", ntohs(a.sin_port)));
  }
  close(sender);
}

FullSinks::~FullSinks() {
  for (const int fd : sockets_) close(fd);
}

}  // namespace plenum::bench
