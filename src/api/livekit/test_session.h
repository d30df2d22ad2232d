#pragma once
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/livekit/signal_session.h"
#include "control/test_room.h"

/// For tests only: sessions on sockets that merely collect what they are sent.
namespace plenum::livekit_api::testing {

namespace pb = ::livekit;
using control::testing::TestRoom;
using Kind = pb::SignalResponse::MessageCase;

inline constexpr const char* kKey = "key";
inline constexpr const char* kSecret = "a secret of at least thirty-two bytes";

/// One client's socket: what the session sent, and whether it closed.
struct Socket {
  std::shared_ptr<SignalSession> session;
  std::vector<pb::SignalResponse> received;
  std::vector<bool> texts;
  bool closed = false;

  std::vector<Kind> kinds() const {
    std::vector<Kind> out;
    for (const auto& r : received) out.push_back(r.message_case());
    return out;
  }
  const pb::SignalResponse& last(Kind kind) const {
    for (auto it = received.rbegin(); it != received.rend(); ++it)
      if (it->message_case() == kind) return *it;
    static const pb::SignalResponse kNone;
    return kNone;
  }
  std::size_t count(Kind kind) const {
    const auto all = kinds();
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), kind));
  }
};

class SignalSessionTest : public ::testing::Test {
 protected:
  static http::KeyStore keys() {
    http::KeyStore out;
    out.add(kKey, kSecret);
    return out;
  }
  static AccessToken token(const std::string& identity) {
    AccessToken t;
    t.api_key = kKey;
    t.identity = identity;
    t.grants.room_join = true;
    t.grants.room = "room";
    t.expires_at = 100'000;
    return t;
  }
  static JoinParameters parameters(bool single = true, int protocol = 17) {
    JoinParameters p;
    p.single_peer_connection = single;
    p.client.set_protocol(protocol);
    return p;
  }

  Socket& connect(AccessToken t, JoinParameters p) {
    Socket& s = sockets.emplace_back();
    s.session = std::make_shared<SignalSession>(context, std::move(t), std::move(p));
    EXPECT_TRUE(s.session->start(room.now).ok());
    open(s);
    return s;
  }
  Socket& connect(const std::string& identity) { return connect(token(identity), parameters()); }
  void open(Socket& s) {
    s.session->open({[&s](std::string message, bool text) {
                       s.texts.push_back(text);
                       pb::SignalResponse r;
                       if (text) {
                         EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(message, &r).ok());
                       } else {
                         EXPECT_TRUE(r.ParseFromString(message));
                       }
                       s.received.push_back(std::move(r));
                     },
                     [&s] { s.closed = true; }},
                    room.now);
  }
  void say(Socket& s, const pb::SignalRequest& request) {
    s.session->on_message(request.SerializeAsString(), false, room.now);
  }
  /// The participant of that identity.
  const control::Participant& who(const std::string& identity) const {
    return *room.control.world().room("room")->find(identity);
  }
  void make_active(const std::string& identity) {
    room.event(shard::PeerConnected{who(identity).transports.primary, Transport::udp});
  }
  void bind_last_track(const std::string& identity) {
    shard::TrackBound bound;
    bound.peer = who(identity).transports.publisher;
    bound.track = *who(identity).tracks.back()->encodings[0].id;
    bound.mid = "7";
    room.event(bound);
  }
  static pb::SignalRequest add_microphone(const std::string& cid = "mic") {
    pb::SignalRequest r;
    r.mutable_add_track()->set_cid(cid);
    r.mutable_add_track()->set_source(pb::MICROPHONE);
    return r;
  }

  TestRoom room;
  SignalContext context{room.control, {}, keys(), [this] { return std::int64_t{50'000'000}; }, {}};
  std::deque<Socket> sockets;
};

}  // namespace plenum::livekit_api::testing
