#include "api/videosdk/image_store.h"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace plenum::videosdk_api {
namespace {

using Refusal = ImageStore::Refusal;

const std::string kPng = std::string("\x89PNG\r\n\x1a\n") + "and so on";
const std::string kId(24, 'a'), kOther(24, 'b');

class ImageStoreTest : public testing::Test {
 protected:
  ImageStoreTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "images-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
  }
  ~ImageStoreTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
  ImageStore images_{folder_};
};

TEST_F(ImageStoreTest, an_image_belongs_to_its_key) {
  ASSERT_TRUE(images_.add("../key", kId, kPng, 7));
  ASSERT_TRUE(images_.add("../key", kOther, "\xff\xd8\xff jpeg", 8));

  const auto listed = images_.list("../key");
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].id, kOther);
  EXPECT_EQ(listed[0].type, "image/jpeg");
  EXPECT_EQ(images_.read("../key", kId), kPng);
  EXPECT_TRUE(images_.list("another").empty());
  EXPECT_FALSE(images_.has("another", kId));
  EXPECT_FALSE(images_.remove("another", kId));
  EXPECT_TRUE(images_.remove("../key", kId));
  EXPECT_FALSE(images_.read("../key", kId));
}

TEST_F(ImageStoreTest, what_is_no_image_too_large_or_too_many_is_refused) {
  EXPECT_EQ(images_.add("k", kId, "<svg/>", 1).error(), Refusal::bad_type);
  EXPECT_EQ(images_.add("k", kId, kPng + std::string(ImageStore::kMostBytes, 'x'), 1).error(),
            Refusal::too_large);
  for (std::size_t i = 0; i < ImageStore::kMostImages; ++i) {
    std::string id = std::to_string(i);
    id.insert(0, 24 - id.size(), '0');
    ASSERT_TRUE(images_.add("k", id, kPng, 1));
  }
  EXPECT_EQ(images_.add("k", kId, kPng, 1).error(), Refusal::too_many);
  EXPECT_TRUE(images_.add("another", kId, kPng, 1));
}

TEST_F(ImageStoreTest, an_id_is_no_path) {
  for (const std::string& id : {std::string(), std::string("../../etc/passwd"),
                                std::string(23, 'a'), std::string(24, '/'), std::string(24, 'A')}) {
    EXPECT_FALSE(images_.has("k", id));
    EXPECT_FALSE(images_.read("k", id));
    EXPECT_FALSE(images_.remove("k", id));
  }
}

}  // namespace
}  // namespace plenum::videosdk_api
