#include "store/recorded_runs.h"

namespace plenum::store {

std::int64_t last_recorded(Database& db, const std::string& run) {
  const Answer found = db.execute("SELECT last FROM recorded_runs WHERE run = $1", {run});
  return found.rows.empty() ? 0 : found.rows.front().integer(0);
}

void set_last_recorded(Database& db, const std::string& run, const std::string& node,
                       std::int64_t number) {
  db.execute(
      "INSERT INTO recorded_runs (run, node, last) VALUES ($1, $2, $3) "
      "ON CONFLICT (run) DO UPDATE SET last = excluded.last",
      {run, node, number});
}

void forget_recorded(Database& db, const std::string& node) {
  db.execute("DELETE FROM recorded_runs WHERE node = $1", {node});
}

}  // namespace plenum::store
