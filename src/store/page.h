#pragma once
#include <cstdint>
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

}  // namespace plenum::store
