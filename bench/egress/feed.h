#pragma once
#include <memory>
#include <string>
#include <vector>

#include "egress/test_streams.h"
#include "egress/worker.h"

namespace plenum::bench {

/// A room in virtual time before a real worker: so many who speak, with a camera each if there are
/// clips of one.
class Feed {
 public:
  struct Options {
    int people = 1;
    std::string quality = "med";
    /// Where the recording goes.
    std::string folder{};
    std::vector<std::vector<egress::testing::TestFrame>> cameras{}, voices{};
  };
  explicit Feed(Options options);

  /// Time goes on by so much, as fast as the worker can.
  void run(Duration length);
  void stop();
  /// Frames that the worker has composed late; media that runs as fast as it can is never late.
  std::uint64_t late_frames() const { return late_; }

 private:
  using Packets = std::vector<std::vector<std::byte>>;  // of one frame
  struct Stream {
    std::uint64_t track = 0;
    const std::vector<Packets>* clip = nullptr;
    Duration interval{};
    std::uint32_t ticks = 0;  // of an interval
    TimePoint first{};
    std::uint64_t frames = 0, seq = 1000;
  };

  void say(const egress::pb::ToWorker& message);
  void listen();
  void send(Stream& stream);
  void report(const Stream& stream);

  Options options_;
  std::vector<std::vector<Packets>> camera_clips_, voice_clips_;
  std::vector<Stream> streams_;
  TimePoint now_{100s};
  std::uint64_t late_ = 0;
  egress::Worker worker_{[] {}};
};

}  // namespace plenum::bench
