#include "history/scribe.h"

#include <algorithm>
#include <utility>

#include "base/crypto.h"
#include "base/log.h"
#include "history/spool_format.h"
#include "store/recorded_runs.h"
#include "store/sessions.h"

namespace plenum::history {
namespace {

/// In one transaction, which must not take the store's patience.
constexpr std::size_t kMaxRecords = 64;

}  // namespace

Scribe::Scribe(Options options)
    : options_(std::move(options)), run_(crypto::random_text(kRunBytes)) {
  if (!options_.spool.empty()) spool_.emplace(options_.spool, options_.spool_max_bytes);
}

void Scribe::catch_up(store::Store& store) {
  const bool left_some = spool_ && !spool_->empty();
  const std::int64_t alive_ms = left_some ? spool_->touched_ms() : 0;
  std::uint64_t written = 0;
  while (spool_ && !spool_->empty()) {
    store.run([this](store::Database& db) { write(db, {}); });
    written += conclude({}, true).written;
  }
  if (left_some) log::info("history: {} events of the last run were on disk", written);
  if (spool_) spool_->clear();
  store.run([&](store::Database& db) {
    store::heartbeat(db, options_.node, alive_ms);
    store::forget_recorded(db, options_.node);
  });
}

void Scribe::write(store::Database& db, const Batch& batch) {
  written_ = refused_ = 0;
  if (spool_) chunk_ = spool_->front(kMaxRecords);
  if (!chunk_.records.empty()) write_each(db, chunk_.records, spool_->run());
  const bool all = !spool_ || spool_->holds_only(chunk_);
  direct_ = all ? std::min(batch.size(), kMaxRecords - chunk_.records.size()) : 0;
  write_each(db, std::span(batch).first(direct_), run_);
}

Scribe::Outcome Scribe::conclude(const Batch& batch, bool committed) {
  Outcome out;
  if (committed) {
    out.kept = direct_;
    out.written = written_;
    out.refused = refused_ + chunk_.unreadable;
    if (spool_) spool_->drop(chunk_);
  }
  chunk_ = {};
  direct_ = 0;
  if (!spool_) return out;
  // Behind what waits; but if nothing does any more, the store is the nearer place.
  if (!committed || !spool_->empty()) {
    out.kept += spool_->append(std::span(batch).subspan(out.kept), run_);
    out.refusal = spool_->refusal();
  }
  if (!committed) spool_->touch();
  out.spooled = spool_->waiting();
  out.spool_bytes = spool_->bytes();
  return out;
}

/// Each record on its own: one that the rules of the database refuse does not hold up the others.
void Scribe::write_each(store::Database& db, std::span<const Record> records,
                        const std::string& run) {
  if (records.empty()) return;
  const std::int64_t last = store::last_recorded(db, run);
  for (const Record& record : records) {
    if (record.number <= last) continue;
    db.savepoint();
    try {
      history::write(db, record, options_.node, options_.audience);
      db.release_savepoint();
      ++written_;
    } catch (const store::StoreError& e) {
      if (e.kind() == store::StoreError::Kind::unavailable || !db.alive()) throw;
      db.undo_to_savepoint();
      ++refused_;
      log::error("history: room {}: {}", record.event.room.sid, e.what());
    }
  }
  store::set_last_recorded(db, run, options_.node, std::max(last, records.back().number));
}

}  // namespace plenum::history
