#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "load/connection.h"
#include "load/inbound_track.h"
#include "media/rtcp/transport_feedback_builder.h"

namespace plenum::load {

/// A client's connection for what it watches. Tells the server what came and when, as browsers do,
/// so that its congestion control has what it needs.
class Subscriber {
 public:
  Subscriber(Shared& shared, const Impairment& impairment, TimePoint now);

  /// Applies the server's offer; the answer, or "" when nothing can be made of it.
  std::string answer(const sdp::Description& offer, TimePoint now);

  /// After what the connection may have received, and at next_timeout().
  void drive(TimePoint now, NtpTime wall);
  TimePoint next_timeout() const;
  /// The server will send nothing of the track for a while.
  void pause(std::string_view track_sid);
  /// Counts what is left. The statistics are final then.
  void finish(TimePoint now);
  void close(TimePoint now) { connection_.close(now); }

  Connection& connection() { return connection_; }
  bool is_connected() const { return connected_; }
  bool is_lost() const { return lost_; }
  const ReceiveStats& stats() const { return stats_; }
  /// Expected but not seen so far, of all tracks.
  std::int64_t lost() const;
  /// Messages on the data channels since the last call.
  std::vector<std::vector<std::byte>> take_messages() { return std::exchange(messages_, {}); }
  std::size_t video_tracks() const;

 private:
  void on_rtp(MutableBytes packet, TimePoint now, NtpTime wall);
  void on_probe(Bytes packet, const rtp::Header& header, TimePoint now);
  void on_rtcp(Bytes compound, TimePoint now);
  void send_feedback(TimePoint now);
  void send_reports(TimePoint now);
  void send(ByteWriter& w);

  Connection connection_;
  Ssrc own_ssrc_;
  std::vector<std::unique_ptr<InboundTrack>> tracks_;
  std::unordered_map<std::uint32_t, InboundTrack*> by_ssrc_;
  rtcp::TransportFeedbackBuilder feedback_;
  std::vector<std::vector<std::byte>> messages_;
  bool connected_ = false, lost_ = false;
  TimePoint next_report_ = kNever, next_request_ = kNever;
  ReceiveStats stats_;
};

}  // namespace plenum::load
