#include "large_room.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "io/clock.h"
#include "media/rtp/header.h"

namespace plenum::bench {
namespace {

constexpr std::size_t kVideoPayload = 1180, kAudioPayload = 100;
/// Timestamps count packets; far enough apart for each publisher to tell whose one is.
constexpr std::uint32_t kSpan = 1u << 24;

std::int64_t realtime_ns() {
  timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return t.tv_sec * 1'000'000'000L + t.tv_nsec;
}

/// Seconds of CPU of the shard's thread, by the kernel's account.
double shard_cpu_seconds() {
  static const std::string path = [] {
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
      std::string name;
      std::getline(std::ifstream(task.path() / "comm"), name);
      if (name == "shard-0") return (task.path() / "schedstat").string();
    }
    throw std::runtime_error("the shard has no thread");
  }();
  double ns = 0;
  std::ifstream(path) >> ns;
  return ns / 1e9;
}

}  // namespace

LargeRoom::LargeRoom(int listeners)
    : poll_(epoll_create1(EPOLL_CLOEXEC)), received_(io::UdpSocket::kMaxBatch) {
  shard::ShardThread::Config config;
  config.certificate = &certificate_;
  config.udp = {*Address::parse("127.0.0.1", 0)};
  shard_ = std::make_unique<shard::ShardThread>(std::move(config), relays_);
  shard_->start({shard_.get()});
  for (std::size_t i = 0; i < kPublishers; ++i)
    publish(publishers_.emplace_back("p" + std::to_string(i), client_certificate_), i);
  for (int i = 0; i < listeners; ++i) {
    End& end = listeners_.emplace_back("l" + std::to_string(i), client_certificate_);
    listen(end, PeerId(100 + static_cast<std::uint64_t>(i)));
    if (i % 25 == 0) keep_alive();
  }
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    const int fd = listeners_[i].socket.fd();
    if (i % kSampled != 0) {
      const int smallest = 2048;
      setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &smallest, sizeof smallest);
      continue;
    }
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    epoll_event e{.events = EPOLLIN, .data = {.u64 = i}};
    epoll_ctl(poll_.get(), EPOLL_CTL_ADD, fd, &e);
  }
}

void LargeRoom::publish(End& end, std::size_t index) {
  const bool video = index == 0;
  const PeerId peer(index + 1);
  shard::TrackInfo info;
  info.track = TrackId(index + 1);
  info.kind = video ? MediaKind::video : MediaKind::audio;
  info.cid = "t";
  info.stream_id = "PA|TR";
  info.track_sid = "TR_" + std::to_string(index);
  const harness::Client::SendSpec spec{
      .cid = "t", .codec = video ? codec::Codec::vp8 : codec::Codec::opus, .rids = {}};
  const std::string offer = end.client.make_offer({spec}, 0, 0, false);
  shard_->post(shard::AddPeer{.peer = peer, .room = RoomId(1), .name = "PA"});
  shard_->post(shard::AddPendingTrack{peer, info});
  connect(end, peer, offer);
}

void LargeRoom::listen(End& end, PeerId peer) {
  shard_->post(shard::AddPeer{.peer = peer, .room = RoomId(1), .name = "PA"});
  for (std::size_t i = 0; i < kPublishers; ++i)
    shard_->post(shard::Subscribe{peer, TrackId(i + 1), {}});
  connect(end, peer, end.client.make_offer({}, kPublishers - 1, 1, false));
}

void LargeRoom::connect(End& end, PeerId peer, const std::string& offer) {
  by_peer_[peer] = &end;
  shard_->post(shard::RemoteOffer{peer, 1, offer});
  const TimePoint deadline = io::now() + 10s;
  while (!end.client.connected()) {
    if (io::now() > deadline) throw std::runtime_error("a client did not connect");
    handle_events();
    step(end);
  }
}

void LargeRoom::handle_events() {
  shard_->drain_event_fd();
  while (std::optional<shard::Event> event = shard_->poll_event())
    if (const auto* answer = std::get_if<shard::LocalAnswer>(&*event))
      by_peer_.at(answer->peer)->client.accept_answer(answer->sdp, io::now());
}

