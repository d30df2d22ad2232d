#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <stdexcept>

#include "bench.h"
#include "harness/client.h"
#include "io/transmit_batch.h"
#include "io/udp_socket.h"
#include "media/ice/candidate.h"
#include "media/rtp/packet_cache.h"
#include "shard/shard.h"
#include "sinks.h"

namespace plenum::bench {
namespace {

using harness::Client;

/// While clients connect, datagrams go back and forth in memory; then the shard sends for real.
class SwitchSink : public shard::NoTaps {
 public:
  io::UdpSocket socket{*Address::parse("127.0.0.1", 0)};
  io::TransmitBatch batch;
  bool real = false;
  std::deque<std::pair<Address, std::vector<std::byte>>> memory;

  MutableBytes reserve(const Path&, std::size_t max) override {
    if (!real) return MutableBytes(scratch_).first(max);
    if (batch.full()) batch.flush(socket);
    return batch.reserve(max);
  }
  void commit(const Path& path, std::size_t size) override {
    if (real) return batch.commit(size, path.remote);
    if (size)
      memory.push_back(
          {path.remote, {scratch_.begin(), scratch_.begin() + static_cast<std::ptrdiff_t>(size)}});
  }

 private:
  std::vector<std::byte> scratch_ = std::vector<std::byte>(2048);
};

/// One publisher and N subscribers, connected by real handshakes.
class Room {
 public:
  explicit Room(const Fanout& f)
      : f_(f),
        sinks_(f.subscribers, f.sink),
        relays_(1),
        server_address_(*Address::parse("127.0.0.1", 7882)),
        shard_(
            {.id = ShardId(0),
             .certificate = &certificate_,
             .udp_candidates = {ice::to_sdp(ice::host_candidate(Transport::udp, server_address_))},
             .tcp_candidates = {}},
            relays_, sink_, [this](shard::Event e) { on_event(std::move(e)); }, [](ShardId) {}),
        received_(io::UdpSocket::kMaxBatch) {
    publish();
    for (int i = 0; i < f.subscribers; ++i) subscribe(i);
    for (Client& c : clients_)
      if (!c.connected()) throw std::runtime_error("a client did not connect");
  }

  void fill() {
    const std::vector<std::byte> payload = vp8_payload();
    for (int b = 0; b < f_.bursts; ++b, timestamp_ += 3000)
      for (int i = 0; i < f_.burst; ++i) {
        std::vector<std::byte> p = payload;
        if (i == 0 && !started_) p[6] = std::byte{0x10};  // a key frame first
        p[0] = static_cast<std::byte>(0x80 | (i == 0 ? 0x10 : 0));
        clients_[0].send_rtp(0, 0, seq_++, timestamp_, i == f_.burst - 1, p, now_);
        started_ = true;
      }
    for (auto& [to, bytes] : clients_[0].take_datagrams()) sealed_.push_back(std::move(bytes));
    io::TransmitBatch out;
    for (auto& bytes : sealed_) {
      std::copy(bytes.begin(), bytes.end(), out.reserve(bytes.size()).begin());
      out.commit(bytes.size(), sink_.socket.local_address());
      out.flush(source_);  // one by one, as from a network card
    }
    sealed_.clear();
  }

  void forward_burst() {
    now_ += 1ms;
    const Path from{clients_[0].address(), Transport::udp, 0};
    for (std::size_t left = static_cast<std::size_t>(f_.burst); left > 0;) {
      const std::size_t got =
          sink_.socket.receive_batch(std::span(received_).first(std::min(left, received_.size())));
      for (std::size_t i = 0; i < got; ++i)
        shard_.on_datagram(std::move(received_[i].datagram), from, now_);
      if (got == 0) break;  // counted as not forwarded
      left -= got;
    }
    shard_.end_turn(now_);
    sink_.batch.flush(sink_.socket);
  }

  std::uint64_t forwarded() { return shard_.counters().rtp_out; }
  void go_real() { sink_.real = true; }

 private:
  std::vector<std::byte> vp8_payload() const {
    // As large as the packet is to be, less the header that the client writes (12 + 4 + 4).
    std::vector<std::byte> p(static_cast<std::size_t>(f_.packet_bytes) - 20, std::byte{0x5a});
    p[1] = std::byte{0};
    p[2] = std::byte{0};
    p[6] = std::byte{0x11};
    return p;
  }

  void publish() {
    Client& c = add(*Address::parse("127.0.0.1", 9));
    const Client::SendSpec camera{.cid = "cam", .codec = codec::Codec::vp8, .rids = {}};
    shard::TrackInfo info;
    info.track = TrackId(1);
    info.kind = MediaKind::video;
    info.cid = "cam";
    info.stream_id = "PA_p|TR_1";
    info.track_sid = "TR_1";
    shard_.on_command(shard::AddPendingTrack{PeerId(1), info}, now_);
    shard_.on_command(shard::RemoteOffer{PeerId(1), 1, c.make_offer({camera}, 0, 0, false)}, now_);
    run();
  }

