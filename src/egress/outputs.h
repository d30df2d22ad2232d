#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "egress/disk_guard.h"
#include "egress/encoding.h"
#include "egress/packet_bus.h"
#include "proto/egress.pb.h"

namespace plenum::egress {

/// The encoding that suits the first output of a job, and so has to suit them all.
Encoding encoding_for(const pb::Start& start);

/// The outputs of a job by their ids. Each runs on a thread of its own; this class is for one.
class Outputs {
 public:
  struct Options {
    /// Absolute; exists.
    std::string directory{};
    /// What the packets are.
    Encoding encoding = Encoding::h264_aac;
    /// Files get the sound only.
    bool audio_only = false;
    /// RTMP into networks that not everybody can reach.
    bool allow_private_addresses = false;
    /// See DiskGuard.
    std::uint64_t min_free_bytes = 0;
    FreeBytes free_bytes{};
    /// Called on any thread when the state of an output has changed; must not block.
    std::function<void()> on_change{};
  };
  Outputs(Streams streams, Options options);

  /// One that cannot be made is there as a failed one. An id that is there already: nothing.
  void add(const pb::Output& output);
  /// A known id, else nothing happens.
  void end(const std::string& id);
  void end_all() { bus_.end_all(); }
  /// Ends, as failed ones, those that write to a disk that is almost full.
  void watch_disk(TimePoint now);

  void publish(std::span<const Packet> packets) { bus_.publish(packets); }
  bool take_key_frame_request() { return bus_.take_key_frame_request(); }

  std::vector<pb::OutputStatus> status() const;
  /// All have ended or failed; files are final.
  bool all_done() const;
  /// There were some, and all have failed. The first one's error.
  std::optional<std::string> failure() const;
  /// Since the beginning, because an output was too slow.
  std::uint64_t dropped_packets() const;

 private:
  struct Entry {
    std::string id{};
    /// Unset: it could not be made, for the reason in `error`.
    std::optional<SinkId> sink{};
    /// With a sink: why we have ended it.
    std::string error{};
    bool on_disk = false;
  };

  std::unique_ptr<Sink> make_sink(const pb::Output& output, std::string& error) const;
  pb::OutputStatus status_of(const Entry& entry) const;

  const Options options_;
  DiskGuard disk_;
  std::vector<Entry> entries_;
  PacketBus bus_;
};

}  // namespace plenum::egress
