#pragma once
#include <string>

#include "history/record.h"
#include "store/database.h"
#include "store/sessions.h"

namespace plenum::history {

/// Which server writes.
using NodeName = std::string;

/// Writes the rows of a record and puts its webhooks into the outbox. Inside a transaction.
void write(store::Database& db, const Record& record, const NodeName& node,
           const Audience& audience);

/// For a server's start: ends the sessions that its last run left open, at its last sign of life,
/// and tells the audience. False when nothing is left; call it in a transaction of its own each
/// time.
bool close_dangling(store::Database& db, const NodeName& node, const Audience& audience);

/// A file of a job that has ended will not be uploaded: stores the job, which says why, and tells
/// the audience, as of a job that failed. Inside a transaction.
void upload_failed(store::Database& db, const control::EgressJob& job, std::int64_t at_ms,
                   const Audience& audience);

/// Stores the end of a job that take_abandoned() gave, and tells the audience; once, however often
/// it is called. Inside a transaction.
void end_abandoned(store::Database& db, const control::EgressJob& job, std::int64_t at_ms,
                   const NodeName& node, const Audience& audience);

/// For a session whose room nobody has any more: ends it now and tells the audience. False when it
/// had ended. Inside a transaction.
bool end_forgotten(store::Database& db, const store::Session& session, std::int64_t at_ms,
                   const Audience& audience);

}  // namespace plenum::history
