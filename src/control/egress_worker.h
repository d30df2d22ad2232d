#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "control/egress_job.h"
#include "control/types.h"

namespace plenum::control {

/// One room as a worker shows it. Complete each time.
struct EgressScene {
  struct Track {
    TrackId id;
    TrackSource source = TrackSource::unknown;
    codec::Codec codec = codec::Codec::opus;
    bool red = false;
    bool muted = false;
    bool simulcast = false;
    std::vector<VideoLayer> layers;
    friend bool operator==(const Track&, const Track&) = default;
  };
  struct Member {
    std::string identity, name;
    bool may_publish = true;
    bool pinned_camera = false, pinned_screen = false;
    std::vector<Track> tracks;
    friend bool operator==(const Member&, const Member&) = default;
  };
  std::vector<Member> members;
  /// Identities, loudest first.
  std::vector<std::string> speakers;
  friend bool operator==(const EgressScene&, const EgressScene&) = default;
};

/// What is composed right now, as an image beside the job's files.
struct EgressSnapshot {
  enum class Format : std::uint8_t { jpg, png, webp };
  /// A plain name that ends as its format does.
  std::string name{};
  /// Even; 0 = as the canvas, or as the other one has it.
  std::uint32_t width = 0, height = 0;
  Format format = Format::jpg;
};

/// What a worker says of itself.
struct EgressReport {
  struct Snapshot {
    std::string name{};
    /// Empty: the file is there.
    std::string error{};
    std::uint32_t width = 0, height = 0;
    std::uint64_t bytes = 0;
    std::int64_t created_ms = 0;
  };
  struct Load {
    /// All that the process has used.
    Duration cpu{};
    /// 0 = it composes as it should; each step saves more.
    std::uint32_t degradation = 0;
  };
  struct Wanted {
    struct Track {
      TrackId id;
      std::uint8_t layer = 0;
    };
    std::vector<Track> tracks;
  };
  struct Output {
    std::string id{};
    EgressOutput::State state = EgressOutput::State::connecting;
    bool started = false, playable = false;
    std::uint64_t bytes = 0, duration_ms = 0;
    std::uint32_t retries = 0;
    std::string error{};
    /// A file of a copying job, whose name is the id.
    bool copied = false;
  };
};

/// A worker process, as control sees it. Destroying it kills the process if it still runs.
class EgressWorker {
 public:
  /// Called on the control thread, never from within a call of the worker.
  struct Listener {
    std::function<void(const EgressReport::Wanted&)> wanted;
    std::function<void(TrackId, std::uint8_t layer)> key_frame_needed;
    std::function<void(const std::vector<EgressReport::Output>&)> status;
    std::function<void(const EgressReport::Load&)> load;
    std::function<void(const EgressReport::Snapshot&)> snapshot_done;
    /// Once, last: `clean` = it closed its outputs and said so; otherwise it died.
    std::function<void(bool clean, const std::string& error,
                       const std::vector<EgressReport::Output>&)>
        finished;
  };

  virtual ~EgressWorker() = default;
  /// Of its outputs those that are not over.
  virtual void start(const EgressJob& job) = 0;
  virtual void show(const EgressScene& scene) = 0;
  virtual void set_layout(const EgressLayout& layout) = 0;
  virtual void add_output(const EgressOutput& output) = 0;
  virtual void end_output(const std::string& id) = 0;
  /// Answered by `snapshot_done`, unless the worker ends before.
  virtual void take_snapshot(const EgressSnapshot& snapshot) = 0;
  /// Close all outputs and end; `finished` follows.
  virtual void stop() = 0;
  /// For each of so many shards an end of the media socket, which the shard closes
  /// (proto/egress.proto).
  virtual std::vector<int> media_sockets(std::uint32_t shards) = 0;
};

}  // namespace plenum::control
