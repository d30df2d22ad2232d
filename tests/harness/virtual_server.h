#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/client.h"
#include "harness/network.h"
#include "shard/shard.h"

namespace plenum::harness {

/// Shards and clients in one thread and in virtual time: everything of the server below the control
/// thread, which the test plays itself with commands and events.
class VirtualServer {
 public:
  explicit VirtualServer(std::size_t shards, std::uint32_t seed = 1);

  Client& add_client(const std::string& name);
  /// Adds a peer of the client on a shard; single mode unless told.
  PeerId add_peer(Client& client, std::size_t shard,
                  shard::PeerMode mode = shard::PeerMode::single);
  void command(std::size_t shard, shard::Command command);
  /// Runs an offer of the client through its shard and gives it the answer.
  void negotiate(Client& client, const std::vector<Client::SendSpec>& sends, int recv_audio,
                 int recv_video, bool data = true);
  /// Declares a track; call before the offer that carries it.
  TrackId announce(Client& client, const Client::SendSpec& spec, bool voice = true);
  /// Subscribes as the control thread would: replica and relay when the shards differ. In single
  /// mode the client must have recvonly sections; call negotiate() or answer what the server asks.
  void subscribe(Client& subscriber, TrackId track, shard::LayerTarget target = {});
  void unsubscribe(Client& subscriber, TrackId track);
  void set_target(Client& subscriber, TrackId track, shard::LayerTarget target);

  /// As if the client's connection had been TCP and were closed.
  void close_path(const Client& client);

  void run_until(TimePoint t);
  void run_for(Duration d) { run_until(now_ + d); }
  TimePoint now() const { return now_; }
  Network& network() { return network_; }
  std::size_t shard_of(const Client& c) const { return peers_.at(&c).shard; }
  PeerId peer_of(const Client& c) const { return peers_.at(&c).peer; }
  const shard::TrackBound* bound(TrackId track) const;
  /// Everything the shards said, oldest first.
  template <class E>
  std::vector<E> events() const {
    std::vector<E> out;
    for (const auto& e : events_)
      if (const E* x = std::get_if<E>(&e)) out.push_back(*x);
    return out;
  }
  void clear_events() { events_.clear(); }
  shard::RelayMesh& relays() { return relays_; }
  shard::Counters& counters(std::size_t shard) { return nodes_[shard]->core->counters(); }
  /// The track sid ("TR_1") of a TrackId as announce() made it.
  static std::string sid(TrackId t) { return "TR_" + std::to_string(t.value()); }

 private:
  struct Node : shard::NoTaps {
    VirtualServer* server = nullptr;
    Address address;
    std::unique_ptr<shard::Shard> core;
    std::vector<std::byte> out = std::vector<std::byte>(2048);
    MutableBytes reserve(const Path&, std::size_t max) override {
      return MutableBytes(out).first(max);
    }
    void commit(const Path& path, std::size_t size) override {
      if (size) server->network_.send(address, path.remote, Bytes(out).first(size), server->now_);
    }
  };
  struct PeerAt {
    PeerId peer;
    std::size_t shard = 0;
    Client* client = nullptr;
  };
  struct TrackAt {
    shard::TrackInfo info;
    std::size_t home = 0;
    std::vector<std::size_t> replicas;
  };
  void on_event(std::size_t shard, shard::Event event);
  void step();
  void flush_client(Client& c);

  dtls::Certificate certificate_ = dtls::Certificate::generate();
  dtls::Certificate client_certificate_ = dtls::Certificate::generate();
  Network network_;
  shard::RelayMesh relays_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<bool> woken_;
  std::deque<Client> clients_;
  std::map<const Client*, PeerAt> peers_;
  std::map<TrackId, TrackAt> tracks_;
  std::vector<shard::Event> events_;
  TimePoint now_{1'000'000us};
  std::uint64_t next_id_ = 1;
};

}  // namespace plenum::harness
