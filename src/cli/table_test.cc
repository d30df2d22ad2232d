#include "cli/table.h"

#include <gtest/gtest.h>

namespace plenum::cli {
namespace {

TEST(Table, columns_are_aligned_by_code_points_and_the_last_one_is_not_padded) {
  Table table({"NAME", "STATE"});
  table.add({"José", "live"});
  table.add({"longer name", "idle"});
  table.add({"", ""});

  EXPECT_EQ(table.text(),
            "NAME         STATE\n"
            "José         live\n"
            "longer name  idle\n"
            "-            -\n");
}

TEST(Table, without_rows_it_is_its_header) {
  EXPECT_EQ(Table({"KEY", "NAME"}).text(), "KEY  NAME\n");
}

TEST(Printable, control_characters_do_not_reach_the_terminal_and_other_text_does) {
  EXPECT_EQ(printable("a\x1b[2J\n\x7f"), "a?[2J??");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "?31m");
  EXPECT_EQ(printable("é \xc2\xa0 ü 漢"), "é \xc2\xa0 ü 漢");
  EXPECT_EQ(printable("\xc2"), "\xc2");
}

}  // namespace
}  // namespace plenum::cli
