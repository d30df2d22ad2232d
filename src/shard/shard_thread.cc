#include "shard/shard_thread.h"

#include <malloc.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "io/affinity.h"
#include "io/clock.h"
#include "io/record_socket.h"
#include "media/ice/candidate.h"

namespace plenum::shard {
namespace {

constexpr std::size_t kCommandRing = 8192;
constexpr std::size_t kEventRing = 8192;
/// Receive calls on one socket before the others get their turn.
constexpr int kBatchesPerTurn = 4;
constexpr std::size_t kMaxTcpConnections = 4096;
/// One host must not take all of them; many clients may share an address.
constexpr std::ptrdiff_t kMaxTcpPerNetwork = 512;
/// A connection on which nobody has authenticated himself for this long is closed.
constexpr Duration kTcpGrace = 10s;
constexpr Duration kTcpSweep = 2s;
constexpr Duration kStall = 100ms;
/// Long enough that a call in which all reconnect at once does not pay for it.
constexpr Duration kGiveBackAfter = 2s;

constexpr std::uint64_t token(std::uint64_t kind, std::uint64_t index) {
  return kind << 32 | index;
}

}  // namespace

ShardThread::ShardThread(Config config, RelayMesh& relays)
    : config_(std::move(config)),
      relays_(relays),
      tcp_out_(io::TransmitBatch::kMaxDatagram),
      received_(io::UdpSocket::kMaxBatch),
      commands_(kCommandRing),
      events_(kEventRing) {
  for (const Address& a : config_.udp) udp_.push_back({io::UdpSocket(a), io::TransmitBatch()});
  for (const Address& a : config_.tcp) tcp_listeners_.emplace_back(a);
  loop_.add(wakeup_.fd(), io::kReadable, token(static_cast<std::uint64_t>(Token::wakeup), 0));
  for (std::size_t i = 0; i < udp_.size(); ++i)
    loop_.add(udp_[i].socket.fd(), io::kReadable, token(static_cast<std::uint64_t>(Token::udp), i));
  for (std::size_t i = 0; i < tcp_listeners_.size(); ++i)
    loop_.add(tcp_listeners_[i].fd(), io::kReadable,
              token(static_cast<std::uint64_t>(Token::tcp_listener), i));

  Shard::Config core{.id = config_.id,
                     .certificate = config_.certificate,
                     .udp_candidates = {},
                     .tcp_candidates = {}};
  const auto describe = [&](Transport transport, const std::vector<Address>& bound,
                            std::vector<std::string>& out) {
    std::vector<Address> told = bound;
    if (!config_.advertise.empty() && !bound.empty()) {
      told = config_.advertise;
      for (Address& a : told)
        if (a.port == 0 || transport == Transport::tcp) a.port = bound.front().port;
    }
    for (std::size_t i = 0; i < told.size(); ++i)
      out.push_back(
          ice::to_sdp(ice::host_candidate(transport, told[i], static_cast<std::uint16_t>(i))));
  };
  describe(Transport::udp, udp_addresses(), core.udp_candidates);
  describe(Transport::tcp, tcp_addresses(), core.tcp_candidates);
  DatagramSink& sink = *this;
  shard_ = std::make_unique<Shard>(
      std::move(core), relays_, sink, [this](Event e) { emit(std::move(e)); },
      [this](ShardId id) { shards_[id.value()]->wake(); });
}

ShardThread::~ShardThread() {
  stop();
  join();
}

std::vector<Address> ShardThread::udp_addresses() const {
  std::vector<Address> all;
  for (const Udp& u : udp_) all.push_back(u.socket.local_address());
  return all;
}

std::vector<Address> ShardThread::tcp_addresses() const {
  std::vector<Address> all;
  for (const io::TcpListener& l : tcp_listeners_) all.push_back(l.local_address());
  return all;
}

void ShardThread::start(std::vector<ShardThread*> shards) {
  shards_ = std::move(shards);
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void ShardThread::stop() {
  thread_.request_stop();
  wakeup_.notify();
}

void ShardThread::join() {
  if (thread_.joinable()) thread_.join();
}

bool ShardThread::post(Command&& command) {
  if (!commands_.push(std::move(command))) return false;
  wakeup_.notify();
  return true;
}

void ShardThread::run(const std::stop_token& stop) {
  io::name_thread(("shard-" + std::to_string(config_.id.value())).c_str());
  if (config_.pin_to_core) io::pin_thread(config_.id.value());
  while (!shard_->stopping()) turn(loop_.wait_until(next_timeout()), stop);
  flush();
  emit(Stopped{config_.id});
  events_.retry();
  event_wakeup_.notify();
}

/// One round: read what waits, let the shard work on it, send everything at once.
void ShardThread::turn(std::span<const io::Ready> ready, const std::stop_token& stop) {
  const TimePoint now = io::now();
  for (const io::Ready& r : ready) {
    const auto index = static_cast<std::uint32_t>(r.token);
    switch (static_cast<Token>(r.token >> 32)) {
      case Token::wakeup:
        wakeup_.drain();
        break;
      case Token::udp:
        receive_udp(index, now);
        break;
      case Token::tcp_listener:
        accept_tcp(index, now);
        break;
      case Token::tcp:
        receive_tcp(index, r.events, now);
        break;
    }
  }
  constexpr int kCommandsPerTurn = 512;
  for (int i = 0; i < kCommandsPerTurn; ++i) {
    auto command = commands_.pop();
    if (!command) break;
    shard_->on_command(std::move(*command), now);
    if (i == kCommandsPerTurn - 1) wakeup_.notify();  // the rest in the next turn
  }
  if (stop.stop_requested() && commands_.empty()) shard_->stop(now);
  if (now >= next_sweep_) sweep_tcp(now);
  shard_->end_turn(now);
  give_back_memory(now);
  flush();
  events_.retry();
  if (events_.take_pushed()) event_wakeup_.notify();
  if (io::now() - now > kStall) ++shard_->counters().stalls;
}

void ShardThread::receive_udp(std::uint32_t index, TimePoint now) {
  for (int i = 0; i < kBatchesPerTurn; ++i) {
    const std::size_t n = udp_[index].socket.receive_batch(received_);
    for (std::size_t k = 0; k < n; ++k)
      shard_->on_datagram(std::move(received_[k].datagram),
                          Path{received_[k].from, Transport::udp, index}, now);
    if (n < received_.size()) break;
  }
}

TimePoint ShardThread::next_timeout() const {
  if (events_.behind()) return io::now() + 1ms;
  const bool sweeps = !tcp_.empty() || listener_paused_;
  const TimePoint own = sweeps ? std::min(give_back_at_, next_sweep_) : give_back_at_;
  return std::min(shard_->next_timeout(), own);
}

/// When the last peer has left: free packets lie in a list of this thread, and the allocator keeps
/// what was freed between things that live on.
void ShardThread::give_back_memory(TimePoint now) {
  if (shard_->has_peers()) {
    was_used_ = true;
    give_back_at_ = kNever;
  } else if (std::exchange(was_used_, false)) {
    give_back_at_ = now + kGiveBackAfter;
  } else if (now >= give_back_at_) {
    give_back_at_ = kNever;
    Buffer::release_free();
    ::malloc_trim(0);
  }
}

void ShardThread::sweep_tcp(TimePoint now) {
  next_sweep_ = now + kTcpSweep;
  if (listener_paused_)
    for (std::size_t i = 0; i < tcp_listeners_.size(); ++i) listen(i, true);
  std::vector<std::uint32_t> strangers;
  for (const auto& [number, tcp] : tcp_)
    if (now - tcp.accepted > kTcpGrace && !shard_->knows_path(tcp.path))
      strangers.push_back(number);
  for (const std::uint32_t number : strangers) close_tcp(number, now);
}

void ShardThread::accept_tcp(std::size_t index, TimePoint now) {
  while (auto connection = tcp_listeners_[index].accept()) {
    const Address network = connection->remote_address().network();
    const auto same_network = [&](const auto& t) {
      return t.second.path.remote.network() == network;
    };
    // Closed by going out of scope.
    if (tcp_.size() >= kMaxTcpConnections ||
        std::count_if(tcp_.begin(), tcp_.end(), same_network) >= kMaxTcpPerNetwork)
      continue;
    const std::uint32_t number = next_tcp_++;
    const Path path{connection->remote_address(), Transport::tcp, number};
    const auto [it, added] =
        tcp_.try_emplace(number, Tcp{std::move(*connection), {}, path, false, now});
    if (added)
      loop_.add(it->second.connection.fd(), io::kReadable,
                token(static_cast<std::uint64_t>(Token::tcp), number));
  }
  if (tcp_listeners_[index].is_stuck()) listen(index, false);
}

void ShardThread::listen(std::size_t index, bool on) {
  loop_.modify(tcp_listeners_[index].fd(), on ? io::kReadable : 0,
               token(static_cast<std::uint64_t>(Token::tcp_listener), index));
  listener_paused_ = !on;
}

void ShardThread::receive_tcp(std::uint32_t number, std::uint32_t events, TimePoint now) {
  const auto it = tcp_.find(number);
  if (it == tcp_.end()) return;
  Tcp& tcp = it->second;
  if ((events & io::kWritable) && !tcp.connection.on_writable()) return close_tcp(number, now);
  std::array<std::byte, 16384> bytes;
  const auto read = tcp.connection.read(bytes);
  if (read.status == io::TcpConnection::ReadStatus::closed) return close_tcp(number, now);
  if (read.status == io::TcpConnection::ReadStatus::some) {
    const bool sound = tcp.deframer.push(Bytes(bytes).first(read.size)).ok();
    while (auto datagram = tcp.deframer.next())
      shard_->on_datagram(std::move(*datagram), tcp.path, now);
    if (!sound) return close_tcp(number, now);
  }
  if (tcp.watching_writes && !tcp.connection.want_write()) {
    loop_.modify(tcp.connection.fd(), io::kReadable,
                 token(static_cast<std::uint64_t>(Token::tcp), number));
    tcp.watching_writes = false;
  }
}

void ShardThread::close_tcp(std::uint32_t number, TimePoint now) {
  const auto it = tcp_.find(number);
  if (it == tcp_.end()) return;
  shard_->on_path_closed(it->second.path, now);
  loop_.remove(it->second.connection.fd());
  tcp_.erase(it);
}

MutableBytes ShardThread::reserve(const Path& path, std::size_t max_bytes) {
  if (path.transport == Transport::tcp) {
    if (max_bytes > tcp_out_.size() || !tcp_.contains(path.local)) return {};
    return MutableBytes(tcp_out_).first(max_bytes);
  }
  if (path.local >= udp_.size() || max_bytes > io::TransmitBatch::kMaxDatagram) return {};
  Udp& udp = udp_[path.local];
  if (udp.batch.full()) {
    const io::SendResult r = udp.batch.flush(udp.socket);
    shard_->counters().send_errors += r.errors;
  }
  return udp.batch.reserve(max_bytes);
}

void ShardThread::commit(const Path& path, std::size_t size) {
  if (path.transport == Transport::udp) return udp_[path.local].batch.commit(size, path.remote);
  const auto it = tcp_.find(path.local);
  if (it == tcp_.end() || size == 0) return;
  Tcp& tcp = it->second;
  const auto header = ice::frame_header(static_cast<std::uint16_t>(size));
  const auto status = tcp.connection.send(header, Bytes(tcp_out_).first(size));
  if (status != io::TcpConnection::SendStatus::sent &&
      status != io::TcpConnection::SendStatus::queued)
    ++shard_->counters().send_errors;
  if (tcp.connection.want_write() && !tcp.watching_writes) {
    loop_.modify(tcp.connection.fd(), io::kReadable | io::kWritable,
                 token(static_cast<std::uint64_t>(Token::tcp), path.local));
    tcp.watching_writes = true;
  }
}

void ShardThread::open_tap(TapId tap, int socket) { taps_.insert_or_assign(tap, io::Fd(socket)); }

void ShardThread::close_tap(TapId tap) { taps_.erase(tap); }

bool ShardThread::write_tap(TapId tap, Bytes header, Bytes body) {
  const auto it = taps_.find(tap);
  return it != taps_.end() && io::send_record(it->second.get(), header, body);
}

void ShardThread::flush() {
  for (Udp& udp : udp_) {
    if (udp.batch.empty()) continue;
    const io::SendResult r = udp.batch.flush(udp.socket);
    shard_->counters().send_errors += r.errors;
  }
}

void ShardThread::emit(Event event) {
  if (!events_.push(std::move(event))) ++shard_->counters().dropped_data_behind;
}

}  // namespace plenum::shard
