#include "cli/table.h"

#include <algorithm>
#include <cassert>

namespace plenum::cli {
namespace {

constexpr std::string_view kGap = "  ";

std::size_t width(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

std::string printable(std::string_view utf8) {
  std::string out;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const char c = utf8[i];
    // U+0080 to U+009F are controls too (ISO 6429), and some terminals obey them.
    const bool c1 = c == '\xc2' && i + 1 < utf8.size() && (utf8[i + 1] & 0xe0) == 0x80;
    if (c1) ++i;
    out += c1 || (c >= 0 && c < ' ') || c == 0x7f ? '?' : c;
  }
  return out;
}

void Table::add(const Row& row) {
  assert(row.size() == rows_.front().size());
  Row& added = rows_.emplace_back();
  for (const std::string& cell : row) added.push_back(cell.empty() ? "-" : printable(cell));
}

std::string Table::text() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const Row& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  std::string out;
  for (const Row& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - width(row[i]), ' ').append(kGap);
    }
    out += '\n';
  }
  return out;
}

}  // namespace plenum::cli
