#include "api/livekit/signal_session.h"

#include <google/protobuf/util/json_util.h>

#include "control/test_room.h"

namespace plenum::livekit_api {
namespace {

namespace pb = ::livekit;
using control::testing::TestRoom;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Kind = pb::SignalResponse::MessageCase;

constexpr const char* kKey = "key";
constexpr const char* kSecret = "a secret of at least thirty-two bytes";

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
  SignalContext context{room.control,
                        {},
                        http::KeyStore({{kKey, kSecret}}),
                        [this] { return std::int64_t{50'000'000}; },
                        {}};
  std::deque<Socket> sockets;
};

TEST_F(SignalSessionTest, a_join_is_the_first_message_and_complete) {
  context.config.ice_servers.push_back({{"turn:t.example:3478"}, "u", "c"});
  Socket& alice = connect("alice");
  ASSERT_FALSE(alice.received.empty());
  ASSERT_EQ(alice.received[0].message_case(), Kind::kJoin);
  const pb::JoinResponse& join = alice.received[0].join();

  EXPECT_EQ(join.room().sid().substr(0, 3), "RM_");
  EXPECT_EQ(join.participant().identity(), "alice");
  EXPECT_EQ(join.participant().sid().substr(0, 3), "PA_");
  EXPECT_GE(join.participant().version(), 1u);
  EXPECT_TRUE(join.participant().permission().can_publish());
  EXPECT_EQ(join.server_info().version(), "1.13.5");
  EXPECT_EQ(join.server_version(), "1.13.5");
  EXPECT_EQ(join.server_info().protocol(), 17);
  EXPECT_EQ(join.ping_interval(), 5);
  EXPECT_EQ(join.ping_timeout(), 15);
  EXPECT_FALSE(join.sif_trailer().empty());
  EXPECT_TRUE(join.fast_publish());
  EXPECT_FALSE(join.subscriber_primary());
  EXPECT_EQ(join.enabled_publish_codecs(0).mime(), "video/VP8");
  EXPECT_EQ(join.ice_servers(0).username(), "u");
}

TEST_F(SignalSessionTest, what_happens_between_join_and_open_follows_the_join) {
  connect("alice");
  Socket& bob = sockets.emplace_back();
  bob.session = std::make_shared<SignalSession>(context, token("bob"), parameters());
  ASSERT_TRUE(bob.session->start(room.now).ok());
  say(sockets[0], add_microphone());
  bind_last_track("alice");
  EXPECT_THAT(bob.received, IsEmpty());
  open(bob);

  ASSERT_GE(bob.received.size(), 2u);
  EXPECT_EQ(bob.received[0].message_case(), Kind::kJoin);
  ASSERT_EQ(bob.count(Kind::kUpdate), 1u);
  EXPECT_EQ(bob.last(Kind::kUpdate).update().participants(0).tracks_size(), 1);
}

TEST_F(SignalSessionTest, a_single_connection_join_publishes_and_answers_in_order) {
  JoinParameters p = parameters();
  p.add_track_requests.push_back(add_microphone().add_track());
  p.publisher_offer.emplace();
  p.publisher_offer->set_type("offer");
  p.publisher_offer->set_sdp("v=0");
  p.publisher_offer->set_id(1);
  Socket& alice = connect(token("alice"), p);
  EXPECT_LT(room.commands<shard::AddPendingTrack>().size(), 2u);
  ASSERT_THAT(room.commands<shard::RemoteOffer>(), SizeIs(1));
  room.event(shard::LocalAnswer{who("alice").transports.primary, 1, "answer", {{"3", "TR_x"}}});
  room.event(shard::SectionsNeeded{who("alice").transports.primary, 2, 1});

  EXPECT_THAT(alice.kinds(), ElementsAre(Kind::kJoin, Kind::kRefreshToken, Kind::kTrackPublished,
                                         Kind::kAnswer, Kind::kMediaSectionsRequirement));
  EXPECT_EQ(alice.last(Kind::kAnswer).answer().id(), 1u);
  EXPECT_EQ(alice.last(Kind::kAnswer).answer().type(), "answer");
  EXPECT_EQ(alice.last(Kind::kAnswer).answer().mid_to_track_id().at("3"), "TR_x");
  const auto& needed = alice.last(Kind::kMediaSectionsRequirement).media_sections_requirement();
  EXPECT_EQ(needed.num_audios(), 2u);
  EXPECT_EQ(needed.num_videos(), 1u);
}

TEST_F(SignalSessionTest, a_dual_connection_join_gets_the_offer_and_gives_the_answer) {
  Socket& alice = connect(token("alice"), parameters(false, 16));
  EXPECT_TRUE(alice.received[0].join().subscriber_primary());
  room.event(shard::LocalOffer{who("alice").transports.subscriber, 42, "offer", {}});
  ASSERT_EQ(alice.last(Kind::kOffer).offer().id(), 42u);
  pb::SignalRequest answer;
  answer.mutable_answer()->set_type("answer");
  answer.mutable_answer()->set_sdp("v=0");
  answer.mutable_answer()->set_id(42);
  say(alice, answer);

  ASSERT_THAT(room.commands<shard::RemoteAnswer>(), SizeIs(1));
  EXPECT_EQ(room.commands<shard::RemoteAnswer>()[0].peer, who("alice").transports.subscriber);
  EXPECT_EQ(room.commands<shard::RemoteAnswer>()[0].id, 42u);
}

TEST_F(SignalSessionTest, pings_of_both_forms_are_answered_at_once) {
  Socket& alice = connect("alice");
  pb::SignalRequest ping;
  ping.set_ping(1);
  say(alice, ping);
  ping.mutable_ping_req()->set_timestamp(77);
  say(alice, ping);

  EXPECT_EQ(alice.last(Kind::kPong).pong(), 50'000'000);
  EXPECT_EQ(alice.last(Kind::kPongResp).pong_resp().last_ping_timestamp(), 77);
  EXPECT_EQ(alice.last(Kind::kPongResp).pong_resp().timestamp(), 50'000'000);
}

TEST_F(SignalSessionTest, a_client_is_answered_in_the_kind_it_last_used) {
  Socket& alice = connect("alice");
  alice.session->on_message(R"({"ping":"5"})", true, room.now);
  EXPECT_TRUE(alice.texts.back());
  pb::SignalRequest ping;
  ping.set_ping(1);
  say(alice, ping);

  EXPECT_FALSE(alice.texts.back());
  EXPECT_FALSE(alice.texts.front());
}

TEST_F(SignalSessionTest, garbage_and_unknown_messages_are_ignored) {
  Socket& alice = connect("alice");
  const std::size_t before = alice.received.size();
  alice.session->on_message("\xff\xff\xff", false, room.now);
  alice.session->on_message("{not json", true, room.now);
  alice.session->on_message("", false, room.now);
  pb::SignalRequest trickle;
  trickle.mutable_trickle()->set_candidateinit("{}");
  say(alice, trickle);

  EXPECT_EQ(alice.received.size(), before);
  EXPECT_FALSE(alice.closed);
}

TEST_F(SignalSessionTest, a_refused_track_is_echoed_to_clients_that_understand) {
  AccessToken t = token("alice");
  t.grants.can_publish = false;
  Socket& alice = connect(t, parameters());
  say(alice, add_microphone());
  const pb::RequestResponse& refused = alice.last(Kind::kRequestResponse).request_response();

  EXPECT_EQ(refused.reason(), pb::RequestResponse::NOT_ALLOWED);
  EXPECT_EQ(refused.add_track().cid(), "mic");
  EXPECT_FALSE(alice.received[0].join().fast_publish());
  t.identity = "old";
  Socket& old = connect(t, parameters(true, 9));
  say(old, add_microphone());
  EXPECT_EQ(old.count(Kind::kRequestResponse), 0u);
}

TEST_F(SignalSessionTest, a_metadata_change_is_confirmed_only_to_newer_clients) {
  AccessToken t = token("alice");
  t.grants.can_update_own_metadata = true;
  pb::SignalRequest change;
  change.mutable_update_metadata()->set_name("Alice");
  change.mutable_update_metadata()->set_request_id(9);
  Socket& young = connect(t, parameters(true, 17));
  say(young, change);
  const auto& response = young.last(Kind::kRequestResponse).request_response();
  EXPECT_EQ(response.request_id(), 9u);
  EXPECT_EQ(response.reason(), pb::RequestResponse::OK);
  EXPECT_EQ(young.last(Kind::kUpdate).update().participants(0).name(), "Alice");
  t.identity = "android";
  Socket& android = connect(t, parameters(true, 13));
  say(android, change);

  EXPECT_EQ(android.count(Kind::kRequestResponse), 0u);
  EXPECT_EQ(android.last(Kind::kUpdate).update().participants(0).name(), "Alice");
}

TEST_F(SignalSessionTest, the_refresh_token_carries_the_rights_as_they_are_now) {
  Socket& alice = connect("alice");
  control::Permissions p;
  p.can_publish = false;
  ASSERT_TRUE(room.control.moderation()
                  .update_participant("room", "alice", {"", "Alice", {}}, p, room.now)
                  .ok());
  const auto token =
      read_token(alice.last(Kind::kRefreshToken).refresh_token(), context.keys, 50'000);

  ASSERT_TRUE(token.ok());
  EXPECT_EQ(token->identity, "alice");
  EXPECT_EQ(token->name, "Alice");
  EXPECT_EQ(token->grants.room, "room");
  EXPECT_TRUE(token->grants.room_join);
  EXPECT_FALSE(token->grants.may_publish());
}

TEST_F(SignalSessionTest, a_leave_of_the_server_closes_the_socket) {
  Socket& alice = connect(token("alice"), parameters(true, 12));
  make_active("alice");
  room.event(shard::PeerDisconnected{who("alice").transports.primary});

  EXPECT_EQ(alice.last(Kind::kLeave).leave().action(), pb::LeaveRequest::RESUME);
  EXPECT_EQ(alice.last(Kind::kLeave).leave().reason(), pb::CONNECTION_TIMEOUT);
  EXPECT_TRUE(alice.closed);
}

TEST_F(SignalSessionTest, a_leave_of_the_client_is_not_answered) {
  Socket& alice = connect("alice");
  pb::SignalRequest leave;
  leave.mutable_leave()->set_reason(pb::CLIENT_INITIATED);
  say(alice, leave);

  EXPECT_EQ(alice.count(Kind::kLeave), 0u);
  EXPECT_TRUE(alice.closed);
  EXPECT_EQ(room.control.world().participants.size(), 0u);
}

TEST_F(SignalSessionTest, a_resume_begins_with_reconnect_and_then_tells_everybody) {
  Socket& alice = connect("alice");
  connect("bob");
  make_active("alice");
  const std::string sid = who("alice").sid;
  alice.session->on_closed(room.now);
  room.advance(1s);
  JoinParameters p = parameters();
  p.reconnect = true;
  p.participant_sid = sid;
  Socket& again = connect(token("alice"), p);

  EXPECT_THAT(again.kinds(),
              ElementsAre(Kind::kReconnect, Kind::kUpdate, Kind::kRoomUpdate, Kind::kRefreshToken));
  EXPECT_EQ(again.received[0].reconnect().server_info().version(), "1.13.5");
  EXPECT_EQ(again.received[1].update().participants_size(), 2);
  EXPECT_FALSE(again.closed);
}

TEST_F(SignalSessionTest, a_resume_closes_the_former_socket_without_a_leave) {
  Socket& alice = connect("alice");
  make_active("alice");
  JoinParameters p = parameters();
  p.reconnect = true;
  Socket& again = connect(token("alice"), p);
  alice.session->on_closed(room.now);

  EXPECT_TRUE(alice.closed);
  EXPECT_EQ(alice.count(Kind::kLeave), 0u);
  EXPECT_FALSE(again.closed);
  EXPECT_TRUE(who("alice").sink != nullptr);
}

TEST_F(SignalSessionTest, a_resume_of_nobody_is_told_to_reconnect_fully) {
  JoinParameters p = parameters(true, 12);
  p.reconnect = true;
  p.participant_sid = "PA_forgotten";
  Socket& alice = connect(token("alice"), p);

  ASSERT_THAT(alice.kinds(), ElementsAre(Kind::kLeave));
  EXPECT_EQ(alice.received[0].leave().action(), pb::LeaveRequest::RECONNECT);
  EXPECT_EQ(alice.received[0].leave().reason(), pb::STATE_MISMATCH);
  EXPECT_TRUE(alice.received[0].leave().can_reconnect());
  EXPECT_TRUE(alice.closed);
}

TEST_F(SignalSessionTest, a_silent_client_is_cut_but_stays_a_participant) {
  Socket& alice = connect("alice");
  make_active("alice");
  room.advance(44s);
  alice.session->handle_timeout(room.now);
  EXPECT_FALSE(alice.closed);
  room.advance(2s);
  alice.session->handle_timeout(room.now);

  EXPECT_TRUE(alice.closed);
  EXPECT_EQ(room.control.world().participants.size(), 1u);
}

TEST_F(SignalSessionTest, large_updates_are_split) {
  for (int i = 0; i < 4; ++i) {
    AccessToken t = token("p" + std::to_string(i));
    t.metadata = std::string(60'000, 'x');
    connect(t, parameters());
  }
  Socket& watcher = connect("watcher");
  make_active("watcher");
  watcher.session->on_closed(room.now);
  JoinParameters p = parameters();
  p.reconnect = true;
  Socket& again = connect(token("watcher"), p);

  EXPECT_EQ(again.count(Kind::kUpdate), 3u);
  for (const auto& r : again.received)
    if (r.has_update()) {
      EXPECT_LE(r.ByteSizeLong(), 130u * 1024);
    }
}

TEST_F(SignalSessionTest, subscribed_qualities_name_codecs_in_lower_case_and_list_all_three) {
  control::SubscribedQualities event{"TR_x", {{codec::Codec::vp8, control::VideoQuality::medium}}};
  const auto messages = event_messages(event);
  ASSERT_THAT(messages, SizeIs(1));
  const auto& update = messages[0].subscribed_quality_update();

  EXPECT_EQ(update.subscribed_codecs(0).codec(), "vp8");
  ASSERT_EQ(update.subscribed_codecs(0).qualities_size(), 3);
  EXPECT_TRUE(update.subscribed_codecs(0).qualities(1).enabled());
  EXPECT_FALSE(update.subscribed_codecs(0).qualities(2).enabled());
  EXPECT_EQ(update.subscribed_qualities_size(), 3);
}

TEST_F(SignalSessionTest, simulate_does_nothing_outside_of_dev) {
  Socket& alice = connect("alice");
  pb::SignalRequest request;
  request.mutable_simulate()->set_server_leave(true);
  say(alice, request);
  EXPECT_FALSE(alice.closed);
  context.config.dev = true;
  say(alice, request);

  EXPECT_TRUE(alice.closed);
  EXPECT_EQ(alice.last(Kind::kLeave).leave().action(), pb::LeaveRequest::DISCONNECT);
}

TEST_F(SignalSessionTest, simulated_loss_on_resume_happens_once) {
  context.config.dev = true;
  Socket& alice = connect("alice");
  make_active("alice");
  pb::SignalRequest request;
  request.mutable_simulate()->set_disconnect_signal_on_resume_no_messages(true);
  say(alice, request);
  JoinParameters p = parameters();
  p.reconnect = true;
  p.participant_sid = who("alice").sid;
  Socket& second = connect(token("alice"), p);
  EXPECT_TRUE(second.closed);
  EXPECT_THAT(second.received, IsEmpty());
  second.session->on_closed(room.now);
  Socket& third = connect(token("alice"), p);

  EXPECT_FALSE(third.closed);
  EXPECT_EQ(third.received[0].message_case(), Kind::kReconnect);
}

/// Every request that a grant guards, from a participant without that grant.
TEST_F(SignalSessionTest, grants_are_enforced_on_every_request) {
  AccessToken none = token("none");
  none.grants.can_publish = none.grants.can_subscribe = none.grants.can_publish_data = false;
  Socket& s = connect(none, parameters());
  make_active("none");
  Socket& other = connect("other");
  make_active("other");
  say(other, add_microphone());
  bind_last_track("other");
  const std::string foreign = who("other").tracks[0]->sid();
  room.posted.clear();
  const std::uint32_t version = who("none").version;

  std::vector<pb::SignalRequest> requests(9);
  requests[0] = add_microphone();
  requests[1].mutable_mute()->set_sid(foreign);
  requests[1].mutable_mute()->set_muted(true);
  requests[2].mutable_subscription()->add_track_sids(foreign);
  requests[2].mutable_subscription()->set_subscribe(true);
  requests[3].mutable_update_metadata()->set_metadata("mine");
  requests[4].mutable_update_audio_track()->set_track_sid(foreign);
  requests[5].mutable_update_video_track()->set_track_sid(foreign);
  requests[6].mutable_publish_data_track_request()->set_pub_handle(1);
  requests[7].mutable_track_setting()->add_track_sids(foreign);
  requests[8].mutable_subscription_permission()->set_all_participants(false);
  for (const auto& request : requests) say(s, request);
  room.event(shard::DataReceived{who("none").transports.publisher, shard::DataChannel::reliable,
                                 std::vector<std::byte>(3)});

  EXPECT_THAT(room.posted, IsEmpty());
  EXPECT_EQ(who("none").version, version);
  EXPECT_FALSE(who("other").tracks[0]->description.muted);
  EXPECT_EQ(s.count(Kind::kRequestResponse), 6u);
}

}  // namespace
}  // namespace plenum::livekit_api
