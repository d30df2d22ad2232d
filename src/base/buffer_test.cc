#include "base/buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace plenum {
namespace {

std::vector<std::byte> counting(std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i);
  return bytes;
}

TEST(Buffer, keeps_what_it_holds_when_it_is_compacted) {
  for (const std::size_t size : {0, 1, 255, 256, 257, 1200, 1344, 1345, 2048}) {
    const std::vector<std::byte> bytes = counting(size);
    Buffer b = Buffer::copy_of(bytes);
    EXPECT_EQ(b.storage().size(), Buffer::kCapacity);

    b.compact();
    EXPECT_TRUE(std::ranges::equal(b.bytes(), bytes)) << size;
    EXPECT_GE(b.storage().size(), size);
    EXPECT_LE(b.storage().size(), std::max<std::size_t>(256, size * 6));
    const Buffer copy = Buffer::compact_copy_of(bytes);
    EXPECT_TRUE(std::ranges::equal(copy.bytes(), bytes)) << size;
  }
  Buffer none;
  none.compact();
  EXPECT_FALSE(none);
}

TEST(Buffer, gives_its_cell_to_the_next_of_the_same_kind) {
  const std::byte* small = nullptr;
  {
    const Buffer b = Buffer::compact_copy_of(counting(100));
    small = b.bytes().data();
  }
  Buffer large = Buffer::allocate();
  EXPECT_NE(large.storage().data(), small);
  Buffer moved = Buffer::compact_copy_of(counting(50));
  EXPECT_EQ(moved.bytes().data(), small);
  large = std::move(moved);
  EXPECT_EQ(large.bytes().data(), small);
  EXPECT_EQ(large.storage().size(), 256U);
}

}  // namespace
}  // namespace plenum
