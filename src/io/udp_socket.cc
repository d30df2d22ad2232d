#include "io/udp_socket.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <optional>

#include "io/sockaddr.h"

namespace plenum::io {
namespace {

/// Half a second of 100 Mbit/s: what may arrive while the shard is busy with one long turn.
constexpr int kKernelBuffer = 8 * 1024 * 1024;

/// Receive calls that yield nothing but what is dropped.
constexpr int kMaxRounds = 4;

void enlarge(int fd, int forced, int polite) {
  if (::setsockopt(fd, SOL_SOCKET, forced, &kKernelBuffer, sizeof kKernelBuffer) == 0) return;
  // Without CAP_NET_ADMIN the kernel cuts it to net.core.[rw]mem_max; less is not an error.
  ::setsockopt(fd, SOL_SOCKET, polite, &kKernelBuffer, sizeof kKernelBuffer);
}

}  // namespace

/// Memory that recvmmsg fills. A buffer stays here until a datagram has arrived in it.
struct UdpSocket::Slots {
  std::array<Buffer, kMaxBatch> buffers;
  std::array<SockAddr, kMaxBatch> from;
  std::array<iovec, kMaxBatch> parts{};
  std::array<mmsghdr, kMaxBatch> headers{};

  void prepare(std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      if (!buffers[i]) buffers[i] = Buffer::allocate();
      parts[i] = {buffers[i].storage().data(), Buffer::kCapacity};
      msghdr& m = headers[i].msg_hdr;
      m.msg_name = from[i].get();
      m.msg_namelen = sizeof(sockaddr_in6);
      m.msg_iov = &parts[i];
      m.msg_iovlen = 1;
      m.msg_flags = 0;
    }
  }
};

UdpSocket::UdpSocket(const Address& local)
    : fd_(bound_socket(local, SOCK_DGRAM, false)),
      local_(bound_address(fd_.get())),
      slots_(std::make_unique<Slots>()) {
  enlarge(fd_.get(), SO_RCVBUFFORCE, SO_RCVBUF);
  enlarge(fd_.get(), SO_SNDBUFFORCE, SO_SNDBUF);
}

UdpSocket::UdpSocket(UdpSocket&&) noexcept = default;
UdpSocket& UdpSocket::operator=(UdpSocket&&) noexcept = default;
UdpSocket::~UdpSocket() = default;

std::size_t UdpSocket::receive_batch(std::span<Received> out) {
  std::size_t accepted = 0;
  // A dropped datagram must not look like an empty socket, and a flood of them must not keep us.
  for (int round = 0; accepted == 0 && round < kMaxRounds; ++round) {
    const std::size_t wanted = std::min(out.size(), kMaxBatch);
    slots_->prepare(wanted);
    const int n = ::recvmmsg(fd_.get(), slots_->headers.data(), static_cast<unsigned>(wanted),
                             MSG_DONTWAIT, nullptr);
    if (n <= 0) return 0;  // EAGAIN; an error that a peer provoked by ICMP is not ours to handle
    for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
      const mmsghdr& h = slots_->headers[i];
      const std::optional<Address> from = to_address(slots_->from[i]);
      if ((h.msg_hdr.msg_flags & MSG_TRUNC) != 0 || h.msg_len == 0 || !from) {
        ++dropped_;
        continue;
      }
      slots_->buffers[i].resize(h.msg_len);
      out[accepted++] = Received{std::move(slots_->buffers[i]), *from};
    }
  }
  return accepted;
}

}  // namespace plenum::io
