#include "live_room.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

#include "io/clock.h"

namespace plenum::bench {
namespace {

constexpr PeerId kMicrophone(1), kListener(2);
constexpr TrackId kTrack(1);
/// Not a power of two a second: the retransmission cache, which holds a second, keeps its size
/// then.
constexpr Duration kInterval = 2500us;
constexpr std::size_t kPayload = 120;

}  // namespace

LiveRoom::LiveRoom() : received_(io::UdpSocket::kMaxBatch) {
  shard::ShardThread::Config config;
  config.certificate = &certificate_;
  config.udp = {*Address::parse("127.0.0.1", 0)};
  config.pin_to_core = false;
  shard_ = std::make_unique<shard::ShardThread>(std::move(config), relays_);
  shard_->start({shard_.get()});

  shard::TrackInfo info;
  info.track = kTrack;
  info.kind = MediaKind::audio;
  info.cid = "mic";
  info.stream_id = "PA_m|TR_1";
  info.track_sid = "TR_1";
  const harness::Client::SendSpec microphone{.cid = "mic", .codec = codec::Codec::opus, .rids = {}};
  const std::string offer = microphone_.client.make_offer({microphone}, 0, 0, false);
  shard_->post(shard::AddPeer{.peer = kMicrophone, .room = RoomId(1), .name = "PA_m"});
  shard_->post(shard::AddPendingTrack{kMicrophone, info});
  shard_->post(shard::RemoteOffer{kMicrophone, 1, offer});
  connect(microphone_);

  shard_->post(shard::AddPeer{.peer = kListener, .room = RoomId(1), .name = "PA_l"});
  shard_->post(shard::Subscribe{kListener, kTrack, {}});
  shard_->post(shard::RemoteOffer{kListener, 1, listener_.client.make_offer({}, 1, 0, false)});
  connect(listener_);
}

void LiveRoom::connect(End& end) {
  const TimePoint deadline = io::now() + 10s;
  while (!end.client.connected()) {
    if (io::now() > deadline) throw std::runtime_error("a client did not connect");
    run_until(io::now() + 5ms);
  }
}

auto LiveRoom::talk(Duration length) -> Delays {
  Delays delays;
  delays.ms = std::move(room_for_delays_);
  delays.ms.clear();
  const TimePoint end = io::now() + length;
  for (TimePoint next = io::now(); next < end; next += kInterval) {
    while (io::now() < next) {
      run_until(next);
      collect(delays);
    }
    speak(io::now());
    ++delays.sent;
  }
  for (const TimePoint last = io::now() + 200ms; io::now() < last;) {
    run_until(last);
    collect(delays);
  }
  std::sort(delays.ms.begin(), delays.ms.end());
  return delays;
}

double LiveRoom::Delays::at(double quantile) const {
  if (ms.empty()) return 0;
  return ms[std::min(ms.size() - 1,
                     static_cast<std::size_t>(quantile * static_cast<double>(ms.size())))];
}

void LiveRoom::speak(TimePoint now) {
  std::array<std::byte, kPayload> payload{};
  const std::int64_t time = now.time_since_epoch().count();
  std::memcpy(payload.data(), &time, sizeof time);
  microphone_.client.send_rtp(0, 0, sequence_++, timestamp_, false, payload, now);
  timestamp_ += 120;  // 2.5 ms at 48 kHz
  flush(microphone_);
}

void LiveRoom::collect(Delays& delays) {
  for (const harness::Client::Received& r : listener_.client.received()) {
    std::int64_t time = 0;
    if (r.payload.size() < sizeof time) continue;
    std::memcpy(&time, r.payload.data(), sizeof time);
    const Duration delay = r.at.time_since_epoch() - Duration(time);
    delays.ms.push_back(std::chrono::duration<double, std::milli>(delay).count());
    ++delays.received;
  }
  listener_.client.clear_received();
}

void LiveRoom::run_until(TimePoint deadline) {
  for (End* end : {&microphone_, &listener_}) {
    if (end->client.next_timeout() <= io::now()) end->client.handle_timeout(io::now());
    flush(*end);
  }
  const TimePoint wake =
      std::min({deadline, microphone_.client.next_timeout(), listener_.client.next_timeout()});
  const auto ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::max(Duration{}, wake - io::now()));
  const timespec timeout{.tv_sec = ns.count() / 1'000'000'000,
                         .tv_nsec = ns.count() % 1'000'000'000};
  std::array<pollfd, 3> wanted{pollfd{microphone_.socket.fd(), POLLIN, 0},
                               pollfd{listener_.socket.fd(), POLLIN, 0},
                               pollfd{shard_->event_fd(), POLLIN, 0}};
  ppoll(wanted.data(), wanted.size(), &timeout, nullptr);
  receive(microphone_);
  receive(listener_);
  shard_->drain_event_fd();
  while (std::optional<shard::Event> event = shard_->poll_event()) on_event(std::move(*event));
}

void LiveRoom::receive(End& end) {
  while (const std::size_t got = end.socket.receive_batch(received_))
    for (std::size_t i = 0; i < got; ++i)
      end.client.handle_datagram(received_[i].datagram.bytes(), received_[i].from, io::now());
  flush(end);
}

void LiveRoom::flush(End& end) {
  for (const auto& [to, bytes] : end.client.take_datagrams()) {
    std::copy(bytes.begin(), bytes.end(), end.batch.reserve(bytes.size()).begin());
    end.batch.commit(bytes.size(), to);
    end.batch.flush(end.socket);
  }
}

void LiveRoom::on_event(shard::Event event) {
  if (const auto* answer = std::get_if<shard::LocalAnswer>(&event))
    (answer->peer == kMicrophone ? microphone_ : listener_)
        .client.accept_answer(answer->sdp, io::now());
}

}  // namespace plenum::bench
