#include "egress/snapshot.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "egress/drawing.h"
#include "egress/drawing_fixture.h"
#include "egress/ffmpeg.h"

namespace plenum::egress {
namespace {

Frame decode(AVCodecID id, const std::vector<std::byte>& file) {
  CodecContext decoder(avcodec_alloc_context3(avcodec_find_decoder(id)));
  Packet packet(av_packet_alloc());
  Frame frame(av_frame_alloc());
  if (avcodec_open2(decoder.get(), nullptr, nullptr) < 0 ||
      av_new_packet(packet.get(), static_cast<int>(file.size())) < 0) {
    return nullptr;
  }
  std::memcpy(packet->data, file.data(), file.size());
  if (avcodec_send_packet(decoder.get(), packet.get()) < 0 ||
      avcodec_send_packet(decoder.get(), nullptr) < 0 ||
      avcodec_receive_frame(decoder.get(), frame.get()) < 0) {
    return nullptr;
  }
  return frame;
}

constexpr Rgb kOrange{0xe8, 0x86, 0x2a};

/// Orange on the left, white on the right.
Picture two_colours() {
  Picture p({64, 48});
  fill(p, {0, 0, 32, 48}, to_yuv(kOrange));
  fill(p, {32, 0, 32, 48}, to_yuv({0xff, 0xff, 0xff}));
  return p;
}

TEST(Snapshot, a_png_has_the_colours_that_were_drawn) {
  const auto file = encode_image(two_colours().view(), ImageFormat::png);
  ASSERT_TRUE(file);
  const Frame image = decode(AV_CODEC_ID_PNG, *file);
  ASSERT_TRUE(image);

  ASSERT_EQ(image->format, AV_PIX_FMT_RGB24);
  EXPECT_EQ(image->width, 64);
  EXPECT_EQ(image->height, 48);
  const std::uint8_t* left = image->data[0] + 24 * image->linesize[0] + 3 * 10;
  EXPECT_NEAR(left[0], kOrange.r, 3);
  EXPECT_NEAR(left[1], kOrange.g, 3);
  EXPECT_NEAR(left[2], kOrange.b, 3);
  EXPECT_GE(image->data[0][24 * image->linesize[0] + 3 * 50 + 1], 253);
}

TEST(Snapshot, a_jpeg_is_scaled_and_in_the_colours_that_jfif_means) {
  const auto file = encode_image(two_colours().view(), ImageFormat::jpeg, Size{128, 96});
  ASSERT_TRUE(file);
  const Frame image = decode(AV_CODEC_ID_MJPEG, *file);
  ASSERT_TRUE(image);

  EXPECT_EQ(image->width, 128);
  EXPECT_EQ(image->height, 96);
  // BT.601, full range.
  const double luma = 0.299 * kOrange.r + 0.587 * kOrange.g + 0.114 * kOrange.b;
  const int row = 48 * image->linesize[0], chroma = 24 * image->linesize[1];
  EXPECT_NEAR(image->data[0][row + 20], luma, 4);
  EXPECT_NEAR(image->data[1][chroma + 10], 128 + (kOrange.b - luma) / 1.772, 4);
  EXPECT_NEAR(image->data[2][chroma + 10], 128 + (kOrange.r - luma) / 1.402, 4);
  EXPECT_GE(image->data[0][row + 100], 252);
}

TEST(Snapshot, a_webp_has_the_colours_that_were_drawn_but_for_what_its_quality_costs) {
  const auto file = encode_image(two_colours().view(), ImageFormat::webp, Size{128, 96});
  ASSERT_TRUE(file);
  const Frame image = decode(AV_CODEC_ID_WEBP, *file);
  ASSERT_TRUE(image);

  ASSERT_EQ(image->format, AV_PIX_FMT_YUV420P);
  EXPECT_EQ(image->width, 128);
  EXPECT_EQ(image->height, 96);
  // BT.601, limited range.
  const double luma = 0.299 * kOrange.r + 0.587 * kOrange.g + 0.114 * kOrange.b;
  const int row = 48 * image->linesize[0], chroma = 24 * image->linesize[1];
  EXPECT_NEAR(image->data[0][row + 20], 16 + luma * 219 / 255, 5);
  EXPECT_NEAR(image->data[1][chroma + 10], 128 + (kOrange.b - luma) / 1.772 * 224 / 255, 5);
  EXPECT_NEAR(image->data[2][chroma + 10], 128 + (kOrange.r - luma) / 1.402 * 224 / 255, 5);
}

TEST(Snapshot, odd_pictures_are_fine_and_impossible_sizes_are_refused) {
  const SourcePicture odd = SourcePicture::patterned({319, 181});
  const auto file = encode_image(odd.view(), ImageFormat::jpeg);
  ASSERT_TRUE(file);
  EXPECT_EQ(decode(AV_CODEC_ID_MJPEG, *file)->width, 319);

  for (const Size size : {Size{0, 0}, Size{-2, 4}, Size{320, 181}, Size{100'000, 2}}) {
    const auto refused = encode_image(odd.view(), ImageFormat::png, size);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), SnapshotError::bad_size);
  }
  EXPECT_FALSE(encode_image({}, ImageFormat::png));
}

}  // namespace
}  // namespace plenum::egress
