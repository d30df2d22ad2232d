#include "storage/files.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace plenum::storage {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

class UploadFiles : public testing::Test {
 protected:
  UploadFiles() {
    std::string name = (fs::temp_directory_path() / "files-XXXXXX").string();
    folder = ::mkdtemp(name.data());
  }
  ~UploadFiles() override { fs::remove_all(folder); }
  void write(const std::string& name, const std::string& text) {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << text;
  }
  std::vector<std::string> names() {
    std::vector<std::string> out;
    const auto files = list_files(folder.string());
    for (const LocalFile& f : files.value()) out.push_back(f.name);
    return out;
  }
  fs::path folder;
};

TEST_F(UploadFiles, of_a_stream_come_in_the_order_in_which_they_name_each_other) {
  for (const char* name : {"index.m3u8", "v0.m3u8", "v0/1.ts", "v0/0.ts", "a.ts"}) write(name, "x");
  fs::create_symlink("/etc/passwd", folder / "link.ts");

  EXPECT_THAT(names(), ElementsAre("a.ts", "v0/0.ts", "v0/1.ts", "v0.m3u8", "index.m3u8"));
}

TEST_F(UploadFiles, that_cannot_be_uploaded_are_named_in_words) {
  EXPECT_EQ(list_files(folder.string()).error(), "the folder is empty");
  EXPECT_EQ(list_files(folder.string() + "/x").error(), "there is no such file");
  fs::create_symlink("/etc/passwd", folder / "link");
  EXPECT_EQ(list_files(folder.string() + "/link").error(), "there is no such file");
  EXPECT_FALSE(open_file(folder.string(), "link"));
}

TEST_F(UploadFiles, are_read_from_any_place_and_no_further_than_their_end) {
  write("a.mp4", "0123456789");
  const auto path = (folder / "a.mp4").string();
  const auto files = list_files(path);
  EXPECT_EQ(files.value().at(0).bytes, 10u);
  const io::Fd fd = open_file(path, "");

  EXPECT_EQ(read_range(fd.get(), 4, 3), "456");
  EXPECT_EQ(read_range(fd.get(), 8, 5), "89");
}

TEST_F(UploadFiles, are_deleted_with_their_folder) {
  write("s/0.ts", "x");

  EXPECT_TRUE(delete_local((folder / "s").string()));
  EXPECT_FALSE(fs::exists(folder / "s"));
  EXPECT_TRUE(delete_local((folder / "s").string())) << "again after a kill";
}

TEST(UploadKinds, follow_the_name_and_whether_a_player_comes_back_for_the_file) {
  EXPECT_EQ(kind_of_file("/r/a.mp4", false).content_type, "video/mp4");
  EXPECT_EQ(kind_of_file("/r/a.mp4", false).cache_control, "");
  EXPECT_EQ(kind_of_file("index.m3u8", true).content_type, "application/vnd.apple.mpegurl");
  EXPECT_EQ(kind_of_file("index.m3u8", true).cache_control, "no-cache");
  EXPECT_EQ(kind_of_file("0.ts", true).cache_control, "public, max-age=31536000, immutable");
  EXPECT_EQ(kind_of_file("a", false).content_type, "application/octet-stream");
}

}  // namespace
}  // namespace plenum::storage
