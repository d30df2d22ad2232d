#include "history/write.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>

#include "base/log.h"
#include "base/overloaded.h"
#include "history/device.h"
#include "history/egress_rows.h"
#include "store/ids.h"
#include "store/participants.h"
#include "store/rooms.h"
#include "store/sessions.h"
#include "store/stats.h"

namespace plenum::history {
namespace {

using control::DisconnectReason;
using control::Mode;
using control::mode_name;

constexpr const char* kRestarted = "server-restart";
/// Sessions closed in one transaction at start.
constexpr std::int64_t kDanglingChunk = 20;

store::ParticipantKey key_of(const Record& r) {
  return {r.event.api_key, r.session.id, r.event.participant->identity};
}

std::string mode_of(const control::ParticipantSnapshot& p) {
  if (const auto given = p.attributes.find(control::kModeAttribute); given != p.attributes.end())
    return given->second;
  if (p.permissions.can_publish) return mode_name(Mode::send_and_recv);
  return mode_name(p.permissions.can_subscribe ? Mode::recv_only : Mode::signalling_only);
}

store::MediaStats media_of(const control::TransportMeasured::Media& media, Duration rtt) {
  using Milliseconds = std::chrono::duration<double, std::milli>;
  store::MediaStats out;
  out.send_lost = media.send_lost;
  out.receive_lost = media.receive_lost;
  out.send_bps = static_cast<double>(media.send_bps);
  out.receive_bps = static_cast<double>(media.receive_bps);
  if (media.mos_hundredths == 0) return out;
  out.quality = store::MediaStats::Quality{.rtt_ms = Milliseconds(rtt).count(),
                                           .jitter_ms = Milliseconds(media.jitter).count(),
                                           .mos = media.mos_hundredths / 100.0};
  return out;
}

store::StatsSample sample_of(const control::TransportMeasured& e, std::int64_t at_ms) {
  store::StatsSample sample;
  sample.at_ms = at_ms;
  sample.audio = media_of(e.audio, e.rtt);
  sample.video = media_of(e.video, e.rtt);
  static_assert(std::tuple_size_v<decltype(sample.watched_s)> == control::kWatchedSides.size());
  std::copy_n(e.watched_s.begin(), sample.watched_s.size(), sample.watched_s.begin());
  return sample;
}

/// The room's row; rooms that only LiveKit's calls know get one, so that their sessions have it.
store::Room room_of(store::Database& db, const Record& r) {
  if (auto room = store::find_room_by_room_id(db, r.event.api_key, r.event.room.name))
    return std::move(*room);
  store::Room room;
  room.api_key = r.event.api_key;
  room.room_id = r.event.room.name;
  room.auto_close_duration_s = 0;
  room.implicit = true;
  room.created_ms = room.updated_ms = r.event.room.creation_time_ms;
  return store::create_room(db, std::move(room)).room;
}

void start_session(store::Database& db, const Record& r, const NodeName& node) {
  const store::Room room = room_of(db, r);
  store::Session session;
  session.id = r.session.id;
  session.api_key = r.event.api_key;
  session.room = room.id;
  session.room_id = room.room_id;
  session.livekit_sid = r.event.room.sid;
  session.node = node;
  session.started_ms = session.last_seen_ms = r.event.at_ms;
  const auto started = store::start_session(db, session);
  if (started.session.id == session.id) return;
  // The room is ours and empty, or it would have a session already: that one was forgotten.
  log::warn("history: session {} was still open", started.session.id);
  store::end_session(db, session.api_key, started.session.id, started.session.last_seen_ms,
                     kRestarted);
  store::start_session(db, session);
}

void write_participant(store::Database& db, const Record& r) {
  const control::ParticipantSnapshot& p = *r.event.participant;
  const std::int64_t at_ms = r.event.at_ms;
  std::visit(
      overloaded{
          [&](const control::ParticipantJoined& e) {
            store::participant_joined(db, {.api_key = r.event.api_key,
                                           .session = r.session.id,
                                           .participant_id = p.identity,
                                           .name = p.name,
                                           .mode = mode_of(p),
                                           .device = device_of(e.client),
                                           .at_ms = at_ms});
          },
          [&](const control::ParticipantActivated&) {
            const auto waited = static_cast<double>(at_ms - p.joined_at_ms);
            store::set_init_time(db, key_of(r), waited / 1000);
          },
          [&](const control::ModeChanged& e) {
            store::mode_changed(db, key_of(r), mode_name(e.mode), at_ms);
          },
          [&](const control::ParticipantLeft&) { store::participant_left(db, key_of(r), at_ms); },
          [&](const control::TransportMeasured& e) {
            store::add_stats(db, key_of(r), sample_of(e, at_ms));
          },
          [](const auto&) {},
      },
      r.event.what);
  if (r.stream_started) store::stream_started(db, key_of(r), *r.stream_started, at_ms);
  if (r.stream_ended) store::stream_ended(db, key_of(r), *r.stream_ended, at_ms);
}

const control::EgressJob* job_of(const Record& r) {
  const auto* egress = std::get_if<control::EgressChanged>(&r.event.what);
  return egress ? &egress->job : nullptr;
}

/// What the job of `r`, if it speaks of one, counts as its delivery.
void add(std::vector<store::Target>& targets, const Record& r, std::string endpoint,
         store::Family family) {
  const bool known =
      std::ranges::any_of(targets, [&](const store::Target& t) { return t.endpoint == endpoint; });
  if (known) return;
  const control::EgressJob* job = job_of(r);
  targets.push_back({.endpoint = std::move(endpoint),
                     .family = family,
                     .job = job ? std::optional(job->id) : std::nullopt});
}

void put(store::Database& db, const Record& r, std::string event_id, const Message& message,
         const std::vector<store::Target>& targets) {
  store::OutboxEvent event;
  event.event_id = std::move(event_id);
  event.api_key = r.event.api_key;
  event.order_key = r.event.room.sid.empty() ? r.session.id : r.event.room.sid;
  event.type = message.type;
  const Bytes body = as_bytes(message.body);
  event.body.assign(body.begin(), body.end());
  event.created_ms = r.event.at_ms;
  store::put_event(db, event, targets);
}

/// Such jobs keep their request under that name.
bool asked_in_livekit(const control::EgressJob& job) {
  boost::json::error_code ec;
  const boost::json::value config = boost::json::parse(job.config, ec);
  return !ec && config.is_object() && config.get_object().contains("livekit");
}

/// The webhook that the job of `r` has for itself, if it is to be told in that family; else "".
std::string own_hook(const Record& r, store::Family family) {
  const control::EgressJob* job = job_of(r);
  if (!job || job->webhook_url.empty()) return "";
  const auto asked_by = asked_in_livekit(*job) ? store::Family::livekit : store::Family::videosdk;
  return asked_by == family ? job->webhook_url : "";
}

void tell_livekit(store::Database& db, const Record& r, const Audience& audience) {
  const std::string own = own_hook(r, store::Family::livekit);
  if (audience.livekit.endpoints.empty() && own.empty()) return;
  const auto message = audience.livekit.render(r);
  if (!message) return;
  std::vector<store::Target> targets;
  for (const std::string& url : audience.livekit.endpoints)
    add(targets, r, url, store::Family::livekit);
  if (!own.empty()) add(targets, r, own, store::Family::livekit);
  put(db, r, "EV_" + r.id, *message, targets);
}

void tell(store::Database& db, const Record& r, const Audience& audience) {
  tell_livekit(db, r, audience);
  if (!r.in_history) return;
  const auto message = audience.videosdk.render(r);
  if (!message) return;
  std::vector<store::Target> targets;
  for (const std::string& url : audience.videosdk.endpoints)
    add(targets, r, url, store::Family::videosdk);
  const control::EgressJob* job = job_of(r);
  const auto room =
      store::find_room_by_room_id(db, r.event.api_key, job ? job->room : r.event.room.name);
  if (room && room->webhook_endpoint && audience.asks_for(room->webhook_events, message->type))
    add(targets, r, *room->webhook_endpoint, store::Family::videosdk);
  if (const std::string own = own_hook(r, store::Family::videosdk); !own.empty())
    add(targets, r, own, store::Family::videosdk);
  put(db, r, r.id, *message, targets);
}

/// Everybody who was there, then the session.
void tell_of_end(store::Database& db, const store::EndedSession& e, DisconnectReason reason,
                 const Audience& audience) {
  const std::int64_t at_ms = e.session.ended_ms.value_or(e.session.last_seen_ms);
  Record record;
  record.session = {e.session.id, e.session.started_ms};
  record.event.api_key = e.session.api_key;
  record.event.room.sid = e.session.livekit_sid;
  record.event.room.name = e.session.room_id;
  record.event.room.creation_time_ms = e.session.started_ms;
  record.event.at_ms = at_ms;
  for (const auto& left : e.left) {
    auto participant = std::make_shared<control::ParticipantSnapshot>();
    participant->identity = left.participant_id;
    participant->name = left.name;
    record.id = store::new_id(at_ms);
    record.event.participant = std::move(participant);
    record.event.what = control::ParticipantLeft{reason, true};
    tell(db, record, audience);
  }
  record.event.participant = nullptr;
  record.event.what = control::RoomFinished{reason};
  for (const auto what : {Record::What::session_end, Record::What::event}) {
    record.what = what;
    record.id = store::new_id(at_ms);
    tell(db, record, audience);
  }
}

/// Of a job that may have outlived its session.
Record late_record(store::Database& db, const control::EgressJob& job, std::int64_t at_ms) {
  Record record;
  record.id = store::new_id(at_ms);
  record.session.id = job.session;
  record.event.api_key = job.api_key;
  record.event.room.name = job.room;
  // With it the event goes after those of the room.
  if (const auto session = store::find_session(db, job.api_key, job.session))
    record.event.room.sid = session->livekit_sid;
  record.event.at_ms = at_ms;
  record.event.what = control::EgressChanged{job};
  return record;
}

}  // namespace

const char* end_reason(DisconnectReason reason) {
  switch (reason) {
    case DisconnectReason::room_deleted:
      return "api";
    case DisconnectReason::room_closed:
      return "empty";
    case DisconnectReason::server_shutdown:
      return "server-shutdown";
    default:
      return "unknown";
  }
}

void write(store::Database& db, const Record& r, const NodeName& node, const Audience& audience) {
  if (r.what == Record::What::session_start) start_session(db, r, node);
  if (r.what == Record::What::event && r.in_history && r.event.participant)
    write_participant(db, r);
  if (const control::EgressJob* job = job_of(r)) {
    write_egress(db, *job, r.event.at_ms);
    if (job->is_over() && audience.job_ended) audience.job_ended(db, *job);
  }
  if (r.what == Record::What::session_end) {
    const auto* finished = std::get_if<control::RoomFinished>(&r.event.what);
    store::end_session(db, r.event.api_key, r.session.id, r.event.at_ms,
                       end_reason(finished ? finished->reason : DisconnectReason::room_closed));
  }
  tell(db, r, audience);
}

bool close_dangling(store::Database& db, const NodeName& node, const Audience& audience) {
  const auto ended = store::close_dangling(db, node, kRestarted, kDanglingChunk);
  for (const store::EndedSession& e : ended)
    tell_of_end(db, e, DisconnectReason::server_shutdown, audience);
  return !ended.empty();
}

void end_abandoned(store::Database& db, const control::EgressJob& job, std::int64_t at_ms,
                   const NodeName& node, const Audience& audience) {
  const auto row = store::find_job(db, job.api_key, job.id);
  if (!row || row->ended_ms) return;
  write(db, late_record(db, job, at_ms), node, audience);
}

void upload_failed(store::Database& db, const control::EgressJob& job, std::int64_t at_ms,
                   const Audience& audience) {
  write_egress(db, job, at_ms);
  control::EgressJob told = job;
  told.state = control::EgressState::failed;
  tell(db, late_record(db, told, at_ms), audience);
}

bool end_forgotten(store::Database& db, const store::Session& session, std::int64_t at_ms,
                   const Audience& audience) {
  const auto ended = store::end_session(db, session.api_key, session.id, at_ms,
                                        end_reason(DisconnectReason::room_closed));
  if (ended) tell_of_end(db, *ended, DisconnectReason::room_closed, audience);
  return ended.has_value();
}

}  // namespace plenum::history
