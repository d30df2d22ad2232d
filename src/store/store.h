#pragma once
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/time.h"
#include "store/database.h"
#include "store/worker.h"

namespace plenum::store {

/// The durable store of one server: runs SQL off the control thread. Writes go through one
/// connection with group commit: whatever waits is committed together, so that many small
/// transactions share one sync of the disk. Reads have a connection of their own, which a long
/// listing may keep. May be used from any thread; `work` and `done` run on the store's threads, and
/// the caller posts the outcome to his own loop.
class Store {
 public:
  using Connect = Worker::Connect;
  /// Runs inside a transaction, and must leave it open.
  using Work = std::function<void(Database&)>;
  /// Gets nullptr after the COMMIT, else what went wrong: mostly a StoreError. Must not throw.
  using Done = std::function<void(std::exception_ptr)>;

  struct Options {
    /// Jobs in one COMMIT.
    std::size_t max_group = 256;
    /// Jobs waiting in each of the two queues; more are refused.
    std::size_t max_waiting = 10'000;
    /// False for a database that lives in one connection's memory: reads queue with the writes.
    bool separate_reads = true;
    /// A job that waits so long for one answer fails as unavailable; nullopt for a local file.
    std::optional<Duration> job_limit = std::nullopt;
    Duration retry_min = std::chrono::milliseconds(100);
    Duration retry_max = std::chrono::seconds(5);
  };

  /// Connects and brings the schema up to date. Throws StoreError.
  Store(const Connect& connect, const Options& options);

  /// All three: false = refused because too many wait or stop() was called; then neither function
  /// is called.
  [[nodiscard]] bool submit(Work work, Done done);
  /// In a transaction of its own, for long or odd work that should not delay or spoil others.
  [[nodiscard]] bool submit_exclusive(Work work, Done done);
  /// In a read-only snapshot.
  [[nodiscard]] bool submit_read(Work work, Done done);

  /// Waits for submit() and throws what it would report. For start-up and tools, not for loops.
  void run(Work work);

  /// Returns when everything accepted until now is done.
  void flush();
  /// Refuses new work, finishes what was accepted, ends the threads.
  void stop();

 private:
  Store(std::unique_ptr<Database> first, const Connect& connect, const Options& options);

  std::unique_ptr<Worker> writer_, reader_;
};

/// Opens the store at `where`: a postgresql:// URL; ":memory:", which ends with the process; else
/// the path of an SQLite file. Throws StoreError.
std::unique_ptr<Store> open_store(const std::string& where);

}  // namespace plenum::store
