#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "history/record.h"
#include "history/spool.h"
#include "history/write.h"
#include "store/store.h"

namespace plenum::history {

/// Brings records into the store in their order, each once, whatever is tried again; what the store
/// does not take now is kept on disk and goes first the next time. Lives on the store's thread.
class Scribe {
 public:
  using Batch = std::vector<Record>;

  struct Options {
    NodeName node;
    Audience audience;
    /// Where records wait; empty = nowhere, they stay with the caller.
    std::filesystem::path spool{};
    std::size_t spool_max_bytes = Spool::kMaxBytes;
  };
  /// What became of a batch.
  struct Outcome {
    /// The first of its records that are in the store or on disk.
    std::size_t kept = 0;
    /// Of those now in the store, from the disk as well: written, or refused by its rules.
    std::uint64_t written = 0, refused = 0;
    /// On disk.
    std::size_t spooled = 0, spool_bytes = 0;
    /// Why the disk did not take all it should have.
    std::string refusal;
  };

  /// Throws std::runtime_error.
  explicit Scribe(Options options);

  /// For a server's start: writes what its former run left on disk. Throws.
  void catch_up(store::Store& store);

  /// Inside a transaction: what waits on disk, and the batch if all of it comes to few records.
  void write(store::Database& db, const Batch& batch);
  /// After the transaction of write(), or instead of it.
  Outcome conclude(const Batch& batch, bool committed);

 private:
  void write_each(store::Database& db, std::span<const Record> records, const std::string& run);

  const Options options_;
  /// Of this process.
  const std::string run_;
  std::optional<Spool> spool_;
  /// Written by write(), not committed yet.
  Spool::Chunk chunk_;
  std::size_t direct_ = 0;
  std::uint64_t written_ = 0, refused_ = 0;
};

}  // namespace plenum::history
