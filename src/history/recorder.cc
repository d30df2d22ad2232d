#include "history/recorder.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/log.h"
#include "store/ids.h"

namespace plenum::history {
namespace {

constexpr std::size_t kMaxBatch = 64;

std::string kind_of(const control::TrackDescription& track) {
  switch (track.source) {
    case control::TrackSource::camera:
      return "webcam";
    case control::TrackSource::microphone:
      return "mic";
    case control::TrackSource::screen_share:
      return "screen_share";
    case control::TrackSource::screen_share_audio:
      return "screen_share_audio";
    case control::TrackSource::unknown:
      break;
  }
  return track.kind == MediaKind::audio ? "mic" : "webcam";
}

bool watches_over(const control::ParticipantSnapshot& p) {
  return p.permissions.hidden || p.permissions.recorder ||
         p.kind == control::ParticipantKind::egress;
}

bool ends_session(const control::DomainEvent::What& what) {
  return std::holds_alternative<control::RoomFinished>(what) ||
         std::holds_alternative<control::RoomIdle>(what);
}

/// What neither rows nor webhooks speak of.
bool is_momentary(const control::DomainEvent::What& what) {
  return std::holds_alternative<control::EntryRequested>(what) ||
         std::holds_alternative<control::EntryWithdrawn>(what) ||
         std::holds_alternative<control::EntryAnswered>(what) ||
         std::holds_alternative<control::MediaRequested>(what) ||
         std::holds_alternative<control::FocusChanged>(what);
}

/// +1 when the event turns a stream on, -1 when it turns one off.
int change_of(const control::DomainEvent::What& what, const control::TrackDescription*& track) {
  if (const auto* e = std::get_if<control::TrackAdded>(&what)) {
    track = &e->track;
    return e->track.muted ? 0 : 1;
  }
  if (const auto* e = std::get_if<control::TrackRemoved>(&what)) {
    track = &e->track;
    return e->track.muted ? 0 : -1;
  }
  if (const auto* e = std::get_if<control::TrackMuteChanged>(&what)) {
    track = &e->track;
    return e->track.muted ? -1 : 1;
  }
  return 0;
}

/// Each record on its own: one that the rules of the database refuse does not hold up the others.
std::uint64_t write_all(store::Database& db, const std::vector<Record>& batch, const NodeName& node,
                        const Audience& audience) {
  std::uint64_t refused = 0;
  for (const Record& record : batch) {
    db.savepoint();
    try {
      write(db, record, node, audience);
      db.release_savepoint();
    } catch (const store::StoreError& e) {
      if (e.kind() == store::StoreError::Kind::unavailable || !db.alive()) throw;
      db.undo_to_savepoint();
      ++refused;
      log::error("history: room {}: {}", record.event.room.sid, e.what());
    }
  }
  return refused;
}

}  // namespace

Recorder::Recorder(store::Store& store, Options options, Surroundings around)
    : store_(store),
      options_(std::make_shared<const Options>(std::move(options))),
      around_(std::move(around)) {}

void Recorder::on_event(const control::DomainEvent& event) {
  if (is_momentary(event.what)) return;
  Record record;
  record.event = event;
  if (event.participant) record.in_history = !watches_over(*event.participant);
  const bool joins = std::holds_alternative<control::ParticipantJoined>(event.what);
  auto live = live_.find(event.room.sid);
  if (live == live_.end() && joins && record.in_history) {
    live = live_.emplace(event.room.sid, Live{}).first;
    live->second.session = {store::new_id(event.at_ms), event.at_ms};
    Record start = record;
    start.what = Record::What::session_start;
    start.session = live->second.session;
    add(std::move(start));
  }
  if (live == live_.end()) {
    if (std::holds_alternative<control::RoomIdle>(event.what)) return;
    record.in_history = false;
    return add(std::move(record));
  }
  record.session = live->second.session;
  if (event.participant && record.in_history) note_streams(live->second, record);
  if (ends_session(event.what)) {
    live_.erase(live);
    Record end = record;
    end.what = Record::What::session_end;
    add(std::move(end));
  }
  add(std::move(record));
}

void Recorder::note_streams(Live& live, Record& record) const {
  const control::DomainEvent& event = record.event;
  const std::string& identity = event.participant->identity;
  if (std::holds_alternative<control::ParticipantLeft>(event.what)) {
    live.streams.erase(identity);
    return;
  }
  const control::TrackDescription* track = nullptr;
  const int change = change_of(event.what, track);
  if (change == 0) return;
  const std::string kind = kind_of(*track);
  int& on = live.streams[identity][kind];
  const int before = std::exchange(on, std::max(0, on + change));
  if (before == 0 && on == 1) record.stream_started = kind;
  if (before == 1 && on == 0) record.stream_ended = kind;
}

void Recorder::add(Record record) {
  if (queue_.size() >= options_->max_waiting) {
    if (counters_.dropped++ == 0) log::error("history: the store takes nothing; events are lost");
    return;
  }
  record.id = store::new_id(record.event.at_ms);
  queue_.push_back(std::move(record));
  ++taken_;
  pump();
}

void Recorder::pump() {
  if (in_flight_ > 0 || queue_.empty()) return;
  in_flight_ = std::min(queue_.size(), kMaxBatch);
  const auto batch = std::make_shared<const Batch>(
      queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(in_flight_));
  const auto refused = std::make_shared<std::uint64_t>(0);
  const bool accepted = store_.submit(
      [batch, refused, options = options_](store::Database& db) {
        *refused = write_all(db, *batch, options->node, options->audience);
      },
      [this, count = in_flight_, refused](std::exception_ptr error) {
        around_.post([this, count, refused, error = std::move(error)] {
          on_result(count, *refused, error);
        });
      });
  if (accepted) return;
  in_flight_ = 0;
  call_waiters(false);
}

void Recorder::on_result(std::size_t count, std::uint64_t refused,
                         const std::exception_ptr& error) {
  in_flight_ = 0;
  if (error) {
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& e) {
      log::warn("history: {} events wait for the store: {}", queue_.size(), e.what());
    }
    return call_waiters(false);
  }
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
  finished_ += count;
  counters_.written += count - refused;
  counters_.refused += refused;
  if (around_.written) around_.written();
  call_waiters(true);
  pump();
}

void Recorder::when_written(std::function<void(bool)> done) {
  if (finished_ == taken_) return done(true);
  waiters_.emplace_back(taken_, std::move(done));
  pump();
}

void Recorder::call_waiters(bool ok) {
  while (!waiters_.empty() && (!ok || waiters_.front().first <= finished_)) {
    const auto done = std::move(waiters_.front().second);
    waiters_.pop_front();
    done(ok);
  }
}

std::string Recorder::session_of(const std::string& room_sid) const {
  const auto it = live_.find(room_sid);
  return it == live_.end() ? std::string() : it->second.session.id;
}

Recorder::Counters Recorder::counters() const {
  Counters out = counters_;
  out.waiting = queue_.size();
  return out;
}

}  // namespace plenum::history
