#include "egress/hls_playlist.h"

#include <gtest/gtest.h>

namespace plenum::egress {
namespace {

const std::string kHeader = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n";
const std::string kMap = "#EXT-X-MAP:URI=\"init.mp4\"\n";

std::string segment(int n) {
  return "#EXTINF:2.000000,\n#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:0" + std::to_string(2 * n) +
         ".000+0000\nsegment_" + std::to_string(n) + ".m4s\n";
}

const std::string kEvent = kHeader + "#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:EVENT\n" +
                           kMap + segment(0) + segment(1) + segment(2);

TEST(HlsPlaylist, shows_a_live_player_the_last_segments) {
  EXPECT_EQ(live_window(kEvent, 2),
            kHeader + "#EXT-X-MEDIA-SEQUENCE:1\n" + kMap + segment(1) + segment(2));
  EXPECT_EQ(live_window(kEvent, 6),
            kHeader + "#EXT-X-MEDIA-SEQUENCE:0\n" + kMap + segment(0) + segment(1) + segment(2));
}

TEST(HlsPlaylist, ends_as_a_recording_once) {
  const std::string expected = kHeader + "#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n" +
                               kMap + segment(0) + segment(1) + segment(2) + "#EXT-X-ENDLIST\n";

  EXPECT_EQ(finished_playlist(kEvent), expected);
  EXPECT_EQ(finished_playlist(kEvent + "#EXT-X-ENDLIST\n"), expected);
  EXPECT_TRUE(live_window(expected, 1).ends_with(segment(2) + "#EXT-X-ENDLIST\n"));
}

TEST(HlsPlaylist, goes_on_with_another_encoding) {
  const std::string map = "#EXT-X-MAP:URI=\"init-2.mp4\"\n", gap = "#EXT-X-DISCONTINUITY\n";
  const std::string after = kHeader + "#EXT-X-MEDIA-SEQUENCE:3\n#EXT-X-PLAYLIST-TYPE:EVENT\n" +
                            map + segment(3) + segment(4);
  const std::string all = continued_playlist(kEvent, after);

  EXPECT_EQ(all, kEvent + gap + map + segment(3) + segment(4));
  EXPECT_EQ(continued_playlist(kEvent, ""), kEvent);
  EXPECT_EQ(count_segments(all), 5u);
  EXPECT_EQ(count_parts(all), 2u);
  EXPECT_EQ(playlist_duration(all), 10s);
  EXPECT_EQ(live_window(all, 3), kHeader + "#EXT-X-MEDIA-SEQUENCE:2\n" + kMap + segment(2) + gap +
                                     map + segment(3) + segment(4));
  EXPECT_EQ(
      live_window(all, 1),
      kHeader + "#EXT-X-MEDIA-SEQUENCE:4\n#EXT-X-DISCONTINUITY-SEQUENCE:1\n" + map + segment(4));
}

TEST(HlsPlaylist, does_not_count_a_segment_without_its_address) {
  EXPECT_EQ(count_segments(kEvent + "#EXTINF:2.000000,\n"), 3u);
}

}  // namespace
}  // namespace plenum::egress
