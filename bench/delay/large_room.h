#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "harness/client.h"
#include "io/fd.h"
#include "io/transmit_batch.h"
#include "io/udp_socket.h"
#include "shard/shard_thread.h"

namespace plenum::bench {

/// One camera, three microphones and many listeners of all of them, over loopback sockets and a
/// shard on a thread of its own. The kernel says when a packet reached a listener's socket. One
/// listener in five reads; the queues of the others are full, since a receiver on this machine
/// costs the sender what no network card does: waking it.
class LargeRoom {
 public:
  static constexpr std::size_t kSampled = 5;
  explicit LargeRoom(int listeners);

  struct Result {
    std::uint64_t sent = 0, received = 0, retransmitted = 0;
    std::vector<float> ms;  // sorted: from a publisher's send call to a listener's socket
    double shard_cpu = 0;   // cores
    double at(double quantile) const;
  };
  struct Loss {
    /// So many of the listeners that read ask again for this share of their video packets.
    int listeners = 0;
    double share = 0;
  };
  /// Everybody speaks for so long: video of 210 packets of 1200 bytes a second as libwebrtc paces
  /// it (3, 3 and 1 in 5 ms steps, 30 times), sound of 50 packets of 120 bytes each. Delays are
  /// those of listeners without losses.
  Result talk(Duration length, const Loss& loss);

 private:
  static constexpr std::size_t kPublishers = 4;  // the first is the camera
  struct End {
    End(const std::string& name, const dtls::Certificate& certificate)
        : client(name, socket.local_address(), certificate) {}
    io::UdpSocket socket{*Address::parse("127.0.0.1", 0)};
    harness::Client client;
    /// Of what it receives: the publisher that an SSRC is of. Learned by payload type and order.
    std::unordered_map<std::uint32_t, std::size_t> publisher_of;
    std::vector<std::uint16_t> lost;
  };

  void publish(End& end, std::size_t index);
  void listen(End& end, PeerId peer);
  void connect(End& end, PeerId peer, const std::string& offer);
  void step(End& end);
  void flush(End& end);
  void send(std::size_t publisher);
  void receive_all(Duration wait, Result& result, const Loss& loss);
  void receive(std::size_t listener, Result& result, const Loss& loss);
  void on_media(std::size_t listener, Bytes packet, std::int64_t arrival_ns, Result& result,
                const Loss& loss);
  void keep_alive();
  void handle_events();

  dtls::Certificate certificate_ = dtls::Certificate::generate(),
                    client_certificate_ = dtls::Certificate::generate();
  shard::RelayMesh relays_{1};
  std::unique_ptr<shard::ShardThread> shard_;
  std::deque<End> publishers_, listeners_;
  io::TransmitBatch batch_;
  io::Fd poll_;
  std::unordered_map<PeerId, End*> by_peer_;
  std::vector<io::Received> received_;
  std::array<std::vector<std::int64_t>, kPublishers> sent_at_ns_;  // by packet
  std::array<std::uint16_t, kPublishers> sequence_{};
  TimePoint keep_alive_at_{};
};

}  // namespace plenum::bench
