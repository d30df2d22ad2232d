#include "media/sctp/association.h"

#include "media/sctp/channels.h"
#include "media/sctp/packet_guard.h"
#include "media/sctp/usrsctp_stack.h"

namespace plenum::sctp {
namespace {

/// usrsctp does not say when its next timer is due, so while something is in flight it is asked
/// this often; its shortest timer is the delayed acknowledgement of 20 ms.
constexpr Duration kPollInterval = 10ms;
/// How long after the last event a timer may still matter with nothing in flight (that same
/// acknowledgement, mostly).
constexpr Duration kSettleTime = 500ms;

}  // namespace

/// Puts the parts together: the gate, usrsctp, and the channels on top of it.
class Association::Impl {
 public:
  explicit Impl(const Config& config)
      : guard_{config.local_port, config.remote_port, false},
        socket_({.local_port = config.local_port,
                 .remote_port = config.remote_port,
                 .mtu_bytes = config.mtu_bytes,
                 .send_buffer_bytes = config.max_buffered_bytes}),
        channels_(config, socket_) {}

  void connect(TimePoint now) {
    if (is_connecting_) return;
    is_connecting_ = true;
    socket_.connect(now);
    if (early_) socket_.input(early_.bytes(), now);
    early_ = {};
    settle(now);
  }

  void handle_packet(Bytes packet, TimePoint now) {
    if (has_ended_ || !is_acceptable(packet, guard_)) return;
    if (is_connecting_) {
      socket_.input(packet, now);
    } else if (packet.size() <= Buffer::kCapacity) {
      early_ = Buffer::copy_of(packet);  // the peer's INIT, a moment before our connect()
    }
    settle(now);
  }

  void handle_timeout(TimePoint now) {
    socket_.advance(now);
    take_events(now);
    next_poll_ = is_in_flight() || now < settled_at_ ? now + kPollInterval : kNever;
  }

  TimePoint next_timeout() const { return next_poll_; }

  std::optional<Output> poll_output() {
    if (auto packet = socket_.poll_packet()) return Transmit{std::move(*packet)};
    return channels_.poll();
  }

  Result<std::uint16_t, OpenError> open_channel(const ChannelConfig& config, TimePoint now) {
    if (has_ended_) return Err{OpenError::closed};
    const auto id = channels_.open(config, now);
    settle(now);
    return id;
  }

  void close_channel(std::uint16_t stream_id, TimePoint now) {
    if (has_ended_) return;
    channels_.close(stream_id, now);
    settle(now);
  }

  Status<SendError> send(std::uint16_t stream_id, Bytes message, bool binary, TimePoint now) {
    if (has_ended_) return Err{SendError::closed};
    const auto result = channels_.send(stream_id, message, binary, now);
    if (result) settle(now);
    return result;
  }

  std::size_t buffered_amount() const {
    return has_ended_ ? 0 : socket_.buffered_amount() + channels_.waiting_bytes();
  }

  void abort(TimePoint now) {
    if (has_ended_) return;
    socket_.advance(now);
    end();
  }

  bool is_connected() const { return channels_.is_connected() && !has_ended_; }

 private:
  /// After anything that may have set timers going.
  void settle(TimePoint now) {
    take_events(now);
    if (has_ended_ || !is_connecting_) return;
    settled_at_ = now + kSettleTime;
    next_poll_ = now + kPollInterval;
  }

  void take_events(TimePoint now) {
    while (auto event = socket_.poll_event()) {
      if (has_ended_) continue;
      if (event->kind == SocketEvent::Kind::gone) {
        end();
        channels_.report(Aborted{});
      } else {
        if (event->kind == SocketEvent::Kind::connected) guard_.established = true;
        channels_.handle(std::move(*event), now);
      }
    }
    if (!has_ended_) channels_.flush(now);
  }

  bool is_in_flight() const {
    if (has_ended_ || !is_connecting_) return false;
    return !channels_.is_connected() || channels_.has_work() || socket_.has_outstanding();
  }

  void end() {
    has_ended_ = true;
    next_poll_ = kNever;
    socket_.close();
  }

  GuardState guard_;
  Socket socket_;
  Channels channels_;
  Buffer early_;
  TimePoint next_poll_ = kNever;
  TimePoint settled_at_{};
  bool is_connecting_ = false;
  bool has_ended_ = false;
};

Association::Association(Config config) : impl_(std::make_unique<Impl>(config)) {}
Association::~Association() = default;
Association::Association(Association&&) noexcept = default;
Association& Association::operator=(Association&&) noexcept = default;

void Association::connect(TimePoint now) { impl_->connect(now); }
void Association::handle_packet(Bytes packet, TimePoint now) { impl_->handle_packet(packet, now); }
void Association::handle_timeout(TimePoint now) { impl_->handle_timeout(now); }
TimePoint Association::next_timeout() const { return impl_->next_timeout(); }
std::optional<Output> Association::poll_output() { return impl_->poll_output(); }
Result<std::uint16_t, OpenError> Association::open_channel(const ChannelConfig& config,
                                                           TimePoint now) {
  return impl_->open_channel(config, now);
}
void Association::close_channel(std::uint16_t stream_id, TimePoint now) {
  impl_->close_channel(stream_id, now);
}
Status<SendError> Association::send(std::uint16_t stream_id, Bytes message, bool binary,
                                    TimePoint now) {
  return impl_->send(stream_id, message, binary, now);
}
std::size_t Association::buffered_amount() const { return impl_->buffered_amount(); }
void Association::abort(TimePoint now) { impl_->abort(now); }
bool Association::is_connected() const { return impl_->is_connected(); }

}  // namespace plenum::sctp
