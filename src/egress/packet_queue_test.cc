#include "egress/packet_queue.h"

#include <gtest/gtest.h>

#include <vector>

namespace plenum::egress {
namespace {

constexpr TimePoint kNoWait{};

/// Frame `n` of 30 a second.
Packet picture(std::int64_t n, bool is_key = false) {
  Packet p(av_packet_alloc());
  av_new_packet(p.get(), 8);
  p->stream_index = kVideoStream;
  p->pts = p->dts = n * 3000;
  p->duration = 3000;
  if (is_key) p->flags |= AV_PKT_FLAG_KEY;
  return p;
}

Packet sound(std::int64_t pts) {
  Packet p(av_packet_alloc());
  av_new_packet(p.get(), 8);
  p->stream_index = kAudioStream;
  p->pts = p->dts = pts;
  p->duration = 1024;
  return p;
}

struct Taken {
  int stream;
  std::int64_t pts;
  friend bool operator==(const Taken&, const Taken&) = default;
};

std::vector<Taken> take_all(PacketQueue& queue) {
  std::vector<Taken> taken;
  while (const Packet p = queue.pop(kNoWait)) taken.push_back({p->stream_index, p->pts});
  return taken;
}

TEST(PacketQueue, begins_with_a_key_frame_at_zero_and_the_audio_that_belongs_to_it) {
  PacketQueue queue(SinkStart::next_key_frame);
  queue.push(*sound(14'000));
  queue.push(*picture(10));
  queue.push(*sound(15'024));
  queue.push(*picture(11, true));  // at sample 17600
  queue.push(*sound(16'048));
  queue.push(*sound(17'072));
  queue.push(*picture(12));

  EXPECT_EQ(take_all(queue),
            (std::vector<Taken>{
                {kVideoStream, 0}, {kAudioStream, 17'072 - 17'600}, {kVideoStream, 3000}}));
}

TEST(PacketQueue, keeps_the_audio_that_came_before_its_key_frame) {
  PacketQueue queue(SinkStart::next_key_frame);
  for (std::int64_t pts = 0; pts < 100 * 1024; pts += 1024) queue.push(*sound(pts));
  queue.push(*picture(60, true));  // at sample 96000 = 93.75 audio frames

  const auto taken = take_all(queue);
  ASSERT_EQ(taken.size(), 1u + 7u);
  EXPECT_EQ(taken.front(), (Taken{kAudioStream, 93 * 1024 - 96'000}));
  EXPECT_EQ(taken.back(), (Taken{kVideoStream, 0}));
}

TEST(PacketQueue, keeps_the_run_in_of_the_encoder_at_the_very_beginning) {
  PacketQueue queue(SinkStart::next_key_frame);
  queue.push(*sound(-1024));
  queue.push(*picture(0, true));

  EXPECT_EQ(take_all(queue), (std::vector<Taken>{{kAudioStream, -1024}, {kVideoStream, 0}}));
}

TEST(PacketQueue, asks_once_for_the_key_frame_it_lacks) {
  PacketQueue queue(SinkStart::next_key_frame);

  EXPECT_TRUE(queue.take_key_frame_request());
  EXPECT_FALSE(queue.take_key_frame_request());
}

TEST(PacketQueue, waits_for_a_regular_key_frame_where_segments_have_to_be_even) {
  PacketQueue queue(SinkStart::regular_key_frame);
  queue.push(*picture(59, true));
  queue.push(*picture(60, true));

  EXPECT_FALSE(queue.take_key_frame_request());
  EXPECT_EQ(take_all(queue), (std::vector<Taken>{{kVideoStream, 0}}));
}

TEST(PacketQueue, takes_nothing_before_the_sink_is_ready_and_begins_anew_after_each_restart) {
  PacketQueue queue(SinkStart::when_ready);
  queue.push(*picture(0, true));
  EXPECT_FALSE(queue.take_key_frame_request());
  EXPECT_EQ(take_all(queue), std::vector<Taken>{});

  queue.restart();
  EXPECT_TRUE(queue.take_key_frame_request());
  queue.push(*picture(10, true));
  queue.push(*picture(11));
  queue.restart();
  queue.push(*picture(12));
  queue.push(*picture(20, true));
  queue.push(*picture(21));

  EXPECT_EQ(take_all(queue), (std::vector<Taken>{{kVideoStream, 0}, {kVideoStream, 3000}}));
}

TEST(PacketQueue, loses_what_waits_too_long_and_goes_on_in_time_at_the_next_key_frame) {
  PacketQueue queue(SinkStart::next_key_frame, 2s);
  for (std::int64_t n = 0; n <= 61; ++n) queue.push(*picture(n, n % 60 == 0));
  EXPECT_EQ(queue.dropped_packets(), 62u);
  EXPECT_TRUE(queue.take_key_frame_request());
  queue.push(*picture(62));
  queue.push(*picture(63, true));

  EXPECT_EQ(take_all(queue), (std::vector<Taken>{{kVideoStream, 63 * 3000}}));
}

TEST(PacketQueue, shares_the_bytes_of_packets) {
  PacketQueue queue(SinkStart::next_key_frame);
  const Packet original = picture(0, true);
  queue.push(*original);

  EXPECT_EQ(queue.pop(kNoWait)->data, original->data);
}

TEST(PacketQueue, gives_what_waits_after_the_end_and_takes_no_more) {
  PacketQueue queue(SinkStart::next_key_frame);
  queue.push(*picture(0, true));
  queue.end();
  queue.push(*picture(1));

  EXPECT_TRUE(queue.wait_for_end(kNoWait));
  EXPECT_TRUE(queue.pop(kNever));
  EXPECT_FALSE(queue.pop(kNever));
}

}  // namespace
}  // namespace plenum::egress
