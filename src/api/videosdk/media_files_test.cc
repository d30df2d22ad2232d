#include "api/videosdk/media_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fstream>
#include <optional>

namespace plenum::videosdk_api {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

constexpr std::int64_t kNow = 1'700'000'000'000;
const std::string kId = "65a0b0c0d0e0f00000000003";

fs::path new_folder() {
  std::string folder = (fs::temp_directory_path() / "media-XXXXXX").string();
  if (!::mkdtemp(folder.data())) throw std::runtime_error("no temporary folder");
  return folder;
}

class MediaFilesTest : public ::testing::Test {
 protected:
  using Parameters = std::vector<std::pair<std::string, std::string>>;
  struct Answer {
    http::Response head;
    std::string body{};
    int status() const { return head.status; }
    std::string field(const char* name) const {
      return std::string(head.headers.find(name).value_or(""));
    }
  };

  MediaFilesTest() {
    write("recordings/" + kId + "/" + kId + ".mp4", film);
    write("hls/" + kId + "/index.m3u8", "#EXTM3U\n");
    write("hls/" + kId + "/segment_00001.m4s", "segment");
    write("hls/secret.mp4", "secret");
    fs::create_symlink(root / "hls/secret.mp4", root / "hls" / kId / "link.mp4");
  }
  ~MediaFilesTest() override { fs::remove_all(root); }

  void write(const std::string& name, const std::string& content) {
    fs::create_directories((root / name).parent_path());
    std::ofstream(root / name) << content;
  }
  template <class T>
  T wait(asio::awaitable<T> task) {
    std::optional<T> out;
    asio::co_spawn(io, std::move(task), [&](std::exception_ptr, T got) { out = std::move(got); });
    io.restart();
    io.run();
    return std::move(out.value());
  }
  Answer drain(http::Response response) {
    Answer out{std::move(response)};
    while (out.head.pieces && out.body.size() < out.head.pieces->bytes) {
      const std::string piece = wait(out.head.pieces->next(out.body.size()));
      EXPECT_LE(piece.size(), 256u * 1024);
      if (piece.empty()) break;
      out.body += piece;
    }
    return out;
  }
  static std::string good_query(const MediaLinks& by) {
    control::EgressOutput file;
    file.path = "recordings/" + kId + "/" + kId + ".mp4";
    const std::string url = by.file_url(file, kNow);
    return url.substr(url.find('?') + 1);
  }
  Answer recording(const http::Headers& headers, const std::string& query) {
    http::Request request;
    request.headers = headers;
    request.parameters = Parameters{{"name", kId + ".mp4"}};
    request.query = http::Query::parse(query);
    return drain(wait(files.serve_recording(request)));
  }
  Answer range(const std::string& range) {
    http::Headers headers;
    headers.set("Range", range);
    return recording(headers, good_query(links));
  }
  Answer hls(const std::string& id, const std::string& file) {
    http::Request request;
    request.parameters = Parameters{{"id", id}, {"file", file}};
    return drain(wait(files.serve_hls(request)));
  }

