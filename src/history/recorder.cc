#include "history/recorder.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/log.h"
#include "store/ids.h"

namespace plenum::history {
namespace {

constexpr std::size_t kMaxBatch = 64;
/// A minute, as retry() is called.
constexpr std::uint64_t kTicksBetweenComplaints = 60;

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

}  // namespace

Recorder::Recorder(store::Store& store, std::shared_ptr<Scribe> scribe, Surroundings around,
                   std::size_t max_waiting)
    : store_(store),
      scribe_(std::move(scribe)),
      around_(std::move(around)),
      max_waiting_(max_waiting) {}

void Recorder::on_event(const control::DomainEvent& event) {
  if (is_momentary(event.what)) return;
  Record record;
  record.event = event;
  if (const auto* egress = std::get_if<control::EgressChanged>(&event.what)) {
    // It may end its work after the session has ended.
    record.session.id = egress->job.session;
    return add(std::move(record));
  }
  const bool joins = std::holds_alternative<control::ParticipantJoined>(event.what);
  if (joins) record.in_history = !watches_over(*event.participant);
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
    if (std::holds_alternative<control::RoomIdle>(event.what) ||
        std::holds_alternative<control::TransportMeasured>(event.what))
      return;
    record.in_history = false;
    return add(std::move(record));
  }
  record.session = live->second.session;
  if (event.participant) {
    // Whoever becomes hidden later still leaves, and whoever came hidden was never there.
    auto& streams = live->second.streams;
    if (joins && record.in_history) streams[event.participant->identity].clear();
    record.in_history = streams.contains(event.participant->identity);
  }
  if (!record.in_history && std::holds_alternative<control::TransportMeasured>(event.what)) return;
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
  if (queue_.size() >= max_waiting_) {
    ++counters_.dropped;
    return complain("too many events wait");
  }
  record.id = store::new_id(record.event.at_ms);
  record.number = static_cast<std::int64_t>(++taken_);
  queue_.push_back(std::move(record));
  pump();
}

void Recorder::retry() {
  ++ticks_;
  pump();
}

void Recorder::pump() {
  if (in_flight_ || (queue_.empty() && spooled_ == 0)) return;
  const auto size = static_cast<std::ptrdiff_t>(std::min(queue_.size(), kMaxBatch));
  const auto batch = std::make_shared<const Scribe::Batch>(queue_.begin(), queue_.begin() + size);
  in_flight_ =
      store_.submit([batch, scribe = scribe_](store::Database& db) { scribe->write(db, *batch); },
                    [this, batch, scribe = scribe_](std::exception_ptr error) {
                      auto outcome = scribe->conclude(*batch, !error);
                      around_.post([this, outcome = std::move(outcome), error = std::move(error)] {
                        on_outcome(outcome, error);
                      });
                    });
  if (!in_flight_) call_waiters(taken_, false);
}

void Recorder::on_outcome(const Scribe::Outcome& outcome, const std::exception_ptr& error) {
  in_flight_ = false;
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(outcome.kept));
  kept_ += outcome.kept;
  spooled_ = outcome.spooled;
  counters_.spool_bytes = outcome.spool_bytes;
  counters_.written += outcome.written;
  counters_.refused += outcome.refused;
  note_store(error);
  if (!outcome.refusal.empty()) complain(outcome.refusal);
  if (!error && around_.written) around_.written();
  const bool moves = !error || outcome.kept > 0;
  call_waiters(moves ? kept_ : taken_, !error && spooled_ == 0);
  if (!error || (moves && !queue_.empty())) pump();
}

/// One line when the store goes, one when it has all that waited.
void Recorder::note_store(const std::exception_ptr& error) {
  if (!error) {
    if (!behind_ || spooled_ > 0 || queue_.size() >= kMaxBatch) return;
    behind_ = false;
    return log::info("history: the store has caught up");
  }
  if (std::exchange(behind_, true)) return;
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    log::warn("history: events wait for the store: {}", e.what());
  }
}

void Recorder::complain(const std::string& why) {
  if (ticks_ < quiet_until_) return;
  quiet_until_ = ticks_ + kTicksBetweenComplaints;
  log::error("history: {}; {} events wait in memory only, {} are lost", why, queue_.size(),
             counters_.dropped);
}

void Recorder::when_written(std::function<void(bool)> done) {
  if (kept_ == taken_) return done(spooled_ == 0);
  waiters_.emplace_back(taken_, std::move(done));
  pump();
}

/// Those who wait for the first `count` of what was taken.
void Recorder::call_waiters(std::uint64_t count, bool ok) {
  while (!waiters_.empty() && waiters_.front().first <= count) {
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
  out.waiting = queue_.size() + spooled_;
  out.spooled = spooled_;
  return out;
}

}  // namespace plenum::history
