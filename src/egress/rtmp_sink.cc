#include "egress/rtmp_sink.h"

#include "base/crypto.h"
#include "egress/muxer.h"
#include "egress/written_media.h"
#include "io/clock.h"

namespace plenum::egress {
namespace {

constexpr Duration kConnectDeadline = 5s;
constexpr Duration kWriteDeadline = 3s;
/// The kernel swallows ten seconds and more for a server that is frozen; what waits here on top of
/// that is too old.
constexpr Duration kLongestQueue = 5s;

/// Beside libavformat's error codes.
constexpr int kUnknownHost = FFERRTAG('H', 'O', 'S', 'T');
constexpr int kForbiddenAddress = FFERRTAG('N', 'E', 'T', '!');

/// Another address of the same server may do.
bool is_unreachable(int code) {
  return code == AVERROR(ECONNREFUSED) || code == AVERROR(ENETUNREACH) ||
         code == AVERROR(EHOSTUNREACH) || code == AVERROR(EADDRNOTAVAIL);
}

double chance() { return static_cast<double>(crypto::random_u32()) / 4294967296.0; }

/// One connection: from TCP to the muxer's trailer.
class Connection {
 public:
  Connection(const RtmpSink::Options& options, const Streams& streams, PacketQueue& queue)
      : options_(options), queue_(queue), muxer_("flv", options.url.secret, streams) {
    muxer_.context().interrupt_callback = {.callback = is_overdue, .opaque = this};
  }
  ~Connection() {
    allow(kWriteDeadline);  // takes leave of the server, if there is one
    avio_closep(&muxer_.context().pb);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Gives up when the queue ends.
  int open() {
    // Each time anew: a server may have moved.
    const auto found = destinations_of(options_.url, options_.allow_private, options_.resolve);
    if (!found)
      return found.error() == DestinationError::unknown_host ? kUnknownHost : kForbiddenAddress;
    deadline_ = io::now() + kConnectDeadline;
    is_connecting_ = true;
    int code = 0;
    for (const Destination& destination : *found) {
      code = connect(destination);
      if (!is_unreachable(code)) break;
    }
    if (code >= 0) code = muxer_.begin({{"flvflags", "no_duration_filesize"}});
    is_connecting_ = false;
    return reason(code);
  }

  int write(Packet packet) {
    allow(kWriteDeadline);
    media_.add(*packet);
    const int code = muxer_.write(std::move(packet));
    return reason(code < 0 ? code : muxer_.context().pb->error);
  }
  int finish() {
    allow(kWriteDeadline);
    return reason(muxer_.finish());
  }

  std::uint64_t bytes() {
    const AVIOContext* io = muxer_.context().pb;
    return io ? static_cast<std::uint64_t>(io->bytes_written) : 0;
  }
  Duration duration() const { return media_.duration(); }

 private:
  int connect(const Destination& destination) {
    AVFormatContext& context = muxer_.context();
    AVDictionary* protocol = nullptr;
    av_dict_set(&protocol, "protocol_whitelist", "rtmp,rtmps,tcp,tls", 0);
    av_dict_set(&protocol, "tls_verify", options_.verify_certificate ? "1" : "0", 0);
    if (!destination.tc_url.empty())
      av_dict_set(&protocol, "rtmp_tcurl", destination.tc_url.c_str(), 0);
    const int code = avio_open2(&context.pb, destination.url.c_str(), AVIO_FLAG_WRITE,
                                &context.interrupt_callback, &protocol);
    av_dict_free(&protocol);
    return code;
  }
  static int is_overdue(void* self) {
    const auto& c = *static_cast<const Connection*>(self);
    return io::now() >= c.deadline_ || (c.is_connecting_ && c.queue_.ended());
  }
  void allow(Duration time) { deadline_ = io::now() + time; }
  /// libavformat calls it an exit when it was interrupted.
  static int reason(int code) { return code == AVERROR_EXIT ? AVERROR(ETIMEDOUT) : code; }

  const RtmpSink::Options& options_;
  PacketQueue& queue_;
  TimePoint deadline_{};
  bool is_connecting_ = false;
  Muxer muxer_;
  WrittenMedia media_;
};

/// One life of the sink.
class Push {
 public:
  Push(const RtmpSink::Options& options, const Streams& streams, PacketQueue& queue,
       const StatusReport& report)
      : options_(options), streams_(streams), queue_(queue), report_(report) {}

  void run() {
    ReconnectPolicy policy(options_.reconnect);
    report_(status_);
    for (;;) {
      const int code = connect_and_send(policy);
      if (code >= 0) return enter(SinkState::ended);
      if (queue_.ended()) {
        if (status_.state == SinkState::live) status_.error = text_of(code);  // lost at the last
        return enter(SinkState::ended);
      }
      queue_.pause();
      status_.is_playable = false;
      status_.error = text_of(code);
      const auto next = policy.on_failure(io::now(), chance());
      if (!next) return enter(SinkState::failed);
      ++status_.retries;
      enter(SinkState::reconnecting);
      if (queue_.wait_for_end(*next)) return enter(SinkState::ended);
    }
  }

 private:
  /// 0 when the queue has ended and all is sent.
  int connect_and_send(ReconnectPolicy& policy) {
    Connection connection(options_, streams_, queue_);
    if (const int code = connection.open(); code < 0) return code;
    policy.on_connected(io::now());
    queue_.restart();
    status_.is_playable = true;
    status_.error.clear();
    enter(SinkState::live);
    const SinkStatus before = status_;
    std::optional<TimePoint> drain_until;
    while (Packet packet = queue_.pop(kNever)) {
      if (const int code = connection.write(std::move(packet)); code < 0) return code;
      const TimePoint now = io::now();
      if (!status_.started) status_.started = now;
      status_.bytes = before.bytes + connection.bytes();
      status_.duration = before.duration + connection.duration();
      report_(status_);
      if (queue_.span() > kLongestQueue) return AVERROR(ETIMEDOUT);
      if (!drain_until && queue_.ended()) drain_until = now + kWriteDeadline;
      if (drain_until && now >= *drain_until) break;
    }
    return connection.finish();
  }

  void enter(SinkState state) {
    status_.state = state;
    status_.dropped_packets = queue_.dropped_packets();
    report_(status_);
  }

  /// Never with the address in it.
  static std::string text_of(int code) {
    if (code == kUnknownHost) return "the RTMP server: its name is not known";
    if (code == kForbiddenAddress) return "the RTMP server: its address is not allowed";
    return "the RTMP server: " + ffmpeg_error(code);
  }

  const RtmpSink::Options& options_;
  const Streams& streams_;
  PacketQueue& queue_;
  const StatusReport& report_;
  SinkStatus status_;
};

}  // namespace

void RtmpSink::run(PacketQueue& queue, const Streams& streams, const StatusReport& report) {
  Push(options_, streams, queue, report).run();
}

}  // namespace plenum::egress
