#include "io/tcp_socket.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "io/sockaddr.h"

namespace plenum::io {
namespace {

constexpr int kBacklog = 512;

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

/// Sends without blocking and without SIGPIPE. -1 and errno as sendmsg.
ssize_t send_parts(int fd, std::array<iovec, 2>& parts) {
  msghdr m{};
  m.msg_iov = parts.data();
  m.msg_iovlen = parts.size();
  return ::sendmsg(fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
}

Fd open_spare() { return Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

iovec part(Bytes b) { return {const_cast<std::byte*>(b.data()), b.size()}; }  // only read from

}  // namespace

TcpConnection::TcpConnection(Fd fd, const Address& remote) : fd_(std::move(fd)), remote_(remote) {
  const int on = 1;
  ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // media must not wait
}

TcpConnection::Read TcpConnection::read(MutableBytes out) {
  if (broken_) return {ReadStatus::closed, 0};
  const ssize_t n = ::recv(fd_.get(), out.data(), out.size(), MSG_DONTWAIT);
  if (n > 0) return {ReadStatus::some, static_cast<std::size_t>(n)};
  if (n < 0 && would_block(errno)) return {ReadStatus::nothing, 0};
  return {ReadStatus::closed, 0};
}

TcpConnection::SendStatus TcpConnection::send(Bytes head, Bytes body) {
  if (broken_) return SendStatus::closed;
  const std::size_t total = head.size() + body.size();
  if (total > kMaxQueued - queued_) return SendStatus::dropped;

  std::size_t sent = 0;
  if (queued_ == 0) {
    std::array<iovec, 2> parts{part(head), part(body)};
    const ssize_t n = send_parts(fd_.get(), parts);
    if (n < 0 && !would_block(errno)) {
      broken_ = true;
      return SendStatus::closed;
    }
    sent = static_cast<std::size_t>(std::max<ssize_t>(n, 0));
  }
  if (sent == total) return SendStatus::sent;
  enqueue(head.subspan(std::min(sent, head.size())));
  enqueue(body.subspan(sent > head.size() ? sent - head.size() : 0));
  return SendStatus::queued;
}

void TcpConnection::enqueue(Bytes bytes) {
  if (bytes.empty()) return;
  if (!queue_) queue_ = std::make_unique<std::byte[]>(kMaxQueued);
  const std::size_t tail = (head_ + queued_) % kMaxQueued;
  const std::size_t first = std::min(bytes.size(), kMaxQueued - tail);
  std::memcpy(queue_.get() + tail, bytes.data(), first);
  std::memcpy(queue_.get(), bytes.data() + first, bytes.size() - first);
  queued_ += bytes.size();
}

bool TcpConnection::on_writable() {
  while (queued_ != 0 && !broken_) {
    const std::size_t first = std::min(queued_, kMaxQueued - head_);
    std::array<iovec, 2> parts{iovec{queue_.get() + head_, first},
                               iovec{queue_.get(), queued_ - first}};
    const ssize_t n = send_parts(fd_.get(), parts);
    if (n < 0) {
      if (would_block(errno)) return true;
      broken_ = true;
      break;
    }
    head_ = (head_ + static_cast<std::size_t>(n)) % kMaxQueued;
    queued_ -= static_cast<std::size_t>(n);
  }
  if (queued_ == 0) head_ = 0;
  return !broken_;
}

TcpListener::TcpListener(const Address& local)
    : fd_(bound_socket(local, SOCK_STREAM, true)),
      local_(bound_address(fd_.get())),
      spare_(open_spare()) {
  checked(::listen(fd_.get(), kBacklog), "listen");
}

std::optional<TcpConnection> TcpListener::accept() {
  if (!spare_) spare_ = open_spare();
  for (;;) {
    SockAddr from;
    Fd fd(::accept4(fd_.get(), from.get(), &from.size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd) {
      if (const auto remote = to_address(from)) return TcpConnection(std::move(fd), *remote);
      continue;
    }
    if (errno == EMFILE || errno == ENFILE) {
      turn_away();
      return std::nullopt;
    }
    // The client of this one has gone already (accept(2)): look at the next.
    if (errno != ECONNABORTED && errno != EINTR && errno != EPROTO) return std::nullopt;
  }
}

void TcpListener::turn_away() {
  spare_.reset();
  { const Fd unwanted(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC)); }
  spare_ = open_spare();  // fails if another thread was quicker
}

}  // namespace plenum::io
