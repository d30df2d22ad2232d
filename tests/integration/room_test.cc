#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "harness/virtual_server.h"

/// Rooms as clients feel them, in virtual time. Every test runs with all participants on one shard
/// and spread over two.
namespace plenum {
namespace {

using codec::Codec;
using harness::Client;
using harness::VirtualServer;

constexpr Duration kFrame = 33ms;

/// VP8 with picture ids: key frames on demand, three temporal layers, one or more packets a frame.
struct Vp8Source {
  std::size_t send = 0, layer = 0;
  std::uint16_t seq = 100;
  std::uint32_t timestamp = 1000;
  std::uint16_t picture = 5;
  std::uint8_t tl0 = 9;
  int frame = 0;
  int seen_plis = 0;
  int packets = 2;
  bool key_next = true;

  void tick(Client& c, TimePoint now) {
    const int plis = c.plis(send, layer);
    const bool key = key_next || plis != seen_plis;
    seen_plis = plis;
    key_next = false;
    if (key) frame = 0;
    constexpr std::uint8_t kTemporal[] = {0, 2, 1, 2};
    const std::uint8_t tid = kTemporal[frame++ % 4];
    if (tid == 0) ++tl0;
    ++picture;
    for (int i = 0; i < packets; ++i) {
      std::vector<std::byte> payload(40 + layer * 100);
      payload[0] = static_cast<std::byte>(0x80 | (i == 0 ? 0x10 : 0));  // X, S
      payload[1] = std::byte{0xe0};                                     // I L T
      put_be(payload, 2, 2, 0x8000u | (picture & 0x7fff));
      payload[4] = static_cast<std::byte>(tl0);
      payload[5] = static_cast<std::byte>(tid << 6 | (tid > 0 ? 0x20 : 0));
      if (i == 0) {
        payload[6] = static_cast<std::byte>(key ? 0x10 : 0x11);
        if (key) {
          constexpr std::uint8_t kStart[] = {0x9d, 0x01, 0x2a};
          for (int k = 0; k < 3; ++k)
            payload[static_cast<std::size_t>(9 + k)] = std::byte{kStart[k]};
        }
      }
      payload[20] = static_cast<std::byte>(layer);
      c.send_rtp(send, layer, seq++, timestamp, i == packets - 1, payload, now);
    }
    timestamp += 3000;
  }
};

std::uint16_t picture_of(const Client::Received& r) {
  return static_cast<std::uint16_t>(be16(r.payload, 2) & 0x7fff);
}
int layer_of(const Client::Received& r) { return be8(r.payload, 20); }

class Room : public testing::TestWithParam<std::size_t> {
 protected:
  VirtualServer server{GetParam(), 7};
  std::size_t second_shard() const { return GetParam() - 1; }

  Client& join(const std::string& name, std::size_t shard) {
    Client& c = server.add_client(name);
    server.add_peer(c, shard);
    return c;
  }
  void expect_continuous(const std::vector<Client::Received>& packets) {
    ASSERT_FALSE(packets.empty());
    for (std::size_t i = 1; i < packets.size(); ++i)
      ASSERT_EQ(
          static_cast<std::uint16_t>(packets[i].header.sequence - packets[i - 1].header.sequence),
          1)
          << "at packet " << i;
  }
};

INSTANTIATE_TEST_SUITE_P(Shards, Room, testing::Values(1, 2),
                         [](const auto& p) { return "shards_" + std::to_string(p.param); });

TEST_P(Room, audio_of_one_is_heard_by_the_other) {
  Client& alice = join("alice", 0);
  Client& bob = join("bob", second_shard());
  const Client::SendSpec mic{.cid = "mic", .codec = Codec::opus, .rids = {}};
  const TrackId track = server.announce(alice, mic);
  server.negotiate(alice, {mic}, 0, 0);
  server.negotiate(bob, {}, 1, 1);
  ASSERT_NE(server.bound(track), nullptr);
  server.subscribe(bob, track);
  server.run_for(500ms);
  server.negotiate(bob, {}, 1, 1);
  server.run_for(500ms);
  ASSERT_TRUE(alice.connected() && bob.connected());

  const std::vector<std::byte> payload(80, std::byte{0x5a});
  for (std::uint16_t i = 0; i < 100; ++i) {
    alice.send_rtp(0, 0, static_cast<std::uint16_t>(65500 + i), i * 960u, false, payload,
                   server.now(), 20);
    server.run_for(20ms);
  }

  const auto got = bob.received_on("0");
  ASSERT_EQ(got.size(), 100u);
  expect_continuous(got);
  EXPECT_EQ(got.front().payload, payload);
  EXPECT_EQ(got[99].header.timestamp.value() - got[0].header.timestamp.value(), 99u * 960u);
  EXPECT_EQ(bob.downlinks().at("0"), VirtualServer::sid(track));
}

TEST_P(Room, speakers_are_told_and_silence_ends_them) {
  Client& alice = join("alice", 0);
  const Client::SendSpec mic{.cid = "mic", .codec = Codec::opus, .rids = {}};
  const TrackId track = server.announce(alice, mic);
  server.negotiate(alice, {mic}, 0, 0);
  server.run_for(500ms);
  const std::vector<std::byte> payload(80, std::byte{0x78});
  std::uint16_t seq = 1;
  const auto talk = [&](int packets, std::uint8_t level) {
    for (int i = 0; i < packets; ++i) {
      alice.send_rtp(0, 0, seq, seq * 960u, false, payload, server.now(), level);
      ++seq;
      server.run_for(20ms);
    }
  };
  talk(100, 10);
  const auto loud = server.events<shard::Speakers>();
  server.clear_events();
  talk(150, 127);
  const auto quiet = server.events<shard::Speakers>();

  ASSERT_FALSE(loud.empty());
  EXPECT_EQ(loud.back().changed.at(0).track, track);
  EXPECT_TRUE(loud.back().changed.at(0).active);
  ASSERT_FALSE(quiet.empty());
  EXPECT_FALSE(quiet.back().changed.at(0).active);
}

class VideoRoom : public Room {
 protected:
  Client* alice = nullptr;
  Client* bob = nullptr;
  TrackId track;
  std::vector<Vp8Source> layers;

