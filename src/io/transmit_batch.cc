#include "io/transmit_batch.h"

#include <netinet/udp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>

#include "io/sockaddr.h"
#include "io/udp_socket.h"

namespace plenum::io {
namespace {

/// UDP_MAX_SEGMENTS of older kernels (Linux include/linux/udp.h); newer ones allow 128.
constexpr std::uint16_t kMaxSegments = 64;
/// Below the 65,535 of an IP packet, with room for its headers.
constexpr std::size_t kMaxMessageBytes = 65'000;
constexpr std::size_t kMessagesPerCall = 64;

bool refuses_offload(int error) {
  return error == EIO || error == EINVAL || error == EMSGSIZE || error == EOPNOTSUPP;
}
bool socket_full(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS; }

}  // namespace

/// What sendmmsg reads. Filled anew for each call.
struct TransmitBatch::Headers {
  struct alignas(cmsghdr) Control {
    std::array<std::byte, CMSG_SPACE(sizeof(std::uint16_t))> bytes{};
  };
  std::array<SockAddr, kMessagesPerCall> to;
  std::array<iovec, kMessagesPerCall> parts{};
  std::array<Control, kMessagesPerCall> controls{};
  std::array<mmsghdr, kMessagesPerCall> headers{};

  void set(std::size_t i, const Message& message, std::byte* arena) {
    to[i] = SockAddr(message.to);
    parts[i] = {arena + message.offset, message.size};
    msghdr& m = headers[i].msg_hdr;
    m = {};
    m.msg_name = to[i].get();
    m.msg_namelen = to[i].size;
    m.msg_iov = &parts[i];
    m.msg_iovlen = 1;
    if (message.datagrams > 1) set_segment(i, message.segment);
  }

 private:
  void set_segment(std::size_t i, std::uint16_t segment) {
    msghdr& m = headers[i].msg_hdr;
    m.msg_control = controls[i].bytes.data();
    m.msg_controllen = controls[i].bytes.size();
    cmsghdr* c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = IPPROTO_UDP;
    c->cmsg_type = UDP_SEGMENT;
    c->cmsg_len = CMSG_LEN(sizeof segment);
    std::memcpy(CMSG_DATA(c), &segment, sizeof segment);
  }
};

TransmitBatch::TransmitBatch() : TransmitBatch(Config{}) {}

TransmitBatch::TransmitBatch(Config config)
    : arena_(std::make_unique<std::byte[]>(config.arena_bytes)),
      headers_(std::make_unique<Headers>()),
      arena_bytes_(config.arena_bytes),
      max_messages_(config.max_messages),
      offload_(config.segmentation_offload) {
  messages_.reserve(max_messages_);
}

TransmitBatch::TransmitBatch(TransmitBatch&&) noexcept = default;
TransmitBatch& TransmitBatch::operator=(TransmitBatch&&) noexcept = default;
TransmitBatch::~TransmitBatch() = default;

bool TransmitBatch::full() const {
  return arena_bytes_ - used_ < kMaxDatagram || messages_.size() == max_messages_;
}

MutableBytes TransmitBatch::reserve(std::size_t max) {
  assert(max <= kMaxDatagram);
  if (full()) return {};
  reserved_ = max;
  return {arena_.get() + used_, max};
}

bool TransmitBatch::extends_last(std::size_t size, const Address& to) const {
  if (!offload_ || messages_.empty()) return false;
  const Message& last = messages_.back();
  const bool last_is_whole = last.size == std::size_t{last.segment} * last.datagrams;
  return last.to == to && last_is_whole && size <= last.segment && last.datagrams < kMaxSegments &&
         last.size + size <= kMaxMessageBytes;
}

void TransmitBatch::commit(std::size_t size, const Address& to) {
  assert(size <= reserved_);
  reserved_ = 0;
  if (size == 0) return;
  if (extends_last(size, to)) {
    messages_.back().size += static_cast<std::uint32_t>(size);
    ++messages_.back().datagrams;
  } else {
    messages_.push_back({to, static_cast<std::uint32_t>(used_), static_cast<std::uint32_t>(size),
                         static_cast<std::uint16_t>(size), 1});
  }
  used_ += size;
}

SendResult TransmitBatch::flush(const UdpSocket& socket) {
  SendResult result;
  std::size_t at = 0;
  while (at < messages_.size()) at += send_some(socket.fd(), at, result);
  messages_.clear();
  used_ = 0;
  return result;
}

/// One sendmmsg. Returns how many messages are done with, at least one.
std::size_t TransmitBatch::send_some(int fd, std::size_t from, SendResult& result) {
  const std::size_t count = std::min(messages_.size() - from, kMessagesPerCall);
  for (std::size_t i = 0; i < count; ++i) headers_->set(i, messages_[from + i], arena_.get());
  int n = 0;
  do {
    n = ::sendmmsg(fd, headers_->headers.data(), static_cast<unsigned>(count), MSG_DONTWAIT);
  } while (n < 0 && errno == EINTR);

  if (n > 0) {
    for (std::size_t i = from; i < from + static_cast<std::size_t>(n); ++i) {
      result.sent += messages_[i].datagrams;
      result.sent_bytes += messages_[i].size;
      if (messages_[i].datagrams > 1) refused_in_a_row_ = 0;
    }
    return static_cast<std::size_t>(n);
  }
  const int error = errno;
  if (socket_full(error)) {
    for (std::size_t i = from; i < messages_.size(); ++i) result.errors += messages_[i].datagrams;
    return messages_.size() - from;
  }
  if (messages_[from].datagrams > 1 && refuses_offload(error)) {
    note_refused_offload(error, messages_[from].to);
    send_apart(fd, messages_[from], result);
  } else {
    result.errors += messages_[from].datagrams;
  }
  return 1;
}

/// The datagrams of one refused message, each by itself.
void TransmitBatch::send_apart(int fd, const Message& message, SendResult& result) {
  const SockAddr to(message.to);
  for (std::size_t at = 0; at < message.size; at += message.segment) {
    const std::size_t size = std::min<std::size_t>(message.segment, message.size - at);
    if (::sendto(fd, arena_.get() + message.offset + at, size, MSG_DONTWAIT, to.get(), to.size) <
        0) {
      ++result.errors;
    } else {
      ++result.sent;
      result.sent_bytes += size;
    }
  }
}

void TransmitBatch::note_refused_offload(int error, const Address& to) {
  // The kernel's word for "this device cannot checksum what I would split".
  if (error == EIO) offload_ = false;
  const Address network = to.network();
  const auto end = refused_by_.begin() + static_cast<std::ptrdiff_t>(refused_in_a_row_);
  if (!offload_ || std::find(refused_by_.begin(), end, network) != end) return;
  refused_by_[refused_in_a_row_++] = network;
  if (refused_in_a_row_ == kRefusalsBelieved) offload_ = false;
}

}  // namespace plenum::io
