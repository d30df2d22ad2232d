#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/time.h"
#include "load/loop.h"
#include "load/media_clips.h"
#include "load/participant.h"
#include "load/scenario.h"
#include "load/visit.h"
#include "media/dtls/certificate.h"

namespace plenum::load {

/// What all participants together did in one second, for a live line and for plots.
struct Sample {
  Duration at{};  // since the first join, the second's end
  std::uint32_t joined = 0, failed = 0;
  std::uint64_t received_bps = 0, sent_bps = 0;
  std::uint64_t packets = 0, frames = 0, freezes = 0;
  /// Expected but not seen so far, over the whole run.
  std::int64_t lost = 0;
  /// Of the core that this process has: near 100 the figures are about it, not about the server.
  double cpu_percent = 0;
};

/// How a run went.
struct RunResult {
  std::vector<Visit> visits;
  std::vector<Sample> samples;
  Duration lasted{};
  /// Datagrams that the machine refused to send: then the figures are about it.
  std::uint64_t send_errors = 0;
  bool interrupted = false;
};

/// All participants of one run, on one thread: who joins when, comes and goes, is muted.
class Swarm {
 public:
  /// Looks up the server's name. Throws std::invalid_argument for a bad URL, std::runtime_error
  /// when nothing can be run.
  Swarm(const Scenario& scenario, std::function<void(const Sample&)> on_second);
  ~Swarm();

  /// Until the scenario's end or SIGINT.
  RunResult run();

 private:
  /// One who is expected: there at the moment, or not.
  struct Place {
    Participant::Config config;
    std::unique_ptr<Participant> participant;
    TimePoint join_at = kNever, leave_at = kNever, mute_at = kNever;
  };
  /// Keys of the loop: 4 for each place, the last being for what is planned.
  static constexpr std::uint64_t kKeysPerPlace = 4;
  static constexpr std::uint64_t kPlan = 3;
  static constexpr std::uint64_t kEverySecond = UINT64_MAX;

  void make_places();
  void add_place(std::uint32_t room, std::uint32_t number, bool publishes);
  void on_ready(std::uint64_t key, bool readable);
  void follow_plan(Place& place, TimePoint now);
  void join(Place& place, TimePoint now);
  void leave(Place& place, TimePoint now);
  void arm(const Place& place);
  void sample(TimePoint now);
  void finish(TimePoint now);
  Impairment impairment(std::uint32_t room, std::uint32_t number, std::uint32_t of);
  /// Until something happens that happens so often; kNever if it does not.
  TimePoint soon(double per_hour, TimePoint now);

  Scenario scenario_;
  std::function<void(const Sample&)> on_second_;
  std::mt19937_64 random_;
  dtls::Certificate certificate_ = dtls::Certificate::generate();
  Shared shared_{certificate_};
  MediaClips clips_ = MediaClips::bundled();
  Loop loop_;
  SignalServer server_;
  TokenMaker tokens_;
  std::vector<Place> places_;
  TimePoint started_{}, ends_ = kNever, next_sample_ = kNever;
  std::uint64_t received_bytes_ = 0, sent_bytes_ = 0;  // of visits that are over
  std::uint64_t seen_received_ = 0, seen_sent_ = 0;    // at the last sample
  Duration seen_cpu_{};
  RunResult result_;
};

}  // namespace plenum::load
