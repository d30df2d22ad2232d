#include "harness/virtual_server.h"

#include <algorithm>

#include "base/overloaded.h"
#include "media/ice/candidate.h"

namespace plenum::harness {

VirtualServer::VirtualServer(std::size_t shards, std::uint32_t seed)
    : network_(seed), relays_(shards), woken_(shards) {
  for (std::size_t i = 0; i < shards; ++i) {
    auto node = std::make_unique<Node>();
    node->server = this;
    node->address = *Address::parse("10.0.0.1", static_cast<std::uint16_t>(7882 + i));
    const auto id = ShardId(static_cast<std::uint32_t>(i));
    node->core = std::make_unique<shard::Shard>(
        shard::Shard::Config{
            .id = id,
            .certificate = &certificate_,
            .udp_candidates = {ice::to_sdp(ice::host_candidate(Transport::udp, node->address))},
            .tcp_candidates = {}},
        relays_, *node, [this, i](shard::Event e) { on_event(i, std::move(e)); },
        [this](ShardId to) { woken_[to.value()] = true; });
    nodes_.push_back(std::move(node));
  }
}

Client& VirtualServer::add_client(const std::string& name) {
  const auto address = *Address::parse("10.0.1." + std::to_string(clients_.size() + 1), 5000);
  clients_.emplace_back(name, address, client_certificate_);
  return clients_.back();
}

PeerId VirtualServer::add_peer(Client& client, std::size_t shard, shard::PeerMode mode) {
  const PeerId id(next_id_++);
  peers_[&client] = {id, shard, &client};
  command(shard, shard::AddPeer{
                     .peer = id, .room = RoomId(1), .mode = mode, .name = "PA_" + client.name()});
  return id;
}

void VirtualServer::command(std::size_t shard, shard::Command c) {
  nodes_[shard]->core->on_command(std::move(c), now_);
  nodes_[shard]->core->end_turn(now_);
  step();
}

void VirtualServer::negotiate(Client& client, const std::vector<Client::SendSpec>& sends,
                              int recv_audio, int recv_video, bool data) {
  const PeerAt& p = peers_.at(&client);
  command(p.shard,
          shard::RemoteOffer{p.peer, 1, client.make_offer(sends, recv_audio, recv_video, data)});
}

TrackId VirtualServer::announce(Client& client, const Client::SendSpec& spec, bool voice) {
  const PeerAt& p = peers_.at(&client);
  shard::TrackInfo info;
  info.track = TrackId(next_id_++);
  info.kind = codec::kind(spec.codec);
  info.preferred_codecs = {spec.codec};
  info.cid = spec.cid;
  info.layers = static_cast<std::uint8_t>(std::max<std::size_t>(1, spec.rids.size()));
  info.is_voice = voice;
  info.track_sid = sid(info.track);
  info.stream_id = "PA_" + client.name() + "|" + info.track_sid;
  tracks_[info.track] = {info, p.shard, {}};
  const TrackId id = info.track;
  command(p.shard, shard::AddPendingTrack{p.peer, info});
  return id;
}

const shard::TrackBound* VirtualServer::bound(TrackId track) const {
  for (const auto& e : events_)
    if (const auto* b = std::get_if<shard::TrackBound>(&e); b && b->track == track) return b;
  return nullptr;
}

void VirtualServer::subscribe(Client& subscriber, TrackId track, shard::LayerTarget target) {
  const PeerAt& p = peers_.at(&subscriber);
  TrackAt& t = tracks_.at(track);
  const shard::TrackBound* b = bound(track);
  if (!b) throw std::runtime_error("subscribe() before the track was bound");
  if (p.shard != t.home &&
      std::find(t.replicas.begin(), t.replicas.end(), p.shard) == t.replicas.end()) {
    t.replicas.push_back(p.shard);
    command(p.shard, shard::AddReplica{.info = t.info,
                                       .room = RoomId(1),
                                       .codec = b->codec,
                                       .red = b->red,
                                       .fmtp = b->fmtp,
                                       .simulcast = b->simulcast,
                                       .home = ShardId(static_cast<std::uint32_t>(t.home))});
    command(t.home, shard::AddRelay{track, ShardId(static_cast<std::uint32_t>(p.shard))});
  }
  command(p.shard, shard::Subscribe{p.peer, track, target});
}

void VirtualServer::unsubscribe(Client& subscriber, TrackId track) {
  const PeerAt& p = peers_.at(&subscriber);
  command(p.shard, shard::Unsubscribe{p.peer, track});
}

void VirtualServer::set_target(Client& subscriber, TrackId track, shard::LayerTarget target) {
  const PeerAt& p = peers_.at(&subscriber);
  command(p.shard, shard::SetLayerTarget{p.peer, track, target});
}

void VirtualServer::on_event(std::size_t, shard::Event event) {
  const auto client_of = [&](PeerId id) -> PeerAt* {
    for (auto& [c, p] : peers_)
      if (p.peer == id) return &p;
    return nullptr;
  };
  std::visit(overloaded{[&](shard::LocalAnswer& e) {
                          if (PeerAt* p = client_of(e.peer))
                            p->client->accept_answer(e.sdp, now_), flush_client(*p->client);
                        },
                        [](auto&) {}},
             event);
  // A server offer is answered at once; the answer runs after the shard has finished its turn.
  events_.push_back(std::move(event));
}

void VirtualServer::flush_client(Client& c) {
  for (auto& [to, bytes] : c.take_datagrams()) network_.send(c.address(), to, bytes, now_);
}

/// Everything that is due now, until all are quiet.
void VirtualServer::step() {
  for (bool busy = true; busy;) {
    busy = false;
    while (network_.next() <= now_) {
      busy = true;
      const auto d = network_.pop();
      bool to_server = false;
      for (auto& n : nodes_)
        if (n->address == d.to) {
          to_server = true;
          n->core->on_datagram(Buffer::copy_of(d.bytes), Path{d.from, Transport::udp, 0}, now_);
          woken_[static_cast<std::size_t>(d.to.port - 7882)] = true;
        }
      if (to_server) continue;
      for (Client& c : clients_)
        if (c.address() == d.to) c.handle_datagram(d.bytes, d.from, now_);
    }
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (!woken_[i] && nodes_[i]->core->next_timeout() > now_) continue;
      woken_[i] = false;
      busy = true;
      nodes_[i]->core->end_turn(now_);
    }
    for (Client& c : clients_) {
      if (c.next_timeout() <= now_) c.handle_timeout(now_), busy = true;
      flush_client(c);
    }
  }
}

void VirtualServer::close_path(const Client& client) {
  shard::Shard& core = *nodes_[shard_of(client)]->core;
  core.on_path_closed(Path{client.address(), Transport::udp, 0}, now_);
  core.end_turn(now_);
}

void VirtualServer::run_until(TimePoint t) {
  step();
  while (true) {
    TimePoint next = network_.next();
    for (auto& n : nodes_) next = std::min(next, n->core->next_timeout());
    for (Client& c : clients_) next = std::min(next, c.next_timeout());
    if (next > t) break;
    now_ = std::max(next, now_);
    step();
  }
  now_ = t;
  step();
}

}  // namespace plenum::harness
