#include "io/record_socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>

namespace plenum::io {
namespace {

/// A second of a large room's media; the kernel caps it without privileges.
constexpr int kBufferBytes = 8 << 20;

void enlarge(int fd) {
  if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &kBufferBytes, sizeof kBufferBytes) < 0)
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kBufferBytes, sizeof kBufferBytes);
}

iovec part(Bytes bytes) {
  return {.iov_base = const_cast<std::byte*>(bytes.data()), .iov_len = bytes.size()};
}

}  // namespace

RecordPair make_record_pair() {
  std::array<int, 2> fds{};
  checked(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds.data()), "socketpair");
  RecordPair pair{Fd(fds[0]), Fd(fds[1])};
  checked(fcntl(pair.ours.get(), F_SETFL, O_NONBLOCK), "O_NONBLOCK");
  enlarge(pair.ours.get());
  enlarge(pair.theirs.get());
  return pair;
}

bool send_record(int socket, Bytes first, Bytes second) {
  std::array<iovec, 2> parts{part(first), part(second)};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = second.empty() ? 1 : 2;
  return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

std::optional<std::vector<std::byte>> receive_record(int socket, std::size_t max) {
  std::vector<std::byte> record(max);
  const auto got = recv(socket, record.data(), record.size(), MSG_DONTWAIT);
  if (got < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return std::nullopt;
    return std::vector<std::byte>();
  }
  record.resize(static_cast<std::size_t>(got));
  return record;
}

}  // namespace plenum::io
