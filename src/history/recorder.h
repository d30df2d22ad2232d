#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "history/record.h"
#include "history/scribe.h"
#include "store/store.h"

namespace plenum::history {

/// Takes control's events and has them written, in order and in batches, while control goes on.
/// What neither the store nor the disk takes now waits here and is tried again. Lives on the
/// control thread; sees one node.
class Recorder {
 public:
  struct Surroundings {
    /// Runs something on the control thread soon. Called from the store's thread.
    std::function<void(std::function<void()>)> post;
    /// Something was committed: the outbox may hold more.
    std::function<void()> written;
  };
  struct Counters {
    std::uint64_t written = 0, dropped = 0, refused = 0;
    /// For the store; and those of them that are on disk.
    std::size_t waiting = 0, spooled = 0;
    std::size_t spool_bytes = 0;
  };

  /// `store` must outlive it, and stop before this goes. The scribe is shared with the work that
  /// the store holds. When `max_waiting` records wait in memory, more are dropped and counted.
  Recorder(store::Store& store, std::shared_ptr<Scribe> scribe, Surroundings around,
           std::size_t max_waiting = 100'000);
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  void on_event(const control::DomainEvent& event);
  /// Calls `done` once all that was told so far is in the store: true, or false when the store
  /// could not take it now and it waits on disk, or in memory if that is not to be had either.
  void when_written(std::function<void(bool)> done);
  /// Tries again what waits. To be called about once a second.
  void retry();
  /// The store did not take something, and has not got all that waited since.
  bool is_behind() const { return behind_; }
  Counters counters() const;
  /// Of a room by its sid; empty while nobody has joined.
  std::string session_of(const std::string& room_sid) const;

 private:
  struct Live {
    Record::Session session;
    /// Of each whose join was written, while he is there: how many streams of each kind are on.
    std::map<std::string, std::map<std::string, int>> streams;
  };

  void add(Record record);
  void note_streams(Live& live, Record& record) const;
  void pump();
  void on_outcome(const Scribe::Outcome& outcome, const std::exception_ptr& error);
  void note_store(const std::exception_ptr& error);
  void complain(const std::string& why);
  void call_waiters(std::uint64_t count, bool ok);

  store::Store& store_;
  const std::shared_ptr<Scribe> scribe_;
  const Surroundings around_;
  const std::size_t max_waiting_;
  /// By the room's sid.
  std::map<std::string, Live> live_;
  std::deque<Record> queue_;
  /// The front of the queue, and what waits on disk, is with the store.
  bool in_flight_ = false;
  bool behind_ = false;
  std::uint64_t taken_ = 0, kept_ = 0, ticks_ = 0, quiet_until_ = 0;
  std::size_t spooled_ = 0;
  std::deque<std::pair<std::uint64_t, std::function<void(bool)>>> waiters_;
  Counters counters_;
};

}  // namespace plenum::history
