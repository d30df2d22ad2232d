#include "history/spool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "history/spool_format.h"

namespace plenum::history {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kRun(kRunBytes, 'r');

std::vector<Record> records(std::int64_t first, std::int64_t last) {
  std::vector<Record> out;
  for (std::int64_t n = first; n <= last; ++n) {
    out.emplace_back().number = n;
    out.back().event.room.sid = "RM_1";
  }
  return out;
}

std::vector<std::int64_t> numbers(const Spool::Chunk& chunk) {
  std::vector<std::int64_t> out;
  for (const Record& r : chunk.records) out.push_back(r.number);
  return out;
}

class SpoolTest : public ::testing::Test {
 protected:
  SpoolTest() {
    std::string folder = (std::filesystem::temp_directory_path() / "spool-XXXXXX").string();
    if (!::mkdtemp(folder.data())) throw std::runtime_error("no temporary folder");
    folder_ = folder;
    path_ = folder_ / "history.spool";
  }
  ~SpoolTest() override { std::filesystem::remove_all(folder_); }

  /// A file with these records, as a killed process leaves it.
  void leave(std::int64_t first, std::int64_t last) {
    Spool(path_).append(records(first, last), kRun);
  }
  void overwrite(std::size_t at, char c) {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(c);
  }
  std::size_t size() { return std::filesystem::file_size(path_); }

  std::filesystem::path folder_, path_;
};

TEST_F(SpoolTest, what_was_kept_is_there_in_order_when_the_file_is_opened_again) {
  leave(1, 2);
  Spool spool(path_);
  ASSERT_EQ(spool.run(), kRun);
  spool.append(records(3, 3), kRun);

  EXPECT_THAT(numbers(spool.front(2)), ElementsAre(1, 2));
  spool.drop(spool.front(2));
  EXPECT_THAT(numbers(spool.front(2)), ElementsAre(3));
}

TEST_F(SpoolTest, a_file_of_which_all_was_dropped_is_cut) {
  leave(1, 3);
  Spool spool(path_);
  spool.drop(spool.front(2));
  const std::size_t before = size();
  spool.drop(spool.front(2));

  EXPECT_GT(before, 0u);
  EXPECT_EQ(size(), 0u);
  EXPECT_TRUE(spool.empty());
  EXPECT_THAT(numbers(spool.front(2)), IsEmpty());
}

TEST_F(SpoolTest, a_torn_tail_is_left_out_at_whatever_byte_it_ends) {
  leave(1, 2);
  const std::size_t two = size();
  leave(3, 3);
  const std::size_t three = size();
  for (std::size_t n = three - 1; n > two; --n) {
    std::filesystem::resize_file(path_, n);
    const auto chunk = Spool(path_).front(10);
    EXPECT_THAT(numbers(chunk), ElementsAre(1, 2)) << n;
    EXPECT_EQ(chunk.bytes + kSpoolHeaderBytes, n);
  }
  for (std::size_t n = kSpoolHeaderBytes; n > 0; --n) {
    std::filesystem::resize_file(path_, n - 1);
    EXPECT_TRUE(Spool(path_).empty()) << n;
  }
}

TEST_F(SpoolTest, behind_damage_nothing_is_believed_and_the_file_is_set_aside) {
  leave(1, 1);
  const std::size_t one = size();
  leave(2, 3);
  overwrite(one + kFrameHeaderBytes, '!');
  Spool spool(path_);
  const auto chunk = spool.front(10);
  spool.drop(chunk);

  EXPECT_THAT(numbers(chunk), ElementsAre(1));
  EXPECT_GT(chunk.rest_bytes, 0u);
  EXPECT_TRUE(spool.empty());
  EXPECT_TRUE(std::filesystem::exists(folder_ / "history.spool.damaged"));
  EXPECT_EQ(spool.append(records(4, 4), kRun), 1u);
}

TEST_F(SpoolTest, a_record_that_cannot_be_read_is_counted_and_passed) {
  leave(1, 1);
  {
    std::vector<std::byte> frame;
    append_frame(frame, as_bytes("no record"));
    std::ofstream(path_, std::ios::app | std::ios::binary) << as_text(frame);
  }
  leave(2, 2);
  const auto chunk = Spool(path_).front(10);

  EXPECT_THAT(numbers(chunk), ElementsAre(1, 2));
  EXPECT_EQ(chunk.unreadable, 1u);
}

TEST_F(SpoolTest, a_file_of_another_version_is_refused_and_something_else_set_aside) {
  leave(1, 1);
  overwrite(7, 99);
  EXPECT_THROW(Spool{path_}, std::runtime_error);
  overwrite(0, '?');
  const Spool spool(path_);

  EXPECT_TRUE(spool.empty());
  EXPECT_TRUE(std::filesystem::exists(folder_ / "history.spool.damaged"));
}

TEST_F(SpoolTest, beyond_the_cap_nothing_is_kept_until_the_file_is_cut) {
  leave(1, 3);
  const std::size_t cap = size();
  std::filesystem::remove(path_);
  Spool spool(path_, cap);

  EXPECT_EQ(spool.append(records(1, 5), kRun), 3u);
  EXPECT_NE(spool.refusal(), "");
  EXPECT_EQ(spool.append(records(4, 5), kRun), 0u);
  EXPECT_EQ(size(), cap);
  spool.drop(spool.front(10));
  EXPECT_EQ(spool.append(records(4, 5), kRun), 2u);
  EXPECT_EQ(spool.refusal(), "");
}

TEST_F(SpoolTest, a_record_longer_than_what_is_read_at_once_is_read) {
  Spool spool(path_);
  auto all = records(1, 3);
  all[1].event.room.metadata = std::string(600'000, 'm');
  spool.append(all, kRun);
  std::vector<std::int64_t> read;
  while (!spool.empty()) {
    const auto chunk = spool.front(10);
    for (const std::int64_t n : numbers(chunk)) read.push_back(n);
    spool.drop(chunk);
  }

  EXPECT_THAT(read, ElementsAre(1, 2, 3));
}

TEST_F(SpoolTest, two_processes_do_not_share_a_file) {
  const Spool first(path_);

  EXPECT_THROW(Spool{path_}, std::runtime_error);
}

}  // namespace
}  // namespace plenum::history