  void start(std::vector<std::string> rids, shard::LayerTarget target = {}) {
    alice = &join("alice", 0);
    bob = &join("bob", second_shard());
    const Client::SendSpec camera{.cid = "cam", .codec = Codec::vp8, .rids = rids};
    track = server.announce(*alice, camera);
    server.negotiate(*alice, {camera}, 0, 0);
    server.negotiate(*bob, {}, 1, 1);
    server.run_for(500ms);
    server.subscribe(*bob, track, target);
    server.run_for(50ms);
    server.negotiate(*bob, {}, 1, 1);
    server.run_for(50ms);
    const std::size_t n = std::max<std::size_t>(1, rids.size());
    for (std::size_t i = 0; i < n; ++i)
      layers.push_back({.send = 0,
                        .layer = i,
                        .seq = static_cast<std::uint16_t>(1000 * i + 100),
                        .timestamp = static_cast<std::uint32_t>(777777 * i),
                        .picture = static_cast<std::uint16_t>(50 * i)});
  }
  void play(Duration d) {
    for (const TimePoint end = server.now() + d; server.now() < end;) {
      for (auto& l : layers) l.tick(*alice, server.now());
      server.run_for(kFrame);
    }
  }
  std::vector<Client::Received> video() const { return bob->received_on("1"); }
};
INSTANTIATE_TEST_SUITE_P(Shards, VideoRoom, testing::Values(1, 2),
                         [](const auto& p) { return "shards_" + std::to_string(p.param); });

TEST_P(VideoRoom, video_begins_with_a_key_frame_and_flows) {
  start({});
  play(2s);

  const auto got = video();
  ASSERT_GT(got.size(), 80u);
  expect_continuous(got);
  EXPECT_EQ(be8(got[0].payload, 6) & 1, 0);
}

TEST_P(VideoRoom, transport_feedback_comes_within_100_ms_of_the_first_packet) {
  start({});
  play(120ms);

  EXPECT_GT(alice->transport_feedbacks(), 0);
}

TEST_P(VideoRoom, a_simulcast_subscriber_gets_the_layer_asked_for_without_a_seam) {
  start({"q", "h", "f"}, {.enabled = true, .max_spatial = 2});
  play(2s);
  const std::size_t high = video().size();
  server.set_target(*bob, track, {.enabled = true, .max_spatial = 0});
  play(2s);
  const std::size_t low = video().size();
  server.set_target(*bob, track, {.enabled = true, .max_spatial = 1});
  play(2s);

  const auto got = video();
  EXPECT_EQ(layer_of(got[high - 1]), 2);
  EXPECT_EQ(layer_of(got[low - 1]), 0);
  EXPECT_EQ(layer_of(got.back()), 1);
  expect_continuous(got);
  for (std::size_t i = 1; i < got.size(); ++i) {
    const auto dt = static_cast<std::int32_t>(got[i].header.timestamp.value() -
                                              got[i - 1].header.timestamp.value());
    ASSERT_GE(dt, 0) << i;
    ASSERT_LT(dt, 90'000) << i;
    const auto dp =
        static_cast<std::int16_t>((picture_of(got[i]) - picture_of(got[i - 1])) & 0x7fff);
    ASSERT_TRUE(dp == 0 || dp == 1) << i << ": " << dp;
    if (layer_of(got[i]) != layer_of(got[i - 1])) {
      ASSERT_EQ(be8(got[i].payload, 6) & 1, 0) << "a layer is entered at a key frame";
    }
  }
}

TEST_P(VideoRoom, temporal_layers_left_out_leave_no_holes) {
  start({}, {.enabled = true, .max_spatial = 2, .max_temporal = 0});
  play(3s);

  const auto got = video();
  expect_continuous(got);
  EXPECT_LT(got.size(), 60u);
  EXPECT_GT(got.size(), 35u);
  for (std::size_t i = 1; i < got.size(); ++i) {
    const int dp = (picture_of(got[i]) - picture_of(got[i - 1])) & 0x7fff;
    ASSERT_LE(dp, 1);
  }
}

TEST_P(VideoRoom, a_disabled_subscription_is_silent_and_resumes_with_a_key_frame) {
  start({});
  play(1s);
  server.set_target(*bob, track, {.enabled = false});
  server.run_for(50ms);
  bob->clear_received();
  play(1s);
  EXPECT_TRUE(video().empty());
  server.set_target(*bob, track, {.enabled = true});
  play(1s);

  ASSERT_GT(video().size(), 20u);
  EXPECT_EQ(be8(video()[0].payload, 6) & 1, 0);
}

TEST_P(VideoRoom, loss_on_the_way_up_is_repaired_by_nack_and_rtx) {
  start({});
  server.network().set_link(alice->address(), {.delay = 20ms, .loss = 0.05}, {.delay = 20ms});
  play(10s);
  server.run_for(500ms);

  std::set<std::uint16_t> seqs;
  for (const auto& r : video()) seqs.insert(r.header.sequence);
  EXPECT_GT(alice->nacks_received(), 5);
  const auto span = static_cast<std::uint16_t>(*seqs.rbegin() - *seqs.begin()) + 1;
  EXPECT_GE(static_cast<double>(seqs.size()) / span, 0.99);
}

TEST_P(VideoRoom, loss_on_the_way_down_is_repaired_from_the_cache) {
  start({});
  bob->sends_nacks = true;
  server.network().set_link(bob->address(), {.delay = 20ms}, {.delay = 20ms, .loss = 0.05});
  play(10s);
  server.run_for(500ms);

  std::set<std::uint16_t> seqs;
  std::size_t retransmitted = 0;
  for (const auto& r : video()) seqs.insert(r.header.sequence), retransmitted += r.retransmitted;
  EXPECT_GT(retransmitted, 5u);
  const auto span = static_cast<std::uint16_t>(*seqs.rbegin() - *seqs.begin()) + 1;
  EXPECT_GE(static_cast<double>(seqs.size()) / span, 0.99);
  EXPECT_EQ(alice->nacks_received(), 0);
}

TEST_P(VideoRoom, a_storm_of_key_frame_requests_reaches_the_publisher_at_most_twice_a_second) {
  start({});
  play(500ms);
  const Ssrc ssrc = bob->downlink_ssrc("1");
  for (const bool full_intra : {false, true}) {
    const int before = alice->plis(0, 0);
    for (int i = 0; i < 200; ++i) {
      if (full_intra) {
        bob->send_fir(ssrc, static_cast<std::uint8_t>(i), server.now());
      } else {
        bob->send_pli(ssrc, server.now());
      }
      server.run_for(10ms);
    }

    EXPECT_LE(alice->plis(0, 0) - before, 5) << (full_intra ? "FIR" : "PLI");
    EXPECT_GE(alice->plis(0, 0) - before, 3) << (full_intra ? "FIR" : "PLI");
  }
}

TEST_P(VideoRoom, a_nack_storm_costs_at_most_a_fifth_of_the_rate) {
  start({});
  play(2s);
  bob->clear_received();
  const Ssrc ssrc = bob->downlink_ssrc("1");
  const auto before = server.counters(second_shard()).nacks_in;
  for (int i = 0; i < 100; ++i) {
    std::vector<std::uint16_t> all;
    for (std::uint16_t s = 0; s < 300; ++s)
      all.push_back(
          static_cast<std::uint16_t>(video().empty() ? s : video().back().header.sequence - s));
    bob->send_nack(ssrc, all, server.now());
    for (auto& l : layers) l.tick(*alice, server.now());
    server.run_for(kFrame);
  }

  std::size_t media = 0, rtx = 0;
  for (const auto& r : video()) (r.retransmitted ? rtx : media) += r.payload.size();
  EXPECT_LE(rtx, media / 5 + 64 * 1200 + 1200);
  EXPECT_LE(server.counters(second_shard()).nacks_in - before, 1000u + 5000u * 33 / 10);
}

TEST_P(VideoRoom, sender_reports_map_the_rewritten_timestamps_to_the_publishers_clock) {
  start({"q", "h"}, {.enabled = true, .max_spatial = 1});
  constexpr NtpTime kNtp{std::uint64_t{3'900'000'000} << 32};
  for (int i = 0; i < 150; ++i) {
    if (i % 30 == 0) {
      const Duration t(static_cast<std::int64_t>(i) * kFrame.count());
      alice->send_sender_report(0, 0, ntp_add(kNtp, t), layers[0].timestamp, server.now());
      alice->send_sender_report(0, 1, ntp_add(kNtp, t), layers[1].timestamp, server.now());
    }
    for (auto& l : layers) l.tick(*alice, server.now());
    server.run_for(kFrame);
  }
  const Ssrc ssrc = bob->downlink_ssrc("1");
  ASSERT_GT(bob->sender_reports(ssrc), 0);
  const auto report = bob->reports.at(ssrc.value());
  // The last packet was captured at 149 frames by the publisher's clock.
  const auto last = video().back();
  const auto ticks = static_cast<std::int32_t>(last.header.timestamp.value() - report.rtp);
  const NtpTime captured =
      ntp_add(report.ntp, Duration(static_cast<std::int64_t>(ticks) * 1'000'000 / 90'000));

  EXPECT_NEAR(static_cast<double>(ntp_difference(kNtp, captured).count()),
              149.0 * static_cast<double>(kFrame.count()), 120'000);
}

TEST_P(Room, data_flows_on_both_channels_and_is_reported_upwards) {
  Client& alice = join("alice", 0);
  server.negotiate(alice, {}, 0, 0);
  alice.open_channel("_lossy", false, server.now());
  alice.open_channel("_reliable", true, server.now());
  server.run_for(2s);
  EXPECT_EQ(server.events<shard::DataChannelChanged>().size(), 2u);
  ASSERT_TRUE(alice.send_message("_reliable", "hello", server.now()));
  server.run_for(200ms);
  const auto got = server.events<shard::DataReceived>();
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(as_text(got[0].bytes), "hello");

  const std::string text = "back";
  const auto bytes =
      std::make_shared<std::vector<std::byte>>(as_bytes(text).begin(), as_bytes(text).end());
  server.command(0, shard::SendData{.peers = {server.peer_of(alice)},
                                    .channel = shard::DataChannel::reliable,
                                    .bytes = bytes});
  server.run_for(200ms);
  ASSERT_EQ(alice.messages().size(), 1u);
  EXPECT_EQ(alice.messages()[0].text, "back");
}

TEST_P(Room, a_rebound_nat_keeps_the_session) {
  Client& alice = join("alice", 0);
  const Client::SendSpec mic{.cid = "mic", .codec = Codec::opus, .rids = {}};
  server.announce(alice, mic);
  server.negotiate(alice, {mic}, 0, 0);
  server.run_for(1s);
  const std::vector<std::byte> payload(50, std::byte{1});
  server.network().rebind(alice.address(), *Address::parse("192.0.2.7", 40000));
  std::uint16_t seq = 1;
  const auto before = server.counters(0).rtp_in;
  for (int i = 0; i < 200; ++i) {
    alice.send_rtp(0, 0, seq, seq * 960u, false, payload, server.now(), 30);
    ++seq;
    server.run_for(20ms);
  }

  // Media from the new address counts only after the client's next check, at most 2.5 s later.
  EXPECT_GT(server.counters(0).rtp_in - before, 60u);
  EXPECT_TRUE(server.events<shard::PeerDisconnected>().empty());
}

TEST_P(Room, a_client_that_vanishes_is_reported_and_an_ice_restart_brings_it_back) {
  Client& alice = join("alice", 0);
  server.negotiate(alice, {}, 1, 0);
  server.run_for(1s);
  server.network().set_link(alice.address(), {.loss = 1.0}, {.loss = 1.0});
  server.run_for(40s);
  EXPECT_EQ(server.events<shard::PeerDisconnected>().size(), 1u);
  server.network().set_link(alice.address(), {}, {});
  alice.restart_ice();
  server.negotiate(alice, {}, 1, 0);
  server.run_for(2s);

  EXPECT_EQ(server.events<shard::PeerReconnected>().size(), 1u);
}

TEST_P(Room, a_track_that_leaves_frees_its_section_for_the_next) {
  Client& alice = join("alice", 0);
  Client& bob = join("bob", second_shard());
  const Client::SendSpec mic{.cid = "mic", .codec = Codec::opus, .rids = {}};
  const Client::SendSpec mic2{.cid = "mic2", .codec = Codec::opus, .rids = {}};
  const TrackId first = server.announce(alice, mic);
  const TrackId second = server.announce(alice, mic2);
  server.negotiate(alice, {mic, mic2}, 0, 0);
  server.negotiate(bob, {}, 1, 0);
  server.run_for(500ms);
  server.subscribe(bob, first);
  server.run_for(50ms);
  server.negotiate(bob, {}, 1, 0);
  EXPECT_EQ(bob.downlinks().at("0"), VirtualServer::sid(first));
  server.unsubscribe(bob, first);
  server.run_for(50ms);
  EXPECT_FALSE(server.events<shard::SectionsNeeded>().empty());
  server.negotiate(bob, {}, 1, 0);
  EXPECT_TRUE(bob.downlinks().empty());
  server.subscribe(bob, second);
  server.run_for(50ms);
  server.negotiate(bob, {}, 1, 0);

  EXPECT_EQ(bob.downlinks().at("0"), VirtualServer::sid(second));
}

TEST_P(Room, missing_sections_are_asked_for_once_for_all) {
  Client& alice = join("alice", 0);
  Client& bob = join("bob", second_shard());
  std::vector<Client::SendSpec> mics;
  std::vector<TrackId> tracks;
  for (int i = 0; i < 5; ++i)
    mics.push_back({.cid = "mic" + std::to_string(i), .codec = Codec::opus, .rids = {}});
  for (const auto& m : mics) tracks.push_back(server.announce(alice, m));
  server.negotiate(alice, mics, 0, 0);
  server.negotiate(bob, {}, 3, 3);
  for (const TrackId t : tracks) server.subscribe(bob, t);
  server.run_for(1s);
  const auto needed = server.events<shard::SectionsNeeded>();
  server.negotiate(bob, {}, 5, 3);

  ASSERT_EQ(needed.size(), 1u);
  EXPECT_EQ(needed[0].audio, 2u);
  EXPECT_EQ(needed[0].video, 0u);
  EXPECT_EQ(bob.downlinks().size(), 5u);
}

TEST_P(Room, wrong_dtls_certificate_gets_no_keys) {
  const auto stranger = dtls::Certificate::generate();
  Client& alice = join("alice", 0);
  // The SDP names the certificate of somebody else than who does the handshake.
  std::string offer = alice.make_offer({}, 1, 0, true);
  const auto at = offer.find("a=fingerprint:");
  const auto end = offer.find("\r\n", at);
  const std::string own = offer.substr(at, end - at);
  for (std::size_t i = offer.find(own); i != std::string::npos; i = offer.find(own, i + 10))
    offer.replace(i, own.size(), "a=fingerprint:" + stranger.fingerprint());
  server.command(0, shard::RemoteOffer{server.peer_of(alice), 1, offer});
  server.run_for(5s);

  EXPECT_TRUE(server.events<shard::PeerConnected>().empty());
}

TEST_P(Room, subscriber_mode_offers_by_itself_with_the_data_channels) {
  Client& alice = server.add_client("alice");
  const PeerId peer = server.add_peer(alice, 0, shard::PeerMode::subscriber);
  server.run_for(50ms);
  const auto offers = server.events<shard::LocalOffer>();
  ASSERT_EQ(offers.size(), 1u);
  const std::string answer = alice.answer_offer(offers[0].sdp, server.now());
  server.command(0, shard::RemoteAnswer{peer, offers[0].id, answer});
  server.run_for(2s);

  EXPECT_TRUE(alice.connected());
  EXPECT_EQ(server.events<shard::DataChannelChanged>().size(), 3u);
}

}  // namespace
}  // namespace plenum
