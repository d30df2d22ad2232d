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

/// What a worker says of itself.
struct EgressReport {
  struct Wanted {
    struct Track {
      TrackId id;
      std::uint8_t layer = 0;
    };
    std::vector<Track> tracks;
  };
  struct Output {
    enum class State : std::uint8_t { connecting, live, reconnecting, ended, failed };
    std::string id{};
    State state = State::connecting;
    bool started = false, playable = false;
    std::uint64_t bytes = 0, duration_ms = 0;
    std::uint32_t retries = 0;
    std::string error{};
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
    /// Once, last: `clean` = it closed its outputs and said so; otherwise it died.
    std::function<void(bool clean, const std::string& error,
                       const std::vector<EgressReport::Output>&)>
        finished;
  };

  virtual ~EgressWorker() = default;
  virtual void start(const EgressJob& job) = 0;
  virtual void show(const EgressScene& scene) = 0;
  /// Close all outputs and end; `finished` follows.
  virtual void stop() = 0;
  /// For each of so many shards an end of the media socket, which the shard closes
  /// (proto/egress.proto).
  virtual std::vector<int> media_sockets(std::uint32_t shards) = 0;
};

}  // namespace plenum::control
