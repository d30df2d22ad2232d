#include "media/ice/tcp_framing.h"

namespace plenum::ice {

Status<FramingError> TcpDeframer::push(Bytes stream) {
  if (broken_) return Err{FramingError::frame_too_long};
  unread_.erase(unread_.begin(), unread_.begin() + static_cast<std::ptrdiff_t>(at_));
  checked_ -= at_;
  at_ = 0;
  std::optional<FramingError> error;
  if (stream.size() > kMaxUnread - unread_.size()) {
    error = FramingError::too_much_unread;
  } else {
    unread_.insert(unread_.end(), stream.begin(), stream.end());
    error = check_lengths();
  }
  if (!error) return Ok{};
  broken_ = true;
  unread_ = {};
  at_ = checked_ = 0;
  return Err{*error};
}

/// Every frame header as soon as it is here, so that a bad one ends the connection at once.
std::optional<FramingError> TcpDeframer::check_lengths() {
  while (checked_ + kFrameHeaderSize <= unread_.size()) {
    const std::size_t size = be16(unread_, checked_);
    if (size > Buffer::kCapacity) return FramingError::frame_too_long;
    checked_ += kFrameHeaderSize + size;
  }
  return std::nullopt;
}

std::optional<Buffer> TcpDeframer::next() {
  while (at_ + kFrameHeaderSize <= unread_.size()) {
    const std::size_t size = be16(unread_, at_);
    if (unread_.size() - at_ - kFrameHeaderSize < size) break;
    const Bytes frame = Bytes(unread_).subspan(at_ + kFrameHeaderSize, size);
    at_ += kFrameHeaderSize + size;
    if (size != 0) return Buffer::copy_of(frame);
  }
  return std::nullopt;
}

}  // namespace plenum::ice
