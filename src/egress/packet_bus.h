#pragma once
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "base/strong.h"
#include "egress/sink.h"

namespace plenum::egress {

using SinkId = Strong<struct SinkIdTag, std::uint32_t>;

/// Hands the packets of one encode to any number of sinks, each on a thread of its own with a
/// bounded queue between. No lock is held during I/O: a sink that stalls loses packets of its own
/// and disturbs nobody.
///
/// publish(), take_key_frame_request() and wait_for_sinks() belong to the thread that encodes;
/// add(), end(), end_all(), status() and wait() may be called from any; sinks run and report on
/// their own threads.
class PacketBus {
 public:
  struct Options {
    /// Media that waits for one sink.
    Duration queue_limit = 10s;
    /// Called on the sink's thread when its state, is_playable or retries have changed. Must not
    /// block; may call status().
    std::function<void(SinkId, const SinkStatus&)> on_change;
  };

  PacketBus(Streams streams, Options options);
  /// Ends all sinks and waits for them, however long a write takes.
  ~PacketBus();
  PacketBus(const PacketBus&) = delete;
  PacketBus& operator=(const PacketBus&) = delete;

  /// The sink begins now, or at the next key frame when packets flow already. Throws
  /// std::system_error when there is no thread to be had.
  SinkId add(std::unique_ptr<Sink> sink);
  /// The sink writes what waits for it and ends; returns at once. A known id, else nothing happens.
  void end(SinkId id);
  void end_all();

  /// In the order of their dts within each stream.
  void publish(std::span<const Packet> packets);
  /// Whether a sink waits for a key frame that the encoder should be asked for.
  bool take_key_frame_request();
  /// Sleeps until no sink is behind by more than half of what may wait for it: so nothing is lost
  /// when media is made faster than time goes by.
  void wait_for_sinks();

  /// As last reported; stays after the sink has ended. nullopt for an unknown id.
  std::optional<SinkStatus> status(SinkId id) const;
  /// Sleeps until the sink has ended or failed; false when it has not by `deadline`.
  bool wait(SinkId id, TimePoint deadline) const;

 private:
  struct Entry;
  void run(Entry& entry);
  void report(Entry& entry, const SinkStatus& status);
  Entry* find(SinkId id) const;

  const Streams streams_;
  const Options options_;
  mutable std::mutex mutex_;  // of all below, and of the entries' status
  mutable std::condition_variable sink_ended_;
  std::uint32_t next_id_ = 1;
  /// Those that have ended too, for their status: an egress has few in its life.
  std::vector<std::unique_ptr<Entry>> entries_;
};

}  // namespace plenum::egress