  void subscribe(int i) {
    Client& c = add(sinks_.addresses()[static_cast<std::size_t>(i)]);
    const PeerId peer(static_cast<std::uint64_t>(i) + 2);
    shard_.on_command(shard::Subscribe{peer, TrackId(1), {}}, now_);
    shard_.on_command(shard::RemoteOffer{peer, 1, c.make_offer({}, 0, 1, false)}, now_);
    run();
  }

  Client& add(Address address) {
    clients_.emplace_back("c" + std::to_string(clients_.size()), address, client_certificate_);
    const PeerId peer(clients_.size());
    by_peer_[peer] = &clients_.back();
    by_address_[address.port] = &clients_.back();
    shard_.on_command(
        shard::AddPeer{
            .peer = peer, .room = RoomId(1), .mode = shard::PeerMode::single, .name = "p"},
        now_);
    return clients_.back();
  }

  void on_event(shard::Event e) {
    if (auto* a = std::get_if<shard::LocalAnswer>(&e))
      by_peer_.at(a->peer)->accept_answer(a->sdp, now_);
  }

  /// Lets the newest client connect, and now and then the others show that they live.
  void run() {
    for (int i = 0; i < 60 && !(clients_.back().connected() && i > 12); ++i) step(clients_.back());
    if (clients_.size() % 50 == 0)
      for (Client& c : clients_) step(c, 0us);
  }

  void step(Client& c, Duration time = 10ms) {
    if (c.next_timeout() <= now_) c.handle_timeout(now_);
    for (auto& [to, bytes] : c.take_datagrams())
      shard_.on_datagram(Buffer::copy_of(bytes), Path{c.address(), Transport::udp, 0}, now_);
    shard_.end_turn(now_);
    while (!sink_.memory.empty()) {
      auto [to, bytes] = std::move(sink_.memory.front());
      sink_.memory.pop_front();
      if (const auto it = by_address_.find(to.port); it != by_address_.end())
        it->second->handle_datagram(bytes, server_address_, now_);
    }
    now_ += time;
  }

  const Fanout& f_;
  dtls::Certificate certificate_ = dtls::Certificate::generate(),
                    client_certificate_ = dtls::Certificate::generate();
  Sinks sinks_;
  shard::RelayMesh relays_;
  SwitchSink sink_;
  Address server_address_;
  shard::Shard shard_;
  io::UdpSocket source_{*Address::parse("127.0.0.1", 0)};
  std::vector<io::Received> received_;
  std::deque<Client> clients_;
  std::map<PeerId, Client*> by_peer_;
  std::map<std::uint16_t, Client*> by_address_;
  std::vector<std::vector<std::byte>> sealed_;
  TimePoint now_{1s};
  std::uint16_t seq_ = 1;
  std::uint32_t timestamp_ = 0;
  bool started_ = false;
};

}  // namespace

FanoutResult run_forward(const Fanout& f) {
  Room room(f);
  room.go_real();
  std::vector<double> costs;
  FanoutResult r;
  std::uint64_t allocated = 0;
  // Until the retransmission cache has gone round: from then on it lives on what it has.
  const int per_repetition = f.burst * f.bursts;
  const int warm_up = 1 + static_cast<int>(rtp::PacketCache::Config{}.max_packets) / per_repetition;
  for (int i = 0; i < f.repetitions + warm_up; ++i) {
    room.fill();
    const std::uint64_t before = room.forwarded(), allocations_before = allocations();
    const double begin = cpu_ns();
    for (int b = 0; b < f.bursts; ++b) room.forward_burst();
    const double cost = cpu_ns() - begin;
    if (i < warm_up) continue;
    const std::uint64_t packets = room.forwarded() - before;
    const auto expected = static_cast<std::uint64_t>(f.subscribers) *
                          static_cast<std::uint64_t>(f.burst) *
                          static_cast<std::uint64_t>(f.bursts);
    if (packets < expected * 99 / 100)
      throw std::runtime_error("not everything was forwarded: " + std::to_string(packets) + " of " +
                               std::to_string(expected));
    costs.push_back(cost / static_cast<double>(packets));
    allocated += allocations() - allocations_before;
    r.packets += packets;
  }
  r.ns_per_packet = median(costs);
  r.allocations_per_packet = static_cast<double>(allocated) / static_cast<double>(r.packets);
  return r;
}

double run_forward_by_clock(const Fanout& f, const std::function<void()>& start) {
  Room room(f);
  room.go_real();
  const auto repeat = [&](int times) {
    double seconds = 0;
    for (int i = 0; i < times; ++i) {
      room.fill();
      const auto begin = std::chrono::steady_clock::now();
      for (int b = 0; b < f.bursts; ++b) room.forward_burst();
      seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    }
    return seconds;
  };
  start();
  repeat(5);
  const std::uint64_t before = room.forwarded();
  const double seconds = repeat(60);
  return static_cast<double>(room.forwarded() - before) / seconds;
}

}  // namespace plenum::bench
