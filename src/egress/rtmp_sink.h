#pragma once
#include "egress/reconnect_policy.h"
#include "egress/rtmp_destination.h"
#include "egress/rtmp_url.h"
#include "egress/sink.h"

namespace plenum::egress {

/// Pushes the stream to a server by RTMP or RTMPS. The first connection decides whether the address
/// and the key are right: when it fails, so does the sink. Later ones are made again (see
/// ReconnectPolicy), each with a fresh muxer, a key frame and time 0; what could not be sent
/// meanwhile is dropped, as a viewer wants the present. A server that takes nothing for three
/// seconds, or lags five seconds behind, counts as lost.
class RtmpSink : public Sink {
 public:
  struct Options {
    RtmpUrl url;
    /// Of RTMPS, against the certificates of the system.
    bool verify_certificate = true;
    /// Into networks that not everybody can reach; see destinations_of().
    bool allow_private = false;
    Resolver resolve = resolve_host;
    ReconnectPolicy::Config reconnect{};
  };
  explicit RtmpSink(Options options) : options_(std::move(options)) {}

  SinkStart start() const override { return SinkStart::when_ready; }
  void run(PacketQueue& queue, const Streams& streams, const StatusReport& report) override;

 private:
  const Options options_;
};

}  // namespace plenum::egress
