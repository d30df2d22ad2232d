#include "control/measurement.h"

#include "control/test_room.h"

namespace plenum::control::testing {
namespace {

using ::testing::ElementsAre;

std::vector<TransportMeasured> measured_of(const std::vector<DomainEvent>& events,
                                           const std::string& identity) {
  std::vector<TransportMeasured> out;
  for (const DomainEvent& e : events)
    if (const auto* measured = std::get_if<TransportMeasured>(&e.what))
      if (e.participant->identity == identity) out.push_back(*measured);
  return out;
}

/// Alice sends a camera that Bob sees, and one report of each.
struct Call {
  TestRoom t;
  std::vector<DomainEvent> told;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  std::string sid;
  Call() {
    t.control.on_domain_event([this](const DomainEvent& e) { told.push_back(e); });
    sid = t.publish_video(alice);
    t.advance(1s);
  }
  void report(std::int64_t alice_lost = 0) {
    shard::Quality q;
    shard::Quality::Peer& a = q.peers.emplace_back();
    a.peer = t.publisher(alice);
    a.uplinks.push_back({.track = t.track_id(alice, sid),
                         .loss = 0,
                         .jitter = 4ms,
                         .bitrate_bps = 900'000,
                         .active_layers = 7,
                         .lost = alice_lost});
    shard::Quality::Peer& b = q.peers.emplace_back();
    b.peer = t.primary(bob);
    b.rtt = 30ms;
    b.video = {.loss = 0.01f, .jitter = 10ms, .bitrate_bps = 800'000, .lost = 3};
    t.event(std::move(q));
  }
};

TEST(Measurement, is_told_each_thirty_seconds) {
  Call call;
  for (int i = 0; i < 5; ++i) call.report(2);
  EXPECT_THAT(measured_of(call.told, "alice"), ::testing::IsEmpty());
  call.report(-1);

  const auto alice = measured_of(call.told, "alice"), bob = measured_of(call.told, "bob");
  ASSERT_EQ(alice.size(), 1u);
  EXPECT_EQ(alice[0].video.send_lost, 9);
  EXPECT_EQ(alice[0].video.send_bps, 900'000u);
  EXPECT_EQ(alice[0].video.receive_bps, 0u);
  EXPECT_EQ(alice[0].video.jitter, 4ms);
  EXPECT_GT(alice[0].video.mos_hundredths, 400u);
  EXPECT_EQ(alice[0].audio.mos_hundredths, 0u);
  ASSERT_EQ(bob.size(), 1u);
  EXPECT_EQ(bob[0].video.receive_lost, 18);
  EXPECT_EQ(bob[0].video.receive_bps, 800'000u);
  EXPECT_EQ(bob[0].rtt, 30ms);
  EXPECT_LT(bob[0].video.mos_hundredths, alice[0].video.mos_hundredths);
  EXPECT_THAT(bob[0].watched_s, ElementsAre(0, 0, 30, 0, 0, 0));
  EXPECT_THAT(alice[0].watched_s, ElementsAre(0, 0, 0, 0, 0, 0));
}

TEST(Measurement, is_told_before_the_participant_has_left) {
  Call call;
  call.report();
  call.told.clear();
  call.t.control.leave(call.bob.id(), call.t.now);

  ASSERT_GE(call.told.size(), 2u);
  EXPECT_EQ(measured_of(call.told, "bob").size(), 1u);
  EXPECT_TRUE(std::holds_alternative<TransportMeasured>(call.told[call.told.size() - 2].what));
  EXPECT_TRUE(std::holds_alternative<ParticipantLeft>(call.told.back().what));
}

TEST(Measurement, of_nothing_is_not_told) {
  Measurement none;

  EXPECT_FALSE(none.take());
}

TEST(Measurement, counts_a_picture_to_the_next_larger_size) {
  Measurement m;
  m.begin_interval();
  for (const std::uint32_t side : {1u, 180u, 181u, 1080u, 9000u}) m.add_watched(side);

  EXPECT_THAT(m.take()->watched_s, ElementsAre(10, 5, 0, 5, 0, 5));
}

TEST(Measurement, is_no_less_than_nothing) {
  Measurement m;
  m.begin_interval();
  m.add(MediaKind::audio, {.send_lost = -4, .receive_lost = -1});

  EXPECT_EQ(m.take()->audio.send_lost, 0);
}

}  // namespace
}  // namespace plenum::control::testing
