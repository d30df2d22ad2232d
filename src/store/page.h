#pragma once
#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace plenum::store {

/// Which part of a listing; all listings are newest first.
struct PageRequest {
  /// From 1.
  std::int64_t page = 1;
  /// The caller has bounded it.
  std::int64_t per_page = 20;

  std::int64_t offset() const { return (page - 1) * per_page; }
};

template <class T>
struct Page {
  std::vector<T> items;
  /// Rows on all pages.
  std::int64_t total = 0;
};

/// How to reach a page of `total` rows by skipping at most half of them: from the oldest end when
/// it is nearer.
struct Window {
  std::int64_t limit = 0, offset = 0;
  std::string_view direction = "DESC";
};

inline Window window(const PageRequest& page, std::int64_t total) {
  const std::int64_t before = page.offset();
  const std::int64_t rows = std::clamp<std::int64_t>(total - before, 0, page.per_page);
  if (before <= total / 2) return {.limit = rows, .offset = before};
  return {.limit = rows,
          .offset = std::max<std::int64_t>(total - before - rows, 0),
          .direction = "ASC"};
}

}  // namespace plenum::store
