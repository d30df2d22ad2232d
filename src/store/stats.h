#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/database.h"
#include "store/participants.h"

/// What was measured of the participants' transports, one row for each some thirty seconds of each.
namespace plenum::store {

/// One kind of media, all streams together.
struct MediaStats {
  struct Quality {
    double rtt_ms = 0, jitter_ms = 0;
    /// Mean opinion score, 1 … 4.5.
    double mos = 0;
    friend bool operator==(const Quality&, const Quality&) = default;
  };
  /// Packets, from and to the participant.
  std::int64_t send_lost = 0, receive_lost = 0;
  double send_bps = 0, receive_bps = 0;
  /// nullopt = there was no such media.
  std::optional<Quality> quality = std::nullopt;
  friend bool operator==(const MediaStats&, const MediaStats&) = default;
};

struct StatsSample {
  /// When it ended.
  std::int64_t at_ms = 0;
  MediaStats audio{}, video{};
  /// Seconds of video sent to the participant whose smaller side has (up to) 180, 360, 720, 1080,
  /// 1440 and 2160 pixels.
  std::array<std::int64_t, 6> watched_s{};
  friend bool operator==(const StatsSample&, const StatsSample&) = default;
};

/// False, and nothing changes, when the session is not one of the key's running ones or the
/// participant is not in it.
bool add_stats(Database& db, const ParticipantKey& who, const StatsSample& sample);

/// At most so many samples are listed, the newest; a day of them.
inline constexpr std::int64_t kMaxSamples = 2880;

/// Oldest first.
std::vector<StatsSample> participant_stats(Database& db, const ParticipantKey& who);
/// Everybody's in slices of thirty seconds: sums of packets and seconds, averages of the rest.
/// Oldest first.
std::vector<StatsSample> session_stats(Database& db, const std::string& api_key,
                                       const std::string& session);

}  // namespace plenum::store