  const std::string film = [] {
    std::string out(700'001, 'x');
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<char>('a' + i % 23);
    return out;
  }();
  const fs::path root = new_folder();
  asio::io_context io;
  MediaLinks links{"https://plenum.example", std::string(32, 's')};
  std::int64_t now = kNow;
  MediaFiles files{root, links, [this] { return now; }};
};

TEST_F(MediaFilesTest, gives_a_recording_in_pieces_to_whom_was_given_the_link) {
  const Answer all = recording({}, good_query(links));

  EXPECT_EQ(all.status(), 200);
  EXPECT_EQ(all.field("Content-Type"), "video/mp4");
  EXPECT_TRUE(all.body == film);
}

TEST_F(MediaFilesTest, takes_no_link_that_is_forged_old_or_for_another_file) {
  const std::string good = good_query(links);
  const MediaLinks forger{links.base, std::string(32, 'f')};
  control::EgressOutput other;
  other.path = "recordings/" + std::string(24, 'a') + ".mp4";
  const std::string url = links.file_url(other, kNow);

  EXPECT_EQ(recording({}, "").status(), 403);
  EXPECT_EQ(recording({}, good_query(forger)).status(), 403);
  EXPECT_EQ(recording({}, url.substr(url.find('?') + 1)).status(), 403);
  EXPECT_EQ(recording({}, "exp=99999999999999999999&" + good.substr(good.find("sig"))).status(),
            403);
  now += std::int64_t{7} * 24 * 3600 * 1000;
  EXPECT_EQ(recording({}, good).status(), 403);
}

TEST_F(MediaFilesTest, gives_one_range_or_all_of_it) {
  const Answer middle = range("bytes=5-300004"), end = range("bytes=-3"),
               rest = range("bytes=700000-");
  EXPECT_EQ(middle.status(), 206);
  EXPECT_EQ(middle.field("Content-Range"), "bytes 5-300004/700001");
  EXPECT_TRUE(middle.body == film.substr(5, 300'000));
  EXPECT_EQ(end.body, film.substr(699'998));
  EXPECT_EQ(rest.body, film.substr(700'000));
  for (const char* beyond : {"bytes=700001-", "bytes=-0"}) {
    EXPECT_EQ(range(beyond).status(), 416);
    EXPECT_EQ(range(beyond).field("Content-Range"), "bytes */700001");
  }
  for (const char* odd : {"bytes=2-1", "bytes=0-1,4-5", "bytes=", "bytes=-", "rows=0-1"})
    EXPECT_EQ(range(odd).status(), 200) << odd;
}

TEST_F(MediaFilesTest, knows_what_the_client_has) {
  const std::string etag = range("bytes=0-1").field("ETag");
  http::Headers same, changed;
  same.set("If-None-Match", etag);
  changed.set("If-Range", "\"other\"");
  changed.set("Range", "bytes=0-1");

  EXPECT_EQ(recording(same, good_query(links)).status(), 304);
  EXPECT_EQ(recording(changed, good_query(links)).status(), 200);
}

TEST_F(MediaFilesTest, gives_playlists_anew_and_segments_for_good) {
  const Answer list = hls(kId, "index.m3u8"), segment = hls(kId, "segment_00001.m4s");

  EXPECT_EQ(list.body, "#EXTM3U\n");
  EXPECT_EQ(list.field("Content-Type"), "application/vnd.apple.mpegurl");
  EXPECT_EQ(list.field("Cache-Control"), "no-cache");
  EXPECT_EQ(segment.body, "segment");
  EXPECT_EQ(segment.field("Cache-Control"), "public, max-age=31536000, immutable");
  const fs::path folder = root / "hls" / kId;
  for (const char* file : {"init-2.mp4", "capture-1796000000000-1.webp"}) {
    std::ofstream(folder / file) << "bytes";
    EXPECT_EQ(hls(kId, file).status(), 200) << file;
  }
}

TEST_F(MediaFilesTest, leads_nowhere_else) {
  for (const char* file : {"../secret.mp4", "..%2fsecret.mp4", "link.mp4", ".mp4", "a.b.mp4",
                           "segment_00002.m4s", "index.m3u8.tmp", "A.mp4", ""})
    EXPECT_EQ(hls(kId, file).status(), 404) << file;
  for (const char* id : {"..", "", ".", "65A0B0C0D0E0F00000000003"})
    EXPECT_EQ(hls(id, "secret.mp4").status(), 404) << id;
}

TEST_F(MediaFilesTest, removes_what_a_job_left_and_nothing_else) {
  const std::string other(24, 'a');
  fs::create_directories(root / "recordings" / other);
  for (const std::string job : {"", ".", "..", "../hls", "/hls"}) files.remove(job);
  files.remove(kId);
  EXPECT_EQ(hls(kId, "index.m3u8").status(), 404);
  EXPECT_EQ(recording({}, good_query(links)).status(), 404);

  EXPECT_TRUE(fs::exists(root / "hls/secret.mp4"));
  EXPECT_TRUE(fs::exists(root / "recordings" / other));
}

}  // namespace
}  // namespace plenum::videosdk_api
