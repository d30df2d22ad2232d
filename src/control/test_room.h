#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "control/control.h"

/// For tests only: a Control whose shards merely record their commands, in virtual time.
namespace plenum::control::testing {

inline constexpr TimePoint t0{1000s};

inline shard::SharedBytes shared(std::string_view text) {
  const Bytes bytes = as_bytes(text);
  return std::make_shared<const std::vector<std::byte>>(bytes.begin(), bytes.end());
}

/// Test messages are texts "sequence:destination:words"; destination may be empty. "bad" is
/// dropped, "call=ID/METHOD" calls the server, "metrics" goes to those who read metrics, "ack=ID",
/// "response=ID" and "error=ID" answer a call.
inline std::optional<RoutedData> edit_text(const Participant&, bool, Bytes message) {
  const std::string text(as_text(message));
  if (text == "bad") return std::nullopt;
  RoutedData out;
  out.bytes = shared(text);
  out.metrics = text == "metrics";
  if (text.starts_with("ack=")) out.rpc_reply = RpcReply{text.substr(4), true, "", {}};
  if (text.starts_with("response="))
    out.rpc_reply = RpcReply{text.substr(9), false, "the answer", {}};
  if (text.starts_with("error="))
    out.rpc_reply = RpcReply{text.substr(6), false, "", RpcError{101, "told to fail", "details"}};
  if (text.starts_with("call=")) {
    const auto slash = text.find('/');
    out.rpc_call = RoutedData::RpcCall{text.substr(5, slash - 5), text.substr(slash + 1), ""};
    out.destination_identities.push_back(kServerIdentity);
  }
  const auto first = text.find(':');
  const auto second = text.find(':', first + 1);
  if (first == std::string::npos || second == std::string::npos) return out;
  out.sequence = static_cast<std::uint32_t>(std::stoul(text.substr(0, first)));
  const std::string to = text.substr(first + 1, second - first - 1);
  if (!to.empty()) out.destination_identities.push_back(to);
  return out;
}

struct Client {
  Joined joined;
  std::vector<ParticipantEvent> events;

  ParticipantId id() const { return joined.id; }
  const std::string& sid() const { return joined.self->sid; }

  template <class E>
  std::vector<E> all() const {
    std::vector<E> out;
    for (const auto& event : events)
      if (const auto* e = std::get_if<E>(&event)) out.push_back(*e);
    return out;
  }
  template <class E>
  std::size_t count() const {
    return all<E>().size();
  }
  template <class E>
  E last() const {
    const auto found = all<E>();
    return found.empty() ? E{} : found.back();
  }
  /// Every snapshot of that identity that this client was sent after its join.
  std::vector<SnapshotPtr> heard_of(const std::string& identity) const {
    std::vector<SnapshotPtr> out;
    for (const auto& update : all<ParticipantsUpdated>())
      for (const SnapshotPtr& s : update.participants)
        if (s->identity == identity) out.push_back(s);
    return out;
  }
};

inline AddTrack audio_track(const std::string& cid) {
  AddTrack t;
  t.cid = cid;
  t.source = TrackSource::microphone;
  return t;
}

/// A camera with layers of 180, 360 and 720 lines.
inline AddTrack video_track(const std::string& cid) {
  AddTrack t;
  t.cid = cid;
  t.kind = MediaKind::video;
  t.source = TrackSource::camera;
  t.width = 1280;
  t.height = 720;
  for (const auto& [quality, width, height] :
       {std::tuple{VideoQuality::high, 1280u, 720u}, std::tuple{VideoQuality::low, 320u, 180u},
        std::tuple{VideoQuality::medium, 640u, 360u}}) {
    VideoLayer layer;
    layer.quality = quality;
    layer.width = width;
    layer.height = height;
    t.layers.push_back(layer);
  }
  t.codecs.push_back({"vp8", cid, {}, LayerMode::unused});
  return t;
}

class TestRoom {
 public:
  explicit TestRoom(Config config = {}, std::uint32_t shards = 1)
      : control(
            std::move(config), shards,
            [this](ShardId to, shard::Command&& c) {
              if (!ring_full) posted.emplace_back(to, std::move(c));
              return !ring_full;
            },
            edit_text, [this] { return (now - TimePoint{}) / 1ms; }) {}

  static JoinRequest request(const std::string& identity) {
    JoinRequest r;
    r.api_key = "key";
    r.room = "room";
    r.identity = identity;
    r.single = true;
    r.client.protocol = 17;
    return r;
  }

  /// Joins; the client's events collect in it. References stay valid.
  Client& join(const JoinRequest& r) {
    Client& c = clients.emplace_back();
    auto joined = control.join(r, collect(c), now);
    EXPECT_TRUE(joined.ok());
    c.joined = std::move(*joined);
    return c;
  }
  Client& join(const std::string& identity) { return join(request(identity)); }