void LargeRoom::step(End& end) {
  if (end.client.next_timeout() <= io::now()) end.client.handle_timeout(io::now());
  while (const std::size_t got = end.socket.receive_batch(received_))
    for (std::size_t i = 0; i < got; ++i)
      end.client.handle_datagram(received_[i].datagram.bytes(), received_[i].from, io::now());
  flush(end);
}

void LargeRoom::flush(End& end) {
  for (const auto& [to, bytes] : end.client.take_datagrams()) {
    std::copy(bytes.begin(), bytes.end(), batch_.reserve(bytes.size()).begin());
    batch_.commit(bytes.size(), to);
    batch_.flush(end.socket);
  }
}

/// Consent checks of all.
void LargeRoom::keep_alive() {
  if (io::now() < keep_alive_at_) return;
  keep_alive_at_ = io::now() + 100ms;
  handle_events();
  for (std::deque<End>* ends : {&publishers_, &listeners_})
    for (End& end : *ends)
      if (end.client.next_timeout() <= io::now()) {
        end.client.handle_timeout(io::now());
        flush(end);
      }
  for (End& end : publishers_) step(end);
}

void LargeRoom::send(std::size_t publisher) {
  std::array<std::byte, kVideoPayload> payload{};
  const bool video = publisher == 0;
  std::vector<std::int64_t>& times = sent_at_ns_[publisher];
  if (video) payload[0] = std::byte{0x10};                    // begins a frame
  if (video && !times.empty()) payload[1] = std::byte{0x01};  // not a key frame
  const auto timestamp =
      static_cast<std::uint32_t>(publisher) * kSpan + static_cast<std::uint32_t>(times.size());
  times.push_back(realtime_ns());
  publishers_[publisher].client.send_rtp(
      0, 0, sequence_[publisher]++, timestamp, true,
      Bytes(payload).first(video ? kVideoPayload : kAudioPayload), io::now());
  flush(publishers_[publisher]);
}

double LargeRoom::Result::at(double quantile) const {
  if (ms.empty()) return 0;
  return ms[std::min(ms.size() - 1,
                     static_cast<std::size_t>(quantile * static_cast<double>(ms.size())))];
}

