#include "api/videosdk/temporary_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/json/parse.hpp>
#include <optional>

#include "api/http/jwt.h"

namespace plenum::videosdk_api {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
namespace json = boost::json;

const std::string kSecret = "a secret of at least thirty-two bytes";
constexpr std::int64_t kNowMs = 1'700'000'000'000;

class TemporaryFilesTest : public ::testing::Test {
 protected:
  TemporaryFilesTest() {
    char name[] = "/tmp/plenum-files-XXXXXX";
    root = ::mkdtemp(name);
    open();
  }
  ~TemporaryFilesTest() override {
    files.reset();
    fs::remove_all(root);
  }
  void open() {
    TemporaryFiles::Settings settings;
    settings.folder = root / "files";
    settings.keep = 1h;
    settings.secret = std::string(32, 's');
    settings.base = "http://plenum.example";
    files.emplace(settings,
                  TemporaryFiles::Surroundings{io, keys, [this] { return now_ms; }, media});
  }

  static asio::awaitable<void> keep(asio::awaitable<http::Response> task,
                                    std::optional<http::Response>& out) {
    out.emplace(co_await std::move(task));
  }
  http::Response wait(asio::awaitable<http::Response> task) {
    std::optional<http::Response> out;
    asio::co_spawn(io, keep(std::move(task), out), [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
    while (!out) {
      io.restart();
      io.run_one();
    }
    return std::move(*out);
  }
  http::Response upload(const std::string& query, const std::string& body,
                        json::array roles = {"rtc"}, const std::string& key = "key") {
    http::Request r;
    r.method = http::Method::post;
    r.query = http::Query::parse(query);
    r.body = body;
    const json::object claims{{"apikey", key},
                              {"version", 2},
                              {"roles", std::move(roles)},
                              {"permissions", {"allow_join"}}};
    r.headers.set("Authorization", http::sign_jwt(claims, kSecret));
    return wait(files->upload(r));
  }
  static std::string url_in(const http::Response& response) {
    return json::parse(response.body).at("url").as_string().c_str();
  }
  http::Response download(const std::string& url) {
    const auto mark = url.find('?');
    http::Request r;
    r.query = http::Query::parse(std::string_view(url).substr(mark + 1));
    const auto slash = url.rfind('/', mark);
    r.parameters.emplace_back("id", url.substr(slash + 1, mark - slash - 1));
    return wait(files->download(r));
  }

  fs::path root;
  std::int64_t now_ms = kNowMs;
  asio::io_context io;
  http::KeyStore keys{http::KeyStore::Keys{{"key", {kSecret}}, {"other", {kSecret}}}};
  MediaFiles media{root, {}, [this] { return now_ms; }};
  std::optional<TemporaryFiles> files;
};

TEST_F(TemporaryFilesTest, an_upload_is_there_for_who_has_its_link) {
  const auto stored = upload("name=a%20b%22.html", "<script>");
  ASSERT_EQ(stored.status, 200) << stored.body;
  const std::string url = url_in(stored);
  EXPECT_TRUE(url.starts_with("http://plenum.example/v2/plenum/files/")) << url;
  const auto got = download(url);

  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.content_bytes(), 8u);
  EXPECT_EQ(*got.headers.find("Content-Disposition"), "attachment; filename*=UTF-8''a%20b%22.html");
  EXPECT_EQ(*got.headers.find("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(*got.headers.find("Content-Type"), "application/octet-stream");
}

TEST_F(TemporaryFilesTest, a_link_that_was_changed_or_is_over_does_not_hold) {
  const std::string url = url_in(upload("name=a.txt", "text"));
  std::string renamed = url, later = url;
  renamed.replace(url.find("a.txt"), 5, "b.txt");
  later.replace(url.find("exp=") + 4, 1, "2");
  EXPECT_EQ(download(renamed).status, 403);
  EXPECT_EQ(download(later).status, 403);
  EXPECT_EQ(download(url.substr(0, url.find("&sig"))).status, 403);
  EXPECT_EQ(download("http://x/files/..?name=a.txt").status, 404);
  now_ms += 3'600'000;

  EXPECT_EQ(download(url).status, 403);
}

TEST_F(TemporaryFilesTest, who_may_upload_what_is_checked) {
  EXPECT_EQ(upload("name=a.txt", "").status, 400);
  EXPECT_EQ(upload("", "text").status, 400);
  EXPECT_EQ(upload("name=..%2Fa", "text").status, 400);
  EXPECT_EQ(upload("name=a%0A", "text").status, 400);
  EXPECT_EQ(upload("name=" + std::string(256, 'a'), "text").status, 400);
  EXPECT_EQ(upload("name=a", "text", {"rtc"}, "stranger").status, 401);

  EXPECT_TRUE(fs::is_empty(root / "files"));
}

TEST_F(TemporaryFilesTest, a_key_has_so_many_files_at_once) {
  for (std::size_t i = 0; i < TemporaryFiles::kMaxFilesOfKey; ++i)
    ASSERT_EQ(upload("name=a", "x").status, 200);
  EXPECT_EQ(upload("name=a", "x").status, 429);
  EXPECT_EQ(upload("name=a", "x", {"rtc"}, "other").status, 200);
  now_ms += 3'600'000;
  files->sweep();

  EXPECT_EQ(upload("name=a", "x").status, 200);
}

TEST_F(TemporaryFilesTest, a_restart_keeps_files_and_drops_what_was_not_finished) {
  now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
               .count();
  const std::string url = url_in(upload("name=a", "x"));
  const fs::path left = root / "files" / "something.new";
  fs::copy_file(fs::directory_iterator(root / "files")->path(), left);
  files.reset();
  open();

  EXPECT_FALSE(fs::exists(left));
  EXPECT_EQ(download(url).status, 200);
}

}  // namespace
}  // namespace plenum::videosdk_api
