#include "harness/impair/tcp_pipe.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>

namespace plenum::impair {
namespace {

constexpr std::size_t kReadBytes = 16 * 1024;
/// What a limited rate hands on at a time.
constexpr std::size_t kSegmentBytes = 1460;

}  // namespace

bool TcpPipe::has_room(TimePoint now) {
  return !has_ended_ && in_flight_ < kMaxInFlight && link_.stream_room(now) > 0;
}

void TcpPipe::read(TimePoint now) {
  std::array<std::byte, kReadBytes> memory;
  const std::size_t room = std::min(memory.size(), link_.stream_room(now));
  const io::TcpConnection::Read got = from_.read(MutableBytes(memory).first(room));
  if (got.status == io::TcpConnection::ReadStatus::nothing) return;
  if (got.status == io::TcpConnection::ReadStatus::closed) {
    has_ended_ = true;
    parts_.push_back({link_.on_stream(0, now), {}});
    return;
  }
  Bytes left = Bytes(memory).first(got.size);
  const std::size_t most = link_.config().rate_bps ? kSegmentBytes : left.size();
  while (!left.empty()) {
    const Bytes part = left.first(std::min(most, left.size()));
    parts_.push_back({link_.on_stream(part.size(), now), {part.begin(), part.end()}});
    left = left.subspan(part.size());
  }
  in_flight_ += got.size;
}

bool TcpPipe::deliver(TimePoint now) {
  while (!parts_.empty() && parts_.front().at <= now) {
    const Part& part = parts_.front();
    if (part.bytes.empty()) {
      if (to_.want_write()) return true;
      ::shutdown(to_.fd(), SHUT_WR);
      has_told_end_ = true;
    } else {
      const auto status = to_.send(part.bytes);
      if (status == io::TcpConnection::SendStatus::closed) return false;
      if (status == io::TcpConnection::SendStatus::dropped)
        return true;  // full: when it is writable
      in_flight_ -= part.bytes.size();
    }
    parts_.pop_front();
  }
  return true;
}

}  // namespace plenum::impair
