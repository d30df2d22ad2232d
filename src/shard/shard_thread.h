#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/address.h"
#include "base/spsc_ring.h"
#include "io/event_loop.h"
#include "io/fd.h"
#include "io/tcp_socket.h"
#include "io/transmit_batch.h"
#include "io/udp_socket.h"
#include "media/ice/tcp_framing.h"
#include "shard/event_queue.h"
#include "shard/messages.h"
#include "shard/relay.h"
#include "shard/shard.h"

namespace plenum::shard {

/// A Shard on a thread of its own: its sockets, its event loop, the rings to and from the control
/// thread. Construct all, then start() all, so that each can wake the others.
class ShardThread : private DatagramSink {
 public:
  struct Config {
    ShardId id;
    const dtls::Certificate* certificate = nullptr;
    /// Addresses to bind, port 0 = any free one. Empty = that transport is off.
    std::vector<Address> udp, tcp;
    /// What clients are told instead of the bound addresses, if not empty. Port 0 = the bound port.
    std::vector<Address> advertise;
    bool pin_to_core = true;
  };
  ShardThread(Config config, RelayMesh& relays);
  ~ShardThread() override;

  /// `shards`: all of this process, index = ShardId. Binding is done; only the thread starts here.
  void start(std::vector<ShardThread*> shards);
  /// Any thread: close every peer politely after the commands posted so far, and end the thread.
  /// Needs no room in the ring.
  void stop();
  /// After stop(): waits for the thread.
  void join();

  // --- control thread only ---
  /// False when the ring is full; `command` is then untouched.
  bool post(Command&& command);
  std::optional<Event> poll_event() { return events_.pop(); }
  /// Readable when there are events; drain_event_fd() before polling them.
  int event_fd() const { return event_wakeup_.fd(); }
  void drain_event_fd() const { event_wakeup_.drain(); }

  std::vector<Address> udp_addresses() const;
  std::vector<Address> tcp_addresses() const;
  /// Any thread: look into the rings.
  void wake() const { wakeup_.notify(); }

 private:
  struct Udp {
    io::UdpSocket socket;
    io::TransmitBatch batch;
  };
  struct Tcp {
    io::TcpConnection connection;
    ice::TcpDeframer deframer;
    Path path;
    bool watching_writes = false;
    TimePoint accepted{};
  };
  enum class Token : std::uint64_t { wakeup, udp, tcp_listener, tcp };

  void run(const std::stop_token& stop);
  void turn(std::span<const io::Ready> ready, const std::stop_token& stop);
  void receive_udp(std::uint32_t index, TimePoint now);
  void accept_tcp(std::size_t index, TimePoint now);
  /// Whether a listener is watched; one that is stuck is not until the next sweep.
  void listen(std::size_t index, bool on);
  void sweep_tcp(TimePoint now);
  TimePoint next_timeout() const;
  void give_back_memory(TimePoint now);
  void receive_tcp(std::uint32_t number, std::uint32_t events, TimePoint now);
  void close_tcp(std::uint32_t number, TimePoint now);
  void flush();
  void emit(Event event);

  MutableBytes reserve(const Path& path, std::size_t max_bytes) override;
  void commit(const Path& path, std::size_t size) override;
  void open_tap(TapId tap, int socket) override;
  void close_tap(TapId tap) override;
  bool write_tap(TapId tap, Bytes header, Bytes body) override;

  Config config_;
  RelayMesh& relays_;
  io::EventLoop loop_;
  io::Wakeup wakeup_, event_wakeup_;
  std::vector<Udp> udp_;
  std::vector<io::TcpListener> tcp_listeners_;
  std::unordered_map<std::uint32_t, Tcp> tcp_;
  std::unordered_map<TapId, io::Fd> taps_;
  std::uint32_t next_tcp_ = 1;
  TimePoint next_sweep_{};
  bool listener_paused_ = false;
  bool was_used_ = false;
  TimePoint give_back_at_ = kNever;
  std::vector<std::byte> tcp_out_;
  std::vector<io::Received> received_;
  SpscRing<Command> commands_;
  EventQueue events_;
  std::vector<ShardThread*> shards_;
  std::unique_ptr<Shard> shard_;
  std::jthread thread_;
};

}  // namespace plenum::shard