auto LargeRoom::talk(Duration length, const Loss& loss) -> Result {
  struct Turn {
    Duration at;
    std::size_t publisher;
    int packets;
  };
  // One period of 100 ms.
  std::vector<Turn> turns;
  for (int frame = 0; frame < 3; ++frame)
    for (const auto& [offset, packets] : {std::pair{0ms, 3}, {5ms, 3}, {10ms, 1}})
      turns.push_back({frame * 33'333us + offset, 0, packets});
  for (std::size_t p = 1; p < kPublishers; ++p)
    for (int i = 0; i < 5; ++i)
      turns.push_back({i * 20ms + static_cast<int>(p) * 6'500us + 1ms, p, 1});
  std::ranges::sort(turns, {}, &Turn::at);

  Result result;
  result.ms.reserve(static_cast<std::size_t>(length / 100ms) * (listeners_.size() / kSampled) * 40);
  const double cpu = shard_cpu_seconds();
  const TimePoint begin = io::now();
  for (TimePoint period = begin; period < begin + length; period += 100ms)
    for (const Turn& turn : turns) {
      while (io::now() < period + turn.at) receive_all(period + turn.at - io::now(), result, loss);
      for (int i = 0; i < turn.packets; ++i) send(turn.publisher);
      result.sent += static_cast<std::uint64_t>(turn.packets);
      keep_alive();
    }
  result.shard_cpu = (shard_cpu_seconds() - cpu) / std::chrono::duration<double>(length).count();
  for (const TimePoint last = io::now() + 200ms; io::now() < last;) receive_all(5ms, result, loss);
  std::ranges::sort(result.ms);
  return result;
}

void LargeRoom::receive_all(Duration wait, Result& result, const Loss& loss) {
  std::array<epoll_event, 64> ready{};
  const timespec timeout{.tv_sec = 0, .tv_nsec = std::max<std::int64_t>(0, wait.count()) * 1000};
  const int n =
      epoll_pwait2(poll_.get(), ready.data(), static_cast<int>(ready.size()), &timeout, nullptr);
  for (int i = 0; i < n; ++i)
    receive(static_cast<std::size_t>(ready[static_cast<std::size_t>(i)].data.u64), result, loss);
}

void LargeRoom::receive(std::size_t listener, Result& result, const Loss& loss) {
  constexpr unsigned kBatch = 16;
  static std::array<std::array<std::byte, 1500>, kBatch> packets;
  alignas(cmsghdr) static std::array<std::array<char, 64>, kBatch> controls;
  std::array<iovec, kBatch> parts{};
  std::array<mmsghdr, kBatch> headers{};
  for (std::size_t i = 0; i < kBatch; ++i) {
    parts[i] = {packets[i].data(), packets[i].size()};
    headers[i].msg_hdr.msg_iov = &parts[i];
    headers[i].msg_hdr.msg_iovlen = 1;
    headers[i].msg_hdr.msg_control = controls[i].data();
    headers[i].msg_hdr.msg_controllen = controls[i].size();
  }
  End& end = listeners_[listener];
  const int n = recvmmsg(end.socket.fd(), headers.data(), kBatch, MSG_DONTWAIT, nullptr);
  for (int i = 0; i < n; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const Bytes packet = Bytes(packets[k]).first(headers[k].msg_len);
    std::int64_t arrival = 0;
    if (const cmsghdr* c = CMSG_FIRSTHDR(&headers[k].msg_hdr)) {
      timespec t;
      std::memcpy(&t, CMSG_DATA(c), sizeof t);
      arrival = t.tv_sec * 1'000'000'000L + t.tv_nsec;
    }
    const std::uint8_t second = packet.size() > 12 ? be8(packet, 1) : 0;
    const bool media =
        packet.size() > 12 && be8(packet, 0) >> 6 == 2 && (second < 192 || second > 223);
    if (media)
      on_media(listener, packet, arrival, result, loss);
    else
      end.client.handle_datagram(packet, shard_->udp_addresses().front(), io::now());
  }
  if (!end.lost.empty()) {
    const auto camera =
        std::ranges::find_if(end.publisher_of, [](auto& p) { return p.second == 0; });
    end.client.send_nack(Ssrc(camera->first), end.lost, io::now());
    end.lost.clear();
  }
  flush(end);
}

/// Header fields are not encrypted: SSRC, number and, by which a packet is known, its timestamp.
void LargeRoom::on_media(std::size_t listener, Bytes packet, std::int64_t arrival_ns,
                         Result& result, const Loss& loss) {
  End& end = listeners_[listener];
  const std::uint32_t timestamp = be32(packet, 4), ssrc = be32(packet, 8);
  const std::size_t publisher = timestamp / kSpan, index = timestamp % kSpan;
  if (publisher >= kPublishers || index >= sent_at_ns_[publisher].size()) return;
  const auto [known, first] = end.publisher_of.try_emplace(ssrc, publisher);
  const bool retransmission = first && std::ranges::count_if(end.publisher_of, [&](auto& p) {
                                         return p.second == publisher;
                                       }) > 1;
  if (retransmission) known->second = kPublishers;  // the RTX stream
  if (known->second == kPublishers) {
    ++result.retransmitted;
    return;
  }
  ++result.received;
  const bool loses = listener / kSampled < static_cast<std::size_t>(loss.listeners);
  if (loses && publisher == 0 && static_cast<double>(index % 1000) < loss.share * 1000)
    end.lost.push_back(be16(packet, 2));
  if (!loses)
    result.ms.push_back(static_cast<float>(arrival_ns - sent_at_ns_[publisher][index]) / 1e6f);
}

}  // namespace plenum::bench
