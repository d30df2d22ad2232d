#include "base/slab.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <set>
#include <thread>
#include <vector>

namespace plenum::slab {
namespace {

TEST(Slab, gives_aligned_cells_that_do_not_overlap) {
  std::vector<std::pair<std::byte*, std::size_t>> cells;
  for (const std::size_t size : {0, 1, 64, 65, 1000, 4912, 8192, 8193, 100'000})
    for (int i = 0; i < 600; ++i) {
      auto* cell = static_cast<std::byte*>(take(size));
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(cell) % kAlignment, 0U);
      std::memset(cell, static_cast<int>(cells.size()), size);
      cells.emplace_back(cell, size);
    }
  for (std::size_t i = 0; i < cells.size(); ++i)
    for (std::size_t b = 0; b < cells[i].second; ++b)
      ASSERT_EQ(cells[i].first[b], static_cast<std::byte>(i)) << i;
  for (const auto& [cell, size] : cells) give(cell, size);
}

TEST(Slab, uses_again_what_was_given_back) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the heap of the sanitizer";
#endif
  std::vector<void*> first;
  for (int i = 0; i < 1000; ++i) first.push_back(take(320));
  const std::set<void*> known(first.begin(), first.end());
  for (void* cell : first) give(cell, 320);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(known.contains(take(300))) << "of the same 64 bytes";
  for (void* cell : first) give(cell, 320);
}

TEST(Slab, takes_a_cell_back_on_another_thread) {
  void* cell = take(128);
  std::thread([cell] {
    give(cell, 128);
    give(take(128), 128);
  }).join();
}

struct Thing : Object {
  std::vector<int, Allocator<int>> numbers{1, 2, 3};
};

TEST(Slab, holds_objects_and_what_their_containers_hold) {
  const std::unique_ptr<Thing> thing(new Thing);
  for (int i = 4; i < 5000; ++i) thing->numbers.push_back(i);
  EXPECT_EQ(thing->numbers[4000], 4001);
}

}  // namespace
}  // namespace plenum::slab
