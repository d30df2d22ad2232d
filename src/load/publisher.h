#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "load/connection.h"
#include "load/outbound_track.h"
#include "load/round_trip.h"
#include "media/rtcp/compound.h"

namespace plenum::load {

/// A client's connection for what it publishes: tracks, and data packets of its own.
class Publisher {
 public:
  struct Config {
    bool data = false;
    /// How far into the first frame interval the tracks begin, so that many do not send at once.
    Duration phase{};
  };
  Publisher(Shared& shared, const Impairment& impairment, Config config, TimePoint now);

  void add_track(OutboundTrack track) { tracks_.push_back(std::move(track)); }
  std::vector<OutboundTrack>& tracks() { return tracks_; }
  /// By the server's sid; nullptr when it is none of ours.
  OutboundTrack* track(std::string_view sid);

  std::string offer(TimePoint now);
  /// False when nothing can be sent by it.
  bool accept(const sdp::Description& answer, TimePoint now);

  /// After what the connection may have received, and at next_timeout(): reads, sends what is due.
  void drive(TimePoint now, NtpTime wall);
  TimePoint next_timeout() const;
  /// To everybody in the room; false while there is no channel, or it is full.
  bool send_data(Bytes message, TimePoint now);
  void close(TimePoint now) { connection_.close(now); }

  Connection& connection() { return connection_; }
  bool is_connected() const { return connected_; }
  bool is_lost() const { return lost_; }
  const SendStats& stats() const { return stats_; }
  const RoundTrip& round_trip() const { return round_trip_; }

 private:
  void on_rtcp(Bytes compound, TimePoint now, NtpTime wall);
  void on_reports(const rtcp::ReportBlocksView& blocks, NtpTime wall);
  OutboundLayer* find(Ssrc ssrc, OutboundTrack** track = nullptr);
  void start_media(TimePoint now);
  void send_reports(TimePoint now, NtpTime wall);

  Config config_;
  Connection connection_;
  std::vector<OutboundTrack> tracks_;
  std::optional<std::uint16_t> channel_;
  std::uint16_t transport_seq_ = 1;
  bool connected_ = false, lost_ = false;
  TimePoint next_report_ = kNever;
  SendStats stats_;
  RoundTrip round_trip_;
};

}  // namespace plenum::load
