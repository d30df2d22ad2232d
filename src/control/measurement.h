#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "control/domain_events.h"
#include "shard/messages.h"

namespace plenum::control {

/// Adds up what the shards report of one participant's transports, until somebody is told of it.
class Measurement {
 public:
  /// One kind of media in one report of one peer connection.
  struct Sample {
    std::int64_t send_lost = 0, receive_lost = 0;
    std::uint64_t send_bps = 0, receive_bps = 0;
    Duration jitter{};
    float mos = 0;
    bool has_media() const { return send_bps > 0 || receive_bps > 0; }
  };

  /// Each stretch of shard::kQualityInterval begins so; the samples of its peers follow.
  void begin_interval() { length_ += shard::kQualityInterval; }
  void add(MediaKind kind, const Sample& sample);
  void add_rtt(Duration rtt);
  /// A video stream was sent to the participant in this interval; its smaller side in pixels.
  void add_watched(std::uint32_t side);

  /// How long a time it covers.
  Duration length() const { return length_; }
  /// The sum, and begins anew; nullopt when nothing was reported.
  std::optional<TransportMeasured> take();

 private:
  /// `total` of as many samples that had media.
  struct Sum {
    Sample total{};
    int samples = 0;
  };
  TransportMeasured::Media media(const Sum& sum) const;

  Duration length_{};
  Sum audio_, video_;
  Duration rtt_{};
  int rtts_ = 0;
  std::array<Duration, kWatchedSides.size()> watched_{};
};

}  // namespace plenum::control
