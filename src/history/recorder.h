#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "history/record.h"
#include "history/write.h"
#include "store/store.h"

namespace plenum::history {

/// Takes control's events and writes them to the store, in order and in batches, while control goes
/// on. What the store cannot take now waits and is tried again. Lives on the control thread; sees
/// one node.
class Recorder {
 public:
  struct Options {
    NodeName node;
    Audience audience;
    /// Records that may wait for the store; beyond that the newest are dropped and counted.
    std::size_t max_waiting = 100'000;
  };
  struct Surroundings {
    /// Runs something on the control thread soon. Called from the store's thread.
    std::function<void(std::function<void()>)> post;
    /// Something was committed: the outbox may hold more.
    std::function<void()> written;
  };
  struct Counters {
    std::uint64_t written = 0, dropped = 0, refused = 0;
    std::size_t waiting = 0;
  };

  /// `store` must outlive it, and stop before this goes.
  Recorder(store::Store& store, Options options, Surroundings around);
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  void on_event(const control::DomainEvent& event);
  /// Calls `done` once all that was told so far is in the store: true, or false when the store
  /// could not take it now.
  void when_written(std::function<void(bool)> done);
  /// Tries again what waits. To be called about once a second.
  void retry() { pump(); }
  Counters counters() const;
  /// Of a room by its sid; empty while nobody has joined.
  std::string session_of(const std::string& room_sid) const;

 private:
  struct Live {
    Record::Session session;
    /// Of who is there: how many streams of each kind are on.
    std::map<std::string, std::map<std::string, int>> streams;
  };
  using Batch = std::vector<Record>;

  void add(Record record);
  void note_streams(Live& live, Record& record) const;
  void pump();
  void on_result(std::size_t count, std::uint64_t refused, const std::exception_ptr& error);
  void call_waiters(bool ok);

  store::Store& store_;
  const std::shared_ptr<const Options> options_;
  const Surroundings around_;
  /// By the room's sid.
  std::map<std::string, Live> live_;
  std::deque<Record> queue_;
  /// Of the front of the queue, being written.
  std::size_t in_flight_ = 0;
  std::uint64_t taken_ = 0, finished_ = 0;
  std::deque<std::pair<std::uint64_t, std::function<void(bool)>>> waiters_;
  Counters counters_;
};

}  // namespace plenum::history
