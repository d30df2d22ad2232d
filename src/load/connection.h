#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "io/transmit_batch.h"
#include "io/udp_socket.h"
#include "load/client_description.h"
#include "load/in_flight.h"
#include "load/link_model.h"
#include "media/dtls/certificate.h"
#include "media/peer/transport.h"
#include "media/sdp/description.h"

namespace plenum::load {

/// What all connections of one thread share: memory for what comes in and goes out.
struct Shared {
  explicit Shared(const dtls::Certificate& c) : certificate(c) {}
  const dtls::Certificate& certificate;
  io::TransmitBatch batch;
  std::vector<io::Received> received = std::vector<io::Received>(16);
  /// Of the kernel: what it did not take.
  std::uint64_t send_errors = 0;
};

/// How one client's link behaves, both ways; nullopt = as it is.
struct Impairment {
  std::optional<LinkPlan> up, down;
};

/// One peer connection of a client: a socket of its own with a transport on it, and the link
/// between them. One thread; whoever drives it calls flush() at the end of each turn.
class Connection {
 public:
  Connection(Shared& shared, const Impairment& impairment, TimePoint now);

  LocalTransport local() const;
  /// Applies what a remote description says of the transport. False when there is nothing in it
  /// that we could connect to.
  bool set_remote(const sdp::Description& remote, TimePoint now);
  /// A trickled candidate: "candidate:…". What is of no use is ignored.
  void add_candidate(std::string_view text, TimePoint now);

  /// The socket's descriptor; -1 before the first candidate came.
  int fd() const { return socket_ ? socket_->fd() : -1; }
  /// Reads what waits, once. True: there may be more.
  bool receive(TimePoint now);
  void handle_timeout(TimePoint now);
  TimePoint next_timeout() const;
  /// What happened, until there is nothing more. Never a Transmit: those are sent.
  std::optional<peer::TransportOutput> poll(TimePoint now);

  /// Room for one RTP packet, to be sealed in place; only when transport().can_send_media().
  MutableBytes reserve();
  void commit(std::size_t size, TimePoint now);
  void flush();
  void close(TimePoint now);

  peer::Transport& transport() { return transport_; }
  const peer::Transport& transport() const { return transport_; }

 private:
  using Datagram = std::pair<Address, Buffer>;
  bool open_socket(Address::Family family);
  void take(Buffer datagram, const Address& from, TimePoint now);
  void deliver(Buffer datagram, const Address& from, TimePoint now);
  void send(Bytes datagram, const Address& to, TimePoint now);
  void put(Bytes datagram, const Address& to);
  void release(TimePoint now);

  Shared& shared_;
  peer::Transport transport_;
  std::optional<io::UdpSocket> socket_;
  std::vector<Path> candidates_;
  std::string remote_ufrag_;
  std::optional<LinkModel> up_, down_;
  InFlight<Datagram> leaving_, arriving_;
};

}  // namespace plenum::load
