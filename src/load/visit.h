#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "load/histogram.h"
#include "load/inbound_track.h"
#include "load/outbound_track.h"

namespace plenum::load {

/// One stay of one participant in a room, as it went. Times without a date count from its start.
struct Visit {
  std::string room, identity;
  bool publishes = false, subscribes = false;
  TimePoint started{};
  /// Until the server's first answer, and until all media connections were up; nullopt = never.
  std::optional<Duration> signalled, joined;
  /// Media flowed for so long.
  Duration connected{};
  std::optional<Duration> first_frame, first_audio;
  /// Why it failed or ended early; empty when all went well.
  std::string failure;
  ReceiveStats received;
  SendStats sent;
  std::optional<Duration> round_trip;
  Histogram data_delay;
  std::uint64_t data_sent = 0, data_received = 0;
};

}  // namespace plenum::load
