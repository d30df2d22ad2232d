#pragma once
#include <cstddef>
#include <deque>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "io/tcp_socket.h"
#include "load/link_model.h"

namespace plenum::impair {

/// One direction of a TCP connection: bytes wait until the link has brought them, then go on.
class TcpPipe {
 public:
  TcpPipe(io::TcpConnection& from, io::TcpConnection& to, load::LinkModel& link)
      : from_(from), to_(to), link_(link) {}

  /// Whether bytes may be read from the sender: the link and the pipe have room.
  bool has_room(TimePoint now);
  /// Reads once, as much as there is room for; a broken connection counts as the end.
  void read(TimePoint now);
  /// Hands on what has arrived. False when the receiver's connection is broken.
  bool deliver(TimePoint now);

  /// The sender has sent everything.
  bool is_reading_over() const { return has_ended_; }
  /// And the receiver has been told so.
  bool is_over() const { return has_told_end_; }
  /// When deliver() next has something to do; kNever: nothing waits for its time.
  TimePoint next_arrival() const { return parts_.empty() ? kNever : parts_.front().at; }

 private:
  /// Bytes that arrive together. None of them: the end of the stream.
  struct Part {
    TimePoint at;
    std::vector<std::byte> bytes;
  };
  /// What may be on its way: half a second of 64 Mbit/s.
  static constexpr std::size_t kMaxInFlight = 4 * 1024 * 1024;

  io::TcpConnection& from_;
  io::TcpConnection& to_;
  load::LinkModel& link_;
  std::deque<Part> parts_;
  std::size_t in_flight_ = 0;
  bool has_ended_ = false;
  bool has_told_end_ = false;
};

}  // namespace plenum::impair
