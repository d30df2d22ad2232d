#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace plenum::cli {

/// What somebody else chose, fit for a terminal: each control character becomes a question mark.
std::string printable(std::string_view utf8);

/// Rows of text in aligned columns, under a header. Counts code points, so wide and combining
/// characters shift what is behind them.
class Table {
 public:
  using Row = std::vector<std::string>;

  explicit Table(Row header) : rows_{std::move(header)} {}
  /// As many cells as the header has. Cells are made printable; an empty one is shown as "-".
  void add(const Row& row);
  std::string text() const;

 private:
  std::vector<Row> rows_;
};

}  // namespace plenum::cli
