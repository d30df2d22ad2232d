#include "harness/impair/udp_route.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include "io/sockaddr.h"

namespace plenum::impair {
namespace {

/// Few, for a socket keeps a buffer for each.
constexpr std::size_t kFarBatch = 16;
/// Batches in a row from one socket before the others have their turn.
constexpr int kMaxRounds = 4;

void send_to(const io::UdpSocket& socket, Bytes bytes, const Address& to) {
  const io::SockAddr where(to);
  // What the kernel does not take is lost, as on any link.
  ::sendto(socket.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL, where.get(),
           where.size);
}

}  // namespace

UdpRoute::UdpRoute(io::EventLoop& loop, Links& links, const Route& route, const Options& options,
                   std::uint64_t first_token)
    : loop_(loop),
      links_(links),
      near_(route.listen),
      target_(route.target),
      max_clients_(options.max_clients),
      idle_(options.idle),
      first_token_(first_token) {
  loop_.add(near_.fd(), io::kReadable, first_token_);
}

std::optional<io::UdpSocket> UdpRoute::far_socket() const {
  Address any;
  any.family = target_->family;
  try {
    return io::UdpSocket(any);
  } catch (const std::system_error&) {
    return std::nullopt;
  }
}

std::uint64_t UdpRoute::client_of(const Address& near, TimePoint now) {
  if (const auto known = ids_.find(near); known != ids_.end()) return known->second;
  if (clients_.size() >= max_clients_) return 0;
  auto far = far_socket();
  if (!far) return 0;
  const std::uint64_t id = ++last_id_;
  loop_.add(far->fd(), io::kReadable, first_token_ + id);
  clients_.emplace(id, Client{near, std::move(*far), now});
  ids_.emplace(near, id);
  return id;
}

void UdpRoute::set_target(const Address& target) {
  const bool is_other_family = target_ && target_->family != target.family;
  target_ = target;
  if (is_other_family) rebind();
}

void UdpRoute::rebind() {
  if (!target_) return;
  for (auto& [id, client] : clients_) {
    auto fresh = far_socket();  // before the old one is closed: another port for sure
    if (!fresh) continue;
    loop_.remove(client.far.fd());
    client.far = std::move(*fresh);
    loop_.add(client.far.fd(), io::kReadable, first_token_ + id);
  }
}

void UdpRoute::on_ready(std::uint64_t token, TimePoint now) {
  if (token == first_token_) return receive_near(now);
  receive_far(token - first_token_, now);
}

void UdpRoute::receive_near(TimePoint now) {
  std::array<io::Received, io::UdpSocket::kMaxBatch> batch;
  for (int round = 0; round < kMaxRounds; ++round) {
    const std::size_t n = near_.receive_batch(batch);
    for (io::Received& r : std::span(batch).first(n)) {
      const std::uint64_t id = target_ ? client_of(r.from, now) : 0;
      if (id == 0)
        ++refused_;
      else
        enter_link(id, true, std::move(r.datagram), now);
    }
    if (n < batch.size()) return;
  }
}

void UdpRoute::receive_far(std::uint64_t id, TimePoint now) {
  const auto client = clients_.find(id);
  if (client == clients_.end()) return;
  std::array<io::Received, kFarBatch> batch;
  for (int round = 0; round < kMaxRounds; ++round) {
    const std::size_t n = client->second.far.receive_batch(batch);
    for (io::Received& r : std::span(batch).first(n))
      if (r.from == target_) enter_link(id, false, std::move(r.datagram), now);
    if (n < batch.size()) return;
  }
}

void UdpRoute::enter_link(std::uint64_t id, bool is_up, Buffer datagram, TimePoint now) {
  Client& client = clients_.at(id);
  client.last_active = now;
  const std::size_t size = load::ip_packet_bytes(datagram.size(), client.near.family);
  const load::Verdict verdict = links_.towards(is_up).on_packet(size, now);
  for (int i = 0; i < verdict.copies; ++i) {
    if (in_flight_.size() >= kMaxInFlight) {
      ++refused_;
      return;
    }
    const bool is_last = i + 1 == verdict.copies;
    in_flight_.push(verdict.at, {id, is_up,
                                 is_last ? std::move(datagram)
                                         : Buffer::copy_of(std::as_const(datagram).bytes())});
  }
}

void UdpRoute::send(const Packet& packet) {
  const auto client = clients_.find(packet.client);
  if (client == clients_.end()) return;
  if (packet.is_up)
    send_to(client->second.far, packet.datagram.bytes(), *target_);
  else
    send_to(near_, packet.datagram.bytes(), client->second.near);
}

void UdpRoute::handle_timeout(TimePoint now) {
  while (const auto packet = in_flight_.pop(now)) send(*packet);
  if (now >= next_sweep_) forget_idle(now);
}

void UdpRoute::forget_idle(TimePoint now) {
  next_sweep_ = now + std::clamp<Duration>(idle_ / 4, 10ms, 10s);
  std::erase_if(clients_, [&](const auto& entry) {
    const Client& client = entry.second;
    if (now - client.last_active < idle_) return false;
    loop_.remove(client.far.fd());
    ids_.erase(client.near);
    return true;
  });
}

TimePoint UdpRoute::next_timeout() const {
  return clients_.empty() ? in_flight_.next_arrival()
                          : std::min(in_flight_.next_arrival(), next_sweep_);
}

}  // namespace plenum::impair
