#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>

#include "base/time.h"
#include "egress/streams.h"

namespace plenum::egress {

/// When a sink takes its first packet.
enum class SinkStart : std::uint8_t {
  /// The next key frame, for which it asks.
  next_key_frame,
  /// The next one on the two-second grid, so that every segment after it has the same length.
  regular_key_frame,
  /// None before the sink has called restart().
  when_ready,
};

/// The packets between the bus and one sink. Begins with a key frame whose time becomes 0 and with
/// the audio that sounds from there on; both streams are moved by the same offset. Holds a bounded
/// span of media: a sink that falls further behind loses what waits and goes on at the next key
/// frame, with a hole in its timeline instead of lost sync.
///
/// push(), end(), take_key_frame_request() and wait_for_space() are the bus's; the others are for
/// the sink's thread. Its lock is never held during I/O, so neither waits for the other's work.
class PacketQueue {
 public:
  explicit PacketQueue(SinkStart start, Duration limit = 10s);
  PacketQueue(const PacketQueue&) = delete;
  PacketQueue& operator=(const PacketQueue&) = delete;

  /// Shares the packet's bytes.
  void push(const AVPacket& packet);
  /// Nothing more comes; what waits is still there to be taken.
  void end();
  /// Whether a key frame would let the sink begin. Asked once, answered once.
  bool take_key_frame_request();
  /// For one who encodes faster than time goes by: sleeps until no more than `most` waits.
  void wait_for_space(Duration most);

  /// The next packet, as soon as there is one; null at `deadline`, or when finished().
  Packet pop(TimePoint deadline);
  /// Drops what waits and takes no more.
  void pause();
  /// Drops what waits and begins anew with a key frame, at time 0.
  void restart();
  /// Sleeps until `deadline`; true at once when the end has come, whatever still waits.
  bool wait_for_end(TimePoint deadline);
  bool ended() const;
  /// From the oldest to the newest packet that waits: how far the sink is behind.
  Duration span() const;
  /// Since the beginning, because the sink was too slow.
  std::uint64_t dropped_packets() const;

 private:
  enum class State : std::uint8_t { paused, waiting, flowing };

  void begin(const AVPacket& key_frame);
  bool is_heard(const AVPacket& audio) const;
  void append(const AVPacket& packet);
  void keep_audio(const AVPacket& packet);
  Duration span_locked() const;
  void clear();

  const SinkStart start_;
  const Duration limit_;
  mutable std::mutex mutex_;
  std::condition_variable changed_, taken_;
  State state_;
  bool ended_ = false;
  bool key_frame_wanted_;
  /// The first key frame on the encoder's timeline, in kVideoTimeBase.
  std::optional<std::int64_t> origin_;
  /// The key frame it last began with, on that timeline.
  Duration began_at_{};
  std::deque<Packet> packets_;
  /// While no key frame has come: the last second of audio, of which the newest belongs to it.
  std::deque<Packet> audio_before_;
  std::uint64_t dropped_ = 0;
};

}  // namespace plenum::egress
