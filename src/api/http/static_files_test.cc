#include "api/http/static_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace plenum::http {
namespace {

namespace fs = std::filesystem;

/// A page in a directory of its own, with a secret beside it.
class StaticFilesTest : public ::testing::Test {
 public:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    base_ = fs::path(::testing::TempDir()) / (std::string("static_files_") + test->name());
    fs::remove_all(base_);
    write("root/index.html", "<p>home");
    write("root/assets/app-1a2b.js", "run()");
    write("root/sub/index.html", "<p>sub");
    write("root/.hidden", "secret");
    write("root/.git/config", "secret");
    write("secret.txt", "secret");
    fs::create_symlink(base_ / "secret.txt", base_ / "root/link.txt");
    fs::create_directory_symlink(base_, base_ / "root/up");
  }
  void TearDown() override { fs::remove_all(base_); }

  void write(const std::string& name, const std::string& content) {
    fs::create_directories((base_ / name).parent_path());
    std::ofstream(base_ / name, std::ios::binary) << content;
  }
  Response get(std::string path, std::string if_none_match = {}) {
    if (!files_) files_.emplace(StaticFiles::Config{.root = base_ / "root"});
    Request request;
    request.path = std::move(path);
    if (!if_none_match.empty()) request.headers.set("If-None-Match", std::move(if_none_match));
    return files_->serve(request);
  }

  fs::path base_;
  std::optional<StaticFiles> files_;
};

TEST_F(StaticFilesTest, serves_files_with_their_type_and_directories_with_their_index) {
  EXPECT_EQ(get("/").content(), "<p>home");
  EXPECT_EQ(get("/").shared_body, get("/").shared_body) << "copied for each answer";
  EXPECT_EQ(get("/index.html").headers.find("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(get("/assets/app-1a2b.js").headers.find("Content-Type"),
            "text/javascript; charset=utf-8");
  EXPECT_EQ(get("/sub/").content(), "<p>sub");
  EXPECT_EQ(get("/none").status, 404);
}

TEST_F(StaticFilesTest, answers_304_to_a_known_etag) {
  const std::string etag(*get("/").headers.find("ETag"));
  EXPECT_EQ(get("/", etag).status, 304);
  EXPECT_EQ(get("/", "\"other\", W/" + etag).status, 304);
  EXPECT_EQ(get("/", "\"other\"").status, 200);
  EXPECT_EQ(get("/").headers.find("Cache-Control"), "no-cache");
  EXPECT_NE(get("/assets/app-1a2b.js").headers.find("Cache-Control")->find("immutable"),
            std::string_view::npos);
}

TEST_F(StaticFilesTest, sends_text_compressed_to_those_who_take_it) {
  const std::string script(5000, 'a');
  write("root/assets/large.js", script);
  write("root/assets/large.png", script);
  const auto packed = [&](const std::string& path) {
    Request request;
    request.path = path;
    request.headers.set("Accept-Encoding", "gzip, br");
    return files_->serve(request);
  };
  const Response plain = get("/assets/large.js");
  const Response small = packed("/assets/large.js");

  EXPECT_EQ(plain.content(), script);
  EXPECT_EQ(plain.headers.find("Content-Encoding"), std::nullopt);
  EXPECT_EQ(plain.headers.find("Vary"), "Accept-Encoding");
  EXPECT_LT(small.content().size(), 200u);
  EXPECT_EQ(small.headers.find("Content-Encoding"), "gzip");
  EXPECT_NE(small.headers.find("ETag"), plain.headers.find("ETag"));
  for (const char* path : {"/assets/large.png", "/index.html"})
    EXPECT_EQ(packed(path).headers.find("Content-Encoding"), std::nullopt) << path;
}

TEST_F(StaticFilesTest, has_nothing_outside_its_root) {
  const std::string absolute = (base_ / "secret.txt").string();
  for (const std::string& path :
       {std::string("/../secret.txt"), std::string("/%2e%2e/secret.txt"),
        std::string("/..%2fsecret.txt"), std::string("/sub/../../secret.txt"),
        std::string("/%2e%2e%5csecret.txt"), std::string("/index.html%00"),
        std::string("/link.txt"), std::string("/up/secret.txt"), std::string("/.hidden"),
        std::string("/.git/config"), absolute, "/" + absolute, std::string("//secret.txt"),
        std::string("/\xc0\xae\xc0\xae/secret.txt"), "/" + std::string(60000, 'a'), std::string()})
    EXPECT_EQ(get(path).status, 404) << path.substr(0, 100);
}

TEST_F(StaticFilesTest, falls_back_to_embedded_files) {
  StaticFiles files;
  files.embed("/index.html", "embedded");
  files.embed("/index.html", "second");
  Request request;
  request.path = "/";
  EXPECT_EQ(files.serve(request).content(), "embedded");
}

TEST_F(StaticFilesTest, refuses_a_tree_that_is_missing_or_too_large) {
  EXPECT_THROW(StaticFiles({.root = base_ / "none"}), std::runtime_error);
  EXPECT_THROW(StaticFiles({.root = base_ / "root", .max_total_bytes = 10}), std::runtime_error);
}

}  // namespace
}  // namespace plenum::http
