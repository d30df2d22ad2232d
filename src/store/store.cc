#include "store/store.h"

#include <future>

#include "store/migrations.h"
#include "store/postgres_database.h"
#include "store/sqlite_database.h"

namespace plenum::store {
namespace {

/// With the keeper's ticks this answers within a second.
constexpr auto kJobLimit = std::chrono::milliseconds(800);

Worker::Options writing(const Store::Options& o) {
  return {.access = Access::write,
          .max_group = o.max_group,
          .max_waiting = o.max_waiting,
          .job_limit = o.job_limit,
          .retry_min = o.retry_min,
          .retry_max = o.retry_max};
}

/// A listing gains nothing from another's snapshot: one job each.
Worker::Options reading(const Store::Options& o) {
  Worker::Options options = writing(o);
  options.access = Access::read;
  options.max_group = 1;
  return options;
}

std::unique_ptr<Database> migrated(std::unique_ptr<Database> database) {
  migrate(*database);
  return database;
}

}  // namespace

Store::Store(const Connect& connect, const Options& options)
    : Store(migrated(connect()), connect, options) {}

Store::Store(std::unique_ptr<Database> first, const Connect& connect, const Options& options) {
  auto second = options.separate_reads ? connect() : nullptr;
  writer_ = std::make_unique<Worker>(std::move(first), connect, writing(options));
  if (second) reader_ = std::make_unique<Worker>(std::move(second), connect, reading(options));
}

bool Store::submit(Work work, Done done) {
  return writer_->submit({.work = std::move(work), .done = std::move(done)});
}

bool Store::submit_exclusive(Work work, Done done) {
  return writer_->submit({.work = std::move(work), .done = std::move(done), .exclusive = true});
}

bool Store::submit_read(Work work, Done done) {
  return (reader_ ? *reader_ : *writer_).submit({.work = std::move(work), .done = std::move(done)});
}

void Store::run(Work work) {
  std::promise<std::exception_ptr> outcome;
  const bool accepted = submit(
      std::move(work), [&](std::exception_ptr error) { outcome.set_value(std::move(error)); });
  if (!accepted) throw StoreError(StoreError::Kind::unavailable, "the store takes no more work");
  if (const std::exception_ptr error = outcome.get_future().get()) std::rethrow_exception(error);
}

void Store::flush() {
  writer_->flush();
  if (reader_) reader_->flush();
}

void Store::stop() {
  writer_->stop();
  if (reader_) reader_->stop();
}

std::unique_ptr<Store> open_store(const std::string& where) {
  if (where.starts_with("postgresql://") || where.starts_with("postgres://"))
    return std::make_unique<Store>([where] { return open_postgres(where); },
                                   Store::Options{.job_limit = kJobLimit});
  return std::make_unique<Store>([where] { return open_sqlite(where); },
                                 Store::Options{.separate_reads = where != ":memory:"});
}

}  // namespace plenum::store
