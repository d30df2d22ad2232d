#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "history/recorder.h"
#include "store/participants.h"
#include "store/sessions.h"

/// For tests of history: people, an audience of one, and one run of a server.
namespace plenum::history {

inline constexpr const char* kKey = "key";
inline constexpr std::int64_t kStart = 1'700'000'000'000;

/// Words that name a record and say when it was.
inline std::optional<Message> render(const Record& r) {
  const char* names[] = {"event", "start", "end"};
  return Message{names[static_cast<int>(r.what)] + std::to_string(r.event.what.index()), "{}"};
}

inline Audience audience() {
  return {.livekit = {render, {"https://example.com/livekit"}},
          .videosdk = {render, {}},
          .asks_for = [](const std::string&, const std::string&) { return true; }};
}

inline control::SnapshotPtr person(const std::string& identity, bool hidden = false) {
  auto p = std::make_shared<control::ParticipantSnapshot>();
  p->identity = identity;
  p->name = identity + " name";
  p->joined_at_ms = kStart;
  p->permissions.hidden = hidden;
  return p;
}

inline control::TrackDescription camera(const std::string& sid, bool muted = false) {
  control::TrackDescription track;
  track.sid = sid;
  track.kind = MediaKind::video;
  track.source = control::TrackSource::camera;
  track.muted = muted;
  track.codecs.emplace_back().codec = codec::Codec::vp8;
  return track;
}

/// A server's run as history sees it: a recorder on a store, in virtual time. What the store's
/// thread posts runs in settle().
class ServerRun {
 public:
  explicit ServerRun(store::Store& store, std::filesystem::path spool = {},
                     std::size_t spool_max_bytes = Spool::kMaxBytes,
                     std::size_t max_waiting = 100'000)
      : store_(store),
        scribe_(std::make_shared<Scribe>(Scribe::Options{.node = "node",
                                                         .audience = audience(),
                                                         .spool = std::move(spool),
                                                         .spool_max_bytes = spool_max_bytes})),
        recorder_(store, scribe_,
                  {.post = [this](std::function<void()> run) { post(std::move(run)); },
                   .written = nullptr},
                  max_waiting) {
    scribe_->catch_up(store);
  }
  ~ServerRun() { store_.flush(); }
  ServerRun(const ServerRun&) = delete;
  ServerRun& operator=(const ServerRun&) = delete;

  void tell(control::DomainEvent::What what, control::SnapshotPtr who = nullptr) {
    control::DomainEvent event{.api_key = kKey,
                               .room = {},
                               .participant = std::move(who),
                               .at_ms = at_ms += 1000,
                               .what = std::move(what)};
    event.room.sid = "RM_1";
    event.room.name = "room";
    event.room.creation_time_ms = kStart;
    recorder_.on_event(event);
  }

  /// Whether all that was told is in the store; waits until it is there or somewhere else.
  bool settle() {
    std::optional<bool> ok;
    recorder_.when_written([&](bool written) { ok = written; });
    while (!ok) run_one();
    while (in_flight()) run_one();
    return *ok;
  }
  /// A second passes, and what that begins comes to its end.
  void tick() {
    recorder_.retry();
    store_.flush();
    while (in_flight()) run_one();
  }

  Recorder& recorder() { return recorder_; }
  Scribe& scribe() { return *scribe_; }
  std::int64_t at_ms = kStart;

 private:
  void post(std::function<void()> run) {
    const std::lock_guard lock(mutex_);
    work_.push_back(std::move(run));
    posted_.notify_one();
  }
  bool in_flight() {
    store_.flush();
    const std::lock_guard lock(mutex_);
    return !work_.empty();
  }
  void run_one() {
    std::unique_lock lock(mutex_);
    posted_.wait(lock, [&] { return !work_.empty(); });
    const auto run = std::move(work_.front());
    work_.pop_front();
    lock.unlock();
    run();
  }

  store::Store& store_;
  std::mutex mutex_;  // guards the queue of what was posted
  std::condition_variable posted_;
  std::deque<std::function<void()>> work_;
  std::shared_ptr<Scribe> scribe_;
  Recorder recorder_;
};

inline std::vector<store::Session> sessions_in(store::Store& store) {
  std::vector<store::Session> out;
  store.run([&](store::Database& db) { out = list_sessions(db, kKey, {}, {}).items; });
  return out;
}
inline std::vector<store::Participant> people_in(store::Store& store, const std::string& session) {
  std::vector<store::Participant> out;
  store.run([&](store::Database& db) {
    out = list_participants(db, kKey, session, store::Present::all, {}).items;
  });
  return out;
}
/// Types of the webhooks that wait, in order.
inline std::vector<std::string> told_in(store::Store& store) {
  std::vector<std::string> out;
  store.run([&](store::Database& db) {
    for (const store::Row& row : db.execute("SELECT type FROM outbox_events ORDER BY seq").rows)
      out.push_back(row.text(0));
  });
  return out;
}

}  // namespace plenum::history
