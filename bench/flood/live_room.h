#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "harness/client.h"
#include "io/transmit_batch.h"
#include "io/udp_socket.h"
#include "shard/shard_thread.h"

namespace plenum::bench {

/// One microphone and one listener over loopback sockets and a shard on a thread of its own, as in
/// a server; every packet carries the time when it was sent.
class LiveRoom {
 public:
  LiveRoom();

  struct Delays {
    std::uint64_t sent = 0, received = 0;
    std::vector<double> ms;  // sorted: from the microphone to the listener
    double at(double quantile) const;
  };
  /// Lets the microphone send 400 packets a second for so long.
  Delays talk(Duration length);
  /// So that what the measuring itself keeps is there before memory is measured.
  void make_room(std::size_t delays) { room_for_delays_.assign(delays, 0); }
  Address media_address() const { return shard_->udp_addresses().front(); }

 private:
  struct End {
    explicit End(const std::string& name, const dtls::Certificate& certificate)
        : client(name, socket.local_address(), certificate) {}
    io::UdpSocket socket{*Address::parse("127.0.0.1", 0)};
    io::TransmitBatch batch;
    harness::Client client;
  };

  void join(End& end, PeerId peer, const std::string& offer);
  void connect(End& end);
  /// Moves datagrams of both ends until `deadline` or, before it, once something came.
  void run_until(TimePoint deadline);
  void flush(End& end);
  void receive(End& end);
  void on_event(shard::Event event);
  void speak(TimePoint now);
  void collect(Delays& delays);

  dtls::Certificate certificate_ = dtls::Certificate::generate(),
                    client_certificate_ = dtls::Certificate::generate();
  shard::RelayMesh relays_{1};
  std::unique_ptr<shard::ShardThread> shard_;
  End microphone_{"microphone", client_certificate_}, listener_{"listener", client_certificate_};
  std::vector<io::Received> received_;
  std::vector<double> room_for_delays_;
  std::uint16_t sequence_ = 1;
  std::uint32_t timestamp_ = 0;
};

}  // namespace plenum::bench
