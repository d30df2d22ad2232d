#include "store/recorded_runs.h"

#include "store/test_database.h"

namespace plenum::store {
namespace {

class RecordedRuns : public WithTables {};
ON_BOTH_DATABASES(RecordedRuns);

TEST_P(RecordedRuns, each_run_has_its_own_number_until_its_server_forgets) {
  set_last_recorded(db, "first", "node-1", 5);
  set_last_recorded(db, "first", "node-1", 7);
  set_last_recorded(db, "second", "node-2", 3);

  EXPECT_EQ(last_recorded(db, "first"), 7);
  EXPECT_EQ(last_recorded(db, "second"), 3);
  EXPECT_EQ(last_recorded(db, "third"), 0);
  forget_recorded(db, "node-1");
  EXPECT_EQ(last_recorded(db, "first"), 0);
  EXPECT_EQ(last_recorded(db, "second"), 3);
}

}  // namespace
}  // namespace plenum::store
