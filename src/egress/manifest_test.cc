#include "egress/manifest.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "egress/manifest_file.h"
#include "egress/recording_fixture.h"
#include "egress/wall_time.h"

namespace plenum::egress {
namespace {

Manifest example() {
  return {
      .started_unix_us = 1'796'000'523'456'789,
      .ended = true,
      .duration = 60s,
      .files = {{.file = "ann.webm",
                 .identity = "ann",
                 .name = "Ann \"A\" Ü",
                 .start = 543'211us,
                 .duration = 5s,
                 .bytes = 123'456,
                 .is_final = true,
                 .streams = {{.source = TrackSource::camera,
                              .codec = codec::Codec::vp8,
                              .width = 640,
                              .height = 360,
                              .muted = {{.from = 1s, .to = 2s}, {.from = 3s, .to = 3500ms}}},
                             {.source = TrackSource::microphone, .codec = codec::Codec::opus}}}}};
}

/// The example's text with one thing changed.
std::string changed(const std::string& from, const std::string& to) {
  std::string text = to_json(example());
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Manifest, what_is_written_is_read) {
  const auto read = parse_manifest(to_json(example()));

  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, example());
}

TEST(Manifest, says_times_for_people_too) {
  EXPECT_EQ(iso_time(1'796'000'523'456'789), "2026-11-30T01:02:03.456Z");
  EXPECT_NE(to_json(example()).find(R"("started_at":"2026-11-30T01:02:04.000Z")"),
            std::string::npos);
}

TEST(Manifest, what_breaks_a_promise_is_refused) {
  const std::pair<const char*, const char*> changes[] = {
      {R"("version":1)", R"("version":2)"},
      {R"("ended":true)", R"("ended":1)"},
      {R"("ended":true)", R"("ended":true,"more":0)"},
      {R"("file":"ann.webm")", R"("file":"../ann.webm")"},
      {R"("file":"ann.webm")", R"("file":".ann")"},
      {R"("start_us":543211)", R"("start_us":-1)"},
      {R"("start_us":543211)", R"("start_us":1e300)"},
      {R"("start_us":543211)", R"("start_us":0.5)"},
      {R"("kind":"video")", R"("kind":"audio")"},
      {R"("codec":"vp8")", R"("codec":"opus")"},
      {R"("source":"microphone")", R"("source":"mouth")"},
      {R"("width":640)", R"("width":0)"},
      {R"("from_us":3000000)", R"("from_us":1500000)"},
      {R"("bytes":123456,)", ""}};
  for (const auto& [from, to] : changes) EXPECT_FALSE(parse_manifest(changed(from, to))) << to;
  EXPECT_FALSE(parse_manifest(""));
  EXPECT_FALSE(parse_manifest("[]"));
  EXPECT_FALSE(parse_manifest(std::string(100'000, '[')));
}

TEST(Manifest, the_file_is_replaced_as_a_whole) {
  const TemporaryFolder folder;
  const std::string path = folder.file("ann.json");
  Manifest later = example();
  later.files[0].bytes = 7;

  ASSERT_TRUE(write_manifest(path, example()));
  ASSERT_TRUE(write_manifest(path, later));

  const auto read = read_manifest(path);
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, later);
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
  EXPECT_FALSE(write_manifest(folder.file("no/ann.json"), later));
  EXPECT_FALSE(read_manifest(folder.file("none.json")));
}

}  // namespace
}  // namespace plenum::egress
