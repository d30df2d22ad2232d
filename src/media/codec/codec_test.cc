#include "media/codec/codec.h"

#include <gtest/gtest.h>

#include "media/codec/opus.h"
#include "media/rtp/testing.h"

namespace plenum::codec {
namespace {

using rtp::hex;

TEST(Codec, is_found_by_its_name_in_any_case) {
  EXPECT_EQ(codec_by_name(MediaKind::video, "vp8"), Codec::vp8);
  EXPECT_EQ(codec_by_name(MediaKind::audio, "OPUS"), Codec::opus);
  EXPECT_FALSE(codec_by_name(MediaKind::audio, "VP8"));
  EXPECT_FALSE(codec_by_name(MediaKind::video, "rtx"));
  EXPECT_FALSE(codec_by_name(MediaKind::video, ""));
}

TEST(Codec, names_itself_as_clients_expect) {
  for (const Codec c : {Codec::opus, Codec::pcmu, Codec::pcma, Codec::g722, Codec::vp8, Codec::vp9,
                        Codec::h264, Codec::av1, Codec::h265})
    EXPECT_EQ(codec_by_name(kind(c), mime(c).substr(6)), c);
  EXPECT_EQ(mime(Codec::vp8), "video/VP8");
  EXPECT_EQ(mime(Codec::opus), "audio/opus");
}

TEST(Opus, tells_the_duration_by_the_toc) {
  EXPECT_EQ(opus_duration(hex("78")), 20ms);             // hybrid fullband 20 ms, one frame
  EXPECT_EQ(opus_duration(hex("f8")), 20ms);             // CELT fullband 20 ms
  EXPECT_EQ(opus_duration(hex("e0")), 2500us);           // CELT fullband 2.5 ms
  EXPECT_EQ(opus_duration(hex("19")), 120ms);            // SILK narrowband 60 ms, two frames
  EXPECT_EQ(opus_duration(hex("fb 03")), 60ms);          // three CELT frames of 20 ms
  EXPECT_EQ(opus_duration(hex("1b 03")), std::nullopt);  // 180 ms
  EXPECT_EQ(opus_duration(hex("fb 00")), std::nullopt);
  EXPECT_EQ(opus_duration(hex("fb")), std::nullopt);
  EXPECT_EQ(opus_duration({}), std::nullopt);
}

TEST(Opus, is_dtx_up_to_two_bytes) {
  EXPECT_TRUE(opus_is_dtx(hex("78")));
  EXPECT_TRUE(opus_is_dtx(hex("7801")));
  EXPECT_FALSE(opus_is_dtx(hex("780102")));
}

}  // namespace
}  // namespace plenum::codec
