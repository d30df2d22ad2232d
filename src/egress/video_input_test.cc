#include "egress/video_input.h"

#include <gtest/gtest.h>

#include "egress/test_packetizer.h"

namespace plenum::egress {
namespace {

constexpr Duration kFrame{33'333};

/// A camera in two simulcast layers, told apart by their size; a key frame twice a second.
class VideoInputTest : public ::testing::Test {
 protected:
  /// Both layers go on for so many frames, but only those of the mask are sent.
  void run(int frames, unsigned sent) {
    for (const int end = n_ + frames; n_ < end; ++n_, now_ += kFrame)
      for (std::uint8_t layer = 0; layer < 2; ++layer)
        for (MediaPacket& packet : packets(layer))
          if (sent >> layer & 1) input_.handle_packet(layer, std::move(packet), now_);
  }
  int width() {
    const TimedPicture* picture = input_.advance(now_ - 200ms);
    return picture ? picture->view.size.width : 0;
  }

  VideoInput input_{std::make_shared<ParticipantClock>(), codec::Codec::vp8};

 private:
  std::vector<MediaPacket> packets(std::uint8_t layer) {
    const auto& frame = layers_[layer][static_cast<std::size_t>(n_)];
    const auto payloads = testing::vp8_payloads(frame.bytes, 400);
    std::vector<MediaPacket> out;
    for (std::size_t i = 0; i < payloads.size(); ++i)
      out.push_back({.seq = ExtSeq(seq_[layer]++),
                     .timestamp = RtpTime(frame.timestamp),
                     .marker = i + 1 == payloads.size(),
                     .payload = payloads[i],
                     .arrival = now_});
    return out;
  }
  std::vector<testing::TestFrame> layers_[2] = {
      testing::encode_stream({.size = {48, 32}, .frames = 400, .gop = 15}),
      testing::encode_stream({.size = {96, 64}, .frames = 400, .gop = 15})};
  std::uint64_t seq_[2] = {100, 900};
  int n_ = 0;
  TimePoint now_{100s};
};

TEST_F(VideoInputTest, shows_the_highest_wanted_layer_that_the_publisher_sends) {
  input_.want(1);
  run(45, 0b11);
  EXPECT_EQ(width(), 96);
  run(120, 0b01);
  EXPECT_EQ(input_.wanted(), 0);
  EXPECT_EQ(width(), 48);
  run(45, 0b11);
  EXPECT_EQ(width(), 96);
}

TEST_F(VideoInputTest, notices_within_half_a_second_that_a_layer_is_gone) {
  input_.want(1);
  run(45, 0b11);
  EXPECT_EQ(input_.wanted(), 1);
  run(15, 0b01);

  EXPECT_EQ(input_.wanted(), 0);
}

TEST_F(VideoInputTest, shows_no_higher_layer_than_is_wanted) {
  input_.want(0);
  run(45, 0b11);
  EXPECT_EQ(width(), 48);
  input_.want(1);
  run(45, 0b11);
  EXPECT_EQ(width(), 96);
  input_.want(0);
  run(45, 0b11);

  EXPECT_EQ(width(), 48);
}

TEST_F(VideoInputTest, keeps_the_picture_until_the_key_frame_of_another_layer) {
  input_.want(1);
  run(31, 0b11);
  EXPECT_EQ(width(), 96);
  input_.want(0);
  run(2, 0b11);

  EXPECT_EQ(width(), 96);
  EXPECT_TRUE(input_.wants_key_frame(TimePoint(1000s)));
}

}  // namespace
}  // namespace plenum::egress
