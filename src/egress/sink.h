#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "egress/packet_queue.h"
#include "egress/streams.h"

namespace plenum::egress {

enum class SinkState : std::uint8_t {
  /// Waits for its first packets, or for the server.
  connecting,
  live,
  /// RTMP only: was live, and tries to be so again.
  reconnecting,
  /// As asked; all is written.
  ended,
  /// On its own, for the reason in `error`. What was written before can be played.
  failed,
};

struct SinkStatus {
  SinkState state = SinkState::connecting;
  /// Of the first packet written.
  std::optional<TimePoint> started{};
  /// Somebody who opens it now sees something: the first fragment, three HLS segments, a server
  /// that takes the stream.
  bool is_playable = false;
  /// Handed to the file system or the server.
  std::uint64_t bytes = 0;
  /// Of the media written; over all connections of a stream.
  Duration duration{};
  /// Lost because the sink was too slow.
  std::uint64_t dropped_packets = 0;
  /// Connections lost so far, and attempts that failed after the first success.
  int retries = 0;
  /// Why it failed, or why it is reconnecting. Holds no stream key.
  std::string error{};
};

using StatusReport = std::function<void(const SinkStatus&)>;

/// One destination of the encoded packets. Knows no other sink and shares nothing with them but
/// the bytes of packets, which nobody changes.
class Sink {
 public:
  virtual ~Sink() = default;

  virtual SinkStart start() const = 0;
  /// The sink's whole life, on a thread of its own: takes packets until the queue has ended or
  /// nothing more can be done, and reports after each packet and each change. The last report says
  /// `ended` or `failed`.
  virtual void run(PacketQueue& queue, const Streams& streams, const StatusReport& report) = 0;
};

}  // namespace plenum::egress
