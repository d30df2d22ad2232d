#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "egress/hls_sink.h"
#include "egress/recording_fixture.h"

namespace plenum::egress {
namespace {

constexpr const char* kGrowing =
    "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n"
    "#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-MAP:URI=\"init.mp4\"\n"
    "#EXTINF:2.000000,\nsegment_00000.m4s\n#EXTINF:1.500000,\nsegment_00001.m4s\n";

void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }
std::string read(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(RecoverStream, ends_the_playlists_and_clears_away_what_is_torn) {
  const TemporaryFolder folder;
  write(folder.file("index.m3u8"), kGrowing);
  write(folder.file("part.m3u8"), kGrowing);
  write(folder.file("segment_00001.m4s"), "segment");
  write(folder.file("segment_00002.m4s.tmp"), "half a segm");
  const auto first = recover_stream(folder.file(""));
  ASSERT_TRUE(first);
  const std::string ended = read(folder.file("index.m3u8"));
  const auto again = recover_stream(folder.file(""));
  ASSERT_TRUE(again);

  EXPECT_EQ(first->duration, 3500ms);
  EXPECT_EQ(again->bytes, first->bytes);
  EXPECT_TRUE(ended.ends_with("segment_00001.m4s\n#EXT-X-ENDLIST\n"));
  EXPECT_NE(ended.find("#EXT-X-PLAYLIST-TYPE:VOD"), std::string::npos);
  EXPECT_EQ(read(folder.file("index.m3u8")), ended);
  EXPECT_TRUE(read(folder.file("live.m3u8")).ends_with("#EXT-X-ENDLIST\n"));
  EXPECT_FALSE(std::filesystem::exists(folder.file("part.m3u8")));
  EXPECT_FALSE(std::filesystem::exists(folder.file("segment_00002.m4s.tmp")));
}

TEST(RecoverStream, says_so_when_there_is_no_whole_segment) {
  const TemporaryFolder folder;

  EXPECT_FALSE(recover_stream(folder.file("")));
}

}  // namespace
}  // namespace plenum::egress
