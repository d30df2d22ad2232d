#pragma once
#include <span>

#include "store/database.h"

namespace plenum::store {

/// One step of the schema. The text is the same for both databases but for these words, which
/// stand in braces: {bytes} the type of a byte string, {serial} a number that the database counts
/// up, as primary key.
struct Migration {
  int version = 0;
  const char* sql = "";
};

/// All steps of this program, ascending from 1 without a gap.
std::span<const Migration> migrations();

/// Brings the schema up to the last of `steps`, in one transaction, from whatever version it has;
/// safe when several servers start at once. Throws StoreError, with a sentence for the operator
/// when the schema is newer than this program.
void migrate(Database& db, std::span<const Migration> steps = migrations());

}  // namespace plenum::store
