#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/time.h"
#include "store/database.h"

namespace plenum::store {

/// One connection and the thread that runs work on it, and a second thread, the keeper, that opens
/// a new connection when this one is lost and cuts it when a job takes too long. Any thread may
/// submit. While there is no connection work fails at once: it waits for nobody.
class Worker {
 public:
  using Connect = std::function<std::unique_ptr<Database>()>;

  struct Job {
    std::function<void(Database&)> work;
    /// Must not throw.
    std::function<void(std::exception_ptr)> done;
    bool exclusive = false;
  };

  struct Options {
    Access access = Access::write;
    /// Jobs that one COMMIT makes durable together.
    std::size_t max_group = 1;
    /// Jobs that may wait; more are refused.
    std::size_t max_waiting = 10'000;
    /// A job that waits so long for one answer loses its connection; nullopt = patience without
    /// end.
    std::optional<Duration> job_limit = std::nullopt;
    /// From one attempt to connect to the next, doubling.
    Duration retry_min = std::chrono::milliseconds(100);
    Duration retry_max = std::chrono::seconds(5);
  };

  Worker(std::unique_ptr<Database> database, Connect connect, const Options& options);
  ~Worker() { stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// False: too many wait, or stop() was called; then nothing will be called.
  [[nodiscard]] bool submit(Job job);
  /// Returns when everything accepted until now is done. Not for the worker's own thread.
  void flush();
  /// Refuses new work, finishes what was accepted, and joins the threads.
  void stop();

 private:
  using Batch = std::vector<Job>;
  using Outcomes = std::vector<std::exception_ptr>;

  void run();
  void keep();
  Batch take_batch();
  Outcomes run_batch(Database& db, const Batch& batch);
  std::exception_ptr run_in_group(Database& db, const Job& job);
  void note_progress();
  void drop_if_lost();
  void reconnect(std::unique_lock<std::mutex>& lock);
  void watch(std::unique_lock<std::mutex>& lock);

  const Connect connect_;
  const Options options_;

  std::mutex mutex_;  // guards everything below
  std::condition_variable work_came_, work_done_, keeper_called_;
  std::deque<Job> waiting_;
  /// Used outside the lock by run() alone, replaced by keep() only while it is empty.
  std::unique_ptr<Database> database_;
  bool busy_ = false;
  bool stopping_ = false;
  /// Counts finished jobs and commits, so that the keeper sees whether anything moves.
  std::uint64_t progress_ = 0;

  std::thread worker_, keeper_;
};

}  // namespace plenum::store