  /// Joins and becomes ACTIVE, with open data channels.
  Client& active(const JoinRequest& r) {
    Client& c = join(r);
    connect(c);
    return c;
  }
  Client& active(const std::string& identity) { return active(request(identity)); }

  void connect(const Client& c) {
    event(shard::PeerConnected{primary(c), Transport::udp});
    event(shard::DataChannelChanged{primary(c), shard::DataChannel::reliable});
    event(shard::DataChannelChanged{primary(c), shard::DataChannel::lossy});
  }

  void lose_signal(const Client& c) { control.signal_lost(c.id(), c.joined.session, now); }

  Result<Resumed, ResumeRefused> resume(Client& c, bool single = true, int protocol = 17) {
    return control.resume({"room", c.joined.self->identity, c.sid(), single, protocol, 0, "key"},
                          collect(c), now);
  }

  const Participant* find(const Client& c) const { return control.participant(c.id()); }
  PeerId publisher(const Client& c) const { return find(c)->transports.publisher; }
  PeerId primary(const Client& c) const { return find(c)->transports.primary; }

  /// Announces a track and lets the shard find it. Returns its sid.
  std::string publish(Client& c, AddTrack request) {
    EXPECT_TRUE(control.add_track(c.id(), request).ok());
    const TrackDescription track = c.last<TrackPublished>().track;
    bind(c, track.sid);
    return track.sid;
  }
  std::string publish_audio(Client& c, const std::string& cid = "mic") {
    return publish(c, audio_track(cid));
  }
  std::string publish_video(Client& c, const std::string& cid = "cam") {
    return publish(c, video_track(cid));
  }
  void bind(const Client& c, const std::string& sid, std::size_t encoding = 0) {
    shard::TrackBound bound;
    bound.peer = publisher(c);
    bound.track = track_id(c, sid, encoding);
    bound.mid = "m" + sid;
    bound.codec = find(c)->track(sid)->description.codecs.at(encoding).codec;
    event(bound);
  }
  void unbind(const Client& c, const std::string& sid, std::size_t encoding = 0) {
    event(shard::TrackUnbound{publisher(c), track_id(c, sid, encoding)});
  }
  TrackId track_id(const Client& c, const std::string& sid, std::size_t encoding = 0) const {
    return find(c)->track(sid)->encodings.at(encoding).id.value();
  }

  void event(shard::Event e) { control.on_event(ShardId(0), std::move(e), now); }

  /// Lets virtual time pass, running every timer at its moment.
  void advance(Duration d) {
    const TimePoint end = now + d;
    bind_subscriptions();
    while (control.next_timeout() <= end) {
      now = std::max(now, control.next_timeout());
      control.handle_timeout(now);
      bind_subscriptions();
    }
    now = end;
  }

  template <class C>
  std::vector<C> commands() const {
    std::vector<C> out;
    for (const auto& [to, command] : posted)
      if (const auto* c = std::get_if<C>(&command)) out.push_back(*c);
    return out;
  }
  /// Where commands of that kind went.
  template <class C>
  std::vector<ShardId> destinations() const {
    std::vector<ShardId> out;
    for (const auto& [to, command] : posted)
      if (std::holds_alternative<C>(command)) out.push_back(to);
    return out;
  }
  /// Peers that got each message sent by SendData, as "text".
  std::vector<std::string> sent_to(const Client& c) const {
    std::vector<std::string> out;
    for (const auto& send : commands<shard::SendData>())
      for (const PeerId peer : send.peers)
        if (peer == primary(c)) out.emplace_back(as_text(*send.bytes));
    return out;
  }
  void send(const Client& from, std::string_view text,
            shard::DataChannel channel = shard::DataChannel::reliable) {
    const Bytes bytes = as_bytes(text);
    event(shard::DataReceived{publisher(from), channel, {bytes.begin(), bytes.end()}});
  }

  TimePoint now = t0;
  bool ring_full = false;
  /// Clients negotiate for what they are to receive, while time passes.
  bool clients_negotiate = true;
  std::vector<std::pair<ShardId, shard::Command>> posted;
  std::deque<Client> clients;
  Control control;

 private:
  void bind_subscriptions() {
    for (; seen_ < posted.size(); ++seen_) {
      const auto* s = std::get_if<shard::Subscribe>(&posted[seen_].second);
      if (s && clients_negotiate) event(shard::SubscriptionBound{s->peer, s->track});
    }
  }
  static EventSink collect(Client& c) {
    return [&c](ParticipantEvent e) { c.events.push_back(std::move(e)); };
  }
  std::size_t seen_ = 0;  // of `posted`, by the clients
};

}  // namespace plenum::control::testing
