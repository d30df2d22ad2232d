#include "store/database.h"

namespace plenum::store {

Transaction::~Transaction() {
  if (!open_) return;
  try {
    db_.rollback();
  } catch (const StoreError&) {
    // A lost connection rolls back by itself; the error that brought us here is already on its way.
  }
}

}  // namespace plenum::store
