#pragma once
#include <atomic>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "store/database.h"
#include "store/error.h"

/// For tests only: a database that passes everything on until it is told to fail.
namespace plenum::store {

/// How; may be changed from another thread.
struct Faults {
  std::atomic<bool> every_statement = false;
  /// It commits all the same.
  std::atomic<bool> answer_to_commit = false;
  std::atomic<StoreError::Kind> kind = StoreError::Kind::unavailable;
};

class FailingDatabase final : public Database {
 public:
  FailingDatabase(std::unique_ptr<Database> inner, const Faults& faults)
      : inner_(std::move(inner)), faults_(faults) {}

  void script(std::string_view sql) override { inner_->script(sql); }
  void begin(Access access) override { inner_->begin(access); }
  void commit() override {
    inner_->commit();
    if (faults_.answer_to_commit) fail();
  }
  void rollback() override { inner_->rollback(); }
  void savepoint() override { inner_->savepoint(); }
  void release_savepoint() override { inner_->release_savepoint(); }
  void undo_to_savepoint() override { inner_->undo_to_savepoint(); }
  Dialect dialect() const override { return inner_->dialect(); }
  bool alive() const override { return inner_->alive(); }
  void interrupt() noexcept override { inner_->interrupt(); }

 private:
  Answer run(std::string_view sql, std::span<const Param> params) override {
    if (faults_.every_statement) fail();
    return inner_->execute(sql, params);
  }
  [[noreturn]] void fail() const { throw StoreError(faults_.kind, "told to fail"); }

  const std::unique_ptr<Database> inner_;
  const Faults& faults_;
};

}  // namespace plenum::store
