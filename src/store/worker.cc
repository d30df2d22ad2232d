#include "store/worker.h"

#include <algorithm>

#include "base/log.h"

namespace plenum::store {
namespace {

/// How often the keeper looks whether a job moves. On a busy machine each look comes late, and that
/// adds up over a job's limit.
constexpr auto kTick = std::chrono::milliseconds(100);

std::exception_ptr no_connection() {
  return std::make_exception_ptr(
      StoreError(StoreError::Kind::unavailable, "there is no connection to the database"));
}

void roll_back_quietly(Database& db) {
  try {
    db.rollback();
  } catch (const StoreError&) {
    // Then the connection is lost, and the transaction with it.
  }
}

}  // namespace

Worker::Worker(std::unique_ptr<Database> database, Connect connect, const Options& options)
    : connect_(std::move(connect)), options_(options), database_(std::move(database)) {
  worker_ = std::thread([this] { run(); });
  keeper_ = std::thread([this] { keep(); });
}

bool Worker::submit(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || waiting_.size() >= options_.max_waiting) return false;
    waiting_.push_back(std::move(job));
  }
  work_came_.notify_one();
  return true;
}

void Worker::flush() {
  std::unique_lock lock(mutex_);
  work_done_.wait(lock, [&] { return waiting_.empty() && !busy_; });
}

void Worker::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_came_.notify_all();
  if (worker_.joinable()) worker_.join();
  // The keeper watches over the last jobs too.
  keeper_called_.notify_all();
  if (keeper_.joinable()) keeper_.join();
}

void Worker::run() {
  for (;;) {
    Database* database;
    Batch batch;
    {
      std::unique_lock lock(mutex_);
      work_came_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      batch = take_batch();
      busy_ = true;
      database = database_.get();
    }
    Outcomes outcomes =
        database ? run_batch(*database, batch) : Outcomes(batch.size(), no_connection());
    drop_if_lost();
    for (std::size_t i = 0; i < batch.size(); ++i) batch[i].done(std::move(outcomes[i]));
    batch.clear();  // what the jobs hold is gone before flush() returns
    {
      const std::lock_guard lock(mutex_);
      busy_ = false;
    }
    work_done_.notify_all();
  }
}

Worker::Batch Worker::take_batch() {
  Batch batch;
  while (!waiting_.empty() && batch.size() < options_.max_group) {
    const bool exclusive = waiting_.front().exclusive;
    if (exclusive && !batch.empty()) break;
    batch.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    if (exclusive) break;
  }
  return batch;
}

/// All jobs in one transaction. An error inside a job is that job's alone; an error of the
/// transaction is everybody's.
Worker::Outcomes Worker::run_batch(Database& db, const Batch& batch) {
  Outcomes outcomes(batch.size());
  try {
    db.begin(options_.access);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      outcomes[i] = run_in_group(db, batch[i]);
      note_progress();
    }
    db.commit();
    note_progress();
  } catch (...) {
    for (std::exception_ptr& outcome : outcomes)
      if (!outcome) outcome = std::current_exception();
    roll_back_quietly(db);
  }
  return outcomes;
}

/// The savepoint is there for single jobs too: releasing it fails if the job swallowed an error
/// that spoilt the transaction, where PostgreSQL's COMMIT would silently roll back.
std::exception_ptr Worker::run_in_group(Database& db, const Job& job) {
  db.savepoint();
  try {
    job.work(db);
    db.release_savepoint();
    return nullptr;
  } catch (...) {
    const std::exception_ptr error = std::current_exception();
    if (!db.alive()) return error;  // COMMIT will fail for the others
    db.undo_to_savepoint();
    return error;
  }
}

void Worker::note_progress() {
  const std::lock_guard lock(mutex_);
  ++progress_;
}

void Worker::drop_if_lost() {
  {
    const std::lock_guard lock(mutex_);
    if (!database_ || database_->alive()) return;
    database_.reset();
  }
  keeper_called_.notify_all();
}

void Worker::keep() {
  std::unique_lock lock(mutex_);
  const auto finished = [&] { return stopping_ && waiting_.empty() && !busy_; };
  while (!finished()) {
    if (!database_)
      reconnect(lock);
    else if (options_.job_limit)
      watch(lock);
    else
      keeper_called_.wait(lock, [&] { return finished() || !database_; });
  }
}

void Worker::reconnect(std::unique_lock<std::mutex>& lock) {
  log::warn("The connection to the database is lost");
  Duration pause = options_.retry_min;
  while (!stopping_) {
    lock.unlock();
    std::unique_ptr<Database> found;
    try {
      found = connect_();
    } catch (const StoreError& e) {
      log::debug("Database: {}", e.what());
    }
    lock.lock();
    if (found) {
      database_ = std::move(found);
      log::info("Connected to the database again");
      return;
    }
    keeper_called_.wait_for(lock, pause, [&] { return stopping_; });
    pause = std::min(2 * pause, options_.retry_max);
  }
  // Whoever still waits is refused by run(), for want of a connection.
  keeper_called_.wait(lock, [&] { return waiting_.empty() && !busy_; });
}

/// Returns when the connection is lost or the worker is done. Compares from tick to tick, since
/// only `io` may read a clock.
void Worker::watch(std::unique_lock<std::mutex>& lock) {
  const auto limit = std::max<std::int64_t>(1, *options_.job_limit / kTick);
  const auto progress = [this] { return progress_ + (database_ ? database_->answered() : 0); };
  std::int64_t idle_ticks = 0;
  std::uint64_t seen = progress();
  while (database_ && !(stopping_ && waiting_.empty() && !busy_)) {
    keeper_called_.wait_for(lock, kTick);
    const std::uint64_t now = progress();
    idle_ticks = busy_ && now == seen ? idle_ticks + 1 : 0;
    seen = now;
    if (database_ && idle_ticks >= limit) {
      database_->interrupt();
      idle_ticks = 0;
    }
  }
}

}  // namespace plenum::store
