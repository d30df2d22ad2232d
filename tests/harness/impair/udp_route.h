#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "base/address.h"
#include "base/buffer.h"
#include "base/time.h"
#include "harness/impair/links.h"
#include "harness/impair/options.h"
#include "io/event_loop.h"
#include "io/udp_socket.h"
#include "load/in_flight.h"

namespace plenum::impair {

/// UDP from one listening address to one target and back, as a NAT does it: each client has a
/// socket of its own towards the target. One thread.
class UdpRoute {
 public:
  /// Tokens from `first_token` on, of which kTokens are its own. Throws when it cannot listen.
  UdpRoute(io::EventLoop& loop, Links& links, const Route& route, const Options& options,
           std::uint64_t first_token);
  static constexpr std::uint64_t kTokens = std::uint64_t{1} << 40;

  const Address& local_address() const { return near_.local_address(); }
  void set_target(const Address& target);
  /// A new source port towards the target for each client.
  void rebind();
  void on_ready(std::uint64_t token, TimePoint now);
  /// Sends what has arrived, forgets who is silent.
  void handle_timeout(TimePoint now);
  TimePoint next_timeout() const;

  std::size_t clients() const { return clients_.size(); }
  std::size_t in_flight() const { return in_flight_.size(); }
  /// Datagrams dropped for another reason than the link: too many clients or too much on its way.
  std::uint64_t refused() const { return refused_; }

 private:
  struct Client {
    Address near;
    io::UdpSocket far;
    TimePoint last_active;
  };
  struct Packet {
    std::uint64_t client = 0;
    bool is_up = false;
    Buffer datagram;
  };
  static constexpr std::size_t kMaxInFlight = 65536;

  void receive_near(TimePoint now);
  void receive_far(std::uint64_t id, TimePoint now);
  /// The number of the client with this address, new or known; 0 when there is no room for it.
  std::uint64_t client_of(const Address& near, TimePoint now);
  /// Whatever port is free. nullopt when sockets have run out.
  std::optional<io::UdpSocket> far_socket() const;
  void enter_link(std::uint64_t id, bool is_up, Buffer datagram, TimePoint now);
  void send(const Packet& packet);
  void forget_idle(TimePoint now);

  io::EventLoop& loop_;
  Links& links_;
  io::UdpSocket near_;
  std::optional<Address> target_;
  std::size_t max_clients_;
  Duration idle_;
  std::uint64_t first_token_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, Client> clients_;
  std::unordered_map<Address, std::uint64_t> ids_;
  load::InFlight<Packet> in_flight_;
  TimePoint next_sweep_{};
  std::uint64_t refused_ = 0;
};

}  // namespace plenum::impair
