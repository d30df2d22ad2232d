// The calls on recordings, livestreams and HLS streams (videosdk-api 3.3 to 3.6).
#include <algorithm>
#include <utility>

#include "api/videosdk/copy_wish.h"
#include "api/videosdk/egress_resources.h"
#include "api/videosdk/egress_wish.h"
#include "api/videosdk/rest_api.h"
#include "api/videosdk/store_call.h"
#include "control/egress_scene.h"
#include "history/egress_rows.h"

namespace plenum::videosdk_api {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using control::EgressJob;
using control::EgressKind;
using control::EgressRefusal;
using store::Access;

/// Their sentences, word for word: clients compare them.
struct Sentences {
  const char *started, *ended, *deleted;
};
constexpr Sentences kSentences[] = {
    {"Recording started successfully", "Recording ended successfully",
     "Room recording deleted successfully"},
    {"Livestream started successfully", "Livestream ended successfully", ""},
    {"HLS started successfully", "HLS ended successfully",
     "Room Hls Recording deleted successfully !"},
    {"composite recording started successfully.", "composite recording ended successfully.",
     "composite recording deleted successfully."},
    {"participant recording started successfully.", "participant recording stopped successfully.",
     "participant recording deleted successfully."},
    {"track recording started successfully.", "track recording stopped successfully.",
     "track recording deleted successfully."},
};
const Sentences& sentences(EgressKind kind) { return kSentences[static_cast<std::size_t>(kind)]; }

Problem problem_of(EgressRefusal refusal, EgressKind kind) {
  switch (refusal) {
    case EgressRefusal::no_session:
      return problems::no_live_session();
    case EgressRefusal::no_participant:
      return problems::participant_not_found();
    case EgressRefusal::already_running:
      return problems::already_running(kind);
    case EgressRefusal::stopping:
      return problems::still_stopping(kind);
    case EgressRefusal::no_capacity:
      return problems::no_capacity();
    case EgressRefusal::not_running:
      return problems::still_stopping(kind);
    case EgressRefusal::too_many:
    case EgressRefusal::not_found:
      break;
  }
  return problems::egress_not_found(kind);
}

json::object representation(const char* message, const std::string& id, const std::string& room,
                            const std::string& session, std::string_view status) {
  return {{"message", message},
          {"id", id},
          {"roomId", room},
          {"sessionId", session},
          {"status", status}};
}

EgressView view_of(store::Database& db, const store::Job& row) {
  return {history::egress_job_of(row), row.updated_ms,
          store::delivery_summary(db, row.api_key, row.id)};
}

}  // namespace

MediaLinks RestApi::links_for(const Call& call) const {
  MediaLinks links = around_.media;
  links.base = call.base;
  return links;
}

asio::awaitable<void> RestApi::settle_if_possible() {
  if (around_.settled) co_await around_.settled();
}

Result<EgressJob, Problem> RestApi::wish_of(const Call& call, EgressKind kind,
                                            const std::string& room) const {
  const json::object& body = call.arguments.body;
  const bool copies = kind == EgressKind::participant || kind == EgressKind::track;
  if (!copies && kind != EgressKind::composite) return egress_wish(kind, body);
  const control::Room* live = control_.world().room(room);
  if (!live) return Err{problems::no_live_session()};
  if (copies) {
    const std::string who = call.body_text("participantId");
    const auto found = control_.moderation().participant(room, who);
    if (!found || !control::is_seen(*live, who)) return Err{problems::participant_not_found()};
    return copy_wish(kind, body, **found);
  }
  std::vector<std::string> present;
  for (const auto& [id, p] : live->participants)
    if (p->takes_part()) present.push_back(p->identity);
  return composite_wish(body, present);
}

std::optional<std::string> RestApi::meant_by(const Call& call, EgressKind kind,
                                             const std::string& room) const {
  const std::string id = call.body_text(kind == EgressKind::composite ? "recordingId" : "id");
  if (kind != EgressKind::participant && kind != EgressKind::track) return id;
  const auto subject = copied_subject(kind, call.arguments.body);
  for (const EgressJob& job : around_.egress.active(call.caller.api_key, room))
    if (job.kind == kind && std::ranges::count(job.subjects, subject) > 0) return job.id;
  return std::nullopt;
}

auto RestApi::start_job(const Call& call, EgressKind kind) -> Task {
  const auto room = co_await room_of(call, call.body_room());
  if (!room) co_return Err{room.error()};
  // On the wire the room of that name may be another key's.
  if (control_.moderation().is_foreign(call.caller.api_key, room->room_id))
    co_return Err{problems::no_live_session()};
  auto wished = wish_of(call, kind, room->room_id);
  if (!wished) co_return Err{wished.error()};
  control::EgressJobs::Wish wish;
  wish.job = std::move(*wished);
  if (!wish.job.webhook_url.empty() && around_.hook_fault) {
    const auto fault = around_.hook_fault(wish.job.webhook_url);
    if (fault) co_return Err{problems::invalid("body.webhookUrl: " + *fault)};
  }
  if (!wish.job.upload_url.empty() && around_.upload_fault) {
    const auto fault = around_.upload_fault(wish.job.upload_url);
    if (fault) co_return Err{problems::invalid("body.preSignedUrl: " + *fault)};
  }
  if (auto fault = scenery_fault(call, wish.job.layout.scenery)) co_return Err{std::move(*fault)};
  wish.job.api_key = call.caller.api_key;
  wish.job.room = room->room_id;
  wish.parallel = allows_parallel(kind, room->multi_composition);
  const auto started = around_.egress.start(std::move(wish));
  if (!started) co_return Err{problem_of(started.error(), kind)};
  const EgressJob job = *started;
  if (around_.changed) around_.changed();
  co_await settle_if_possible();
  if (kind == EgressKind::hls) {
    const MediaLinks links = links_for(call);
    const EgressView view{job, job.created_ms};
    co_return egress_json(view, links, around_.unix_ms());
  }
  const char* said = sentences(kind).started;
  const bool is_composite = kind == EgressKind::composite;
  if (!call.wants_object && !is_composite) co_return json::value(said);
  json::object shown =
      representation(said, job.id, job.room, job.session, control::egress_state_name(job.state));
  if (is_composite) shown["recordingId"] = job.id;
  co_return shown;
}

auto RestApi::end_job(const Call& call, EgressKind kind) -> Task {
  const auto room = co_await room_of(call, call.body_room());
  if (!room) co_return Err{room.error()};
  const auto meant = meant_by(call, kind, room->room_id);
  if (!meant) co_return Err{problems::egress_not_found(kind)};
  const std::string id = *meant;
  const auto ended = around_.egress.stop(call.caller.api_key, room->room_id, kind, id);
  if (!ended) co_return Err{problem_of(ended.error(), kind)};
  if (around_.changed) around_.changed();
  co_await settle_if_possible();
  const char* said = sentences(kind).ended;
  if (!call.wants_object) co_return json::value(said);
  co_return representation(said, id, room->room_id, "",
                           control::egress_state_name(control::EgressState::stopping));
}

asio::awaitable<Result<store::Job, Problem>> RestApi::job_of(const Call& call, EgressKind kind,
                                                             std::string id) {
  const std::string key = call.caller.api_key;
  auto row_step = on_store(store_, Access::read,
                           [=](store::Database& db) { return store::find_job(db, key, id); });
  const auto row = co_await std::move(row_step);
  if (!row || row->deleted || row->kind != control::egress_kind_name(kind))
    co_return Err{problems::egress_not_found(kind)};
  if (!call.caller.room.empty() && call.caller.room != row->room_id) {
    // Another name of its room is no other room.
    const auto room = co_await room_of(call, row->room_id);
    if (!room) co_return Err{problems::wrong_room()};
  }
  co_return *row;
}

asio::awaitable<json::object> RestApi::job_json(const Call& call, store::Job row) {
  auto view_step =
      on_store(store_, Access::read, [row](store::Database& db) { return view_of(db, row); });
  const auto view = co_await std::move(view_step);
  const MediaLinks links = links_for(call);
  co_return egress_json(view, links, around_.unix_ms());
}

auto RestApi::list_jobs(const Call& call, EgressKind kind) -> Task {
  const std::string key = call.caller.api_key;
  const store::PageRequest page = call.page();
  store::JobFilter filter;
  filter.kind = control::egress_kind_name(kind);
  if (std::string text = call.text("sessionId"); !text.empty()) filter.session_id = text;
  if (std::string text = call.text("query"); !text.empty()) filter.query = text;
  if (std::string text = call.text("participantId"); !text.empty())
    filter.config_prefix = copied_prefix(text);
  std::string room_id = call.text("roomId");
  if (room_id.empty()) room_id = call.caller.room;
  if (!room_id.empty()) {
    const auto room = co_await room_of(call, room_id);
    if (!room && room.error().status == 403) co_return Err{room.error()};
    filter.room_id = room ? room->room_id : room_id;
  }
  using Listing = std::pair<std::vector<EgressView>, std::int64_t>;
  auto listing_step = on_store(store_, Access::read, [=](store::Database& db) {
    const auto rows = store::list_jobs(db, key, filter, page);
    Listing out;
    out.second = rows.total;
    for (const store::Job& row : rows.items) out.first.push_back(view_of(db, row));
    return out;
  });
  const auto listing = co_await std::move(listing_step);
  const MediaLinks links = links_for(call);
  json::array data;
  for (const EgressView& view : listing.first)
    data.push_back(egress_json(view, links, around_.unix_ms()));
  co_return page_json(page, listing.second, std::move(data));
}

auto RestApi::get_job(const Call& call, EgressKind kind) -> Task {
  const auto row = co_await job_of(call, kind, call.text("id"));
  if (!row) co_return Err{row.error()};
  auto shown = job_json(call, *row);
  co_return co_await std::move(shown);
}

auto RestApi::get_active_hls(const Call& call) -> Task {
  const auto room = co_await room_of(call, call.text("roomId"));
  if (!room) co_return Err{room.error()};
  const std::string key = call.caller.api_key, room_id = room->room_id;
  auto rows_step = on_store(store_, Access::read, [=](store::Database& db) {
    return store::active_jobs(db, key, room_id,
                              std::string(control::egress_kind_name(EgressKind::hls)));
  });
  const auto rows = co_await std::move(rows_step);
  if (rows.empty()) co_return Err{problems::egress_not_found(EgressKind::hls)};
  auto shown = job_json(call, rows.back());
  json::object data = co_await std::move(shown);
  co_return json::object{{"code", 200}, {"data", std::move(data)}};
}

auto RestApi::update_job(const Call& call, EgressKind kind) -> Task {
  auto row = co_await job_of(call, kind, call.text("id"));
  if (!row) co_return Err{row.error()};
  const json::object& config = call.arguments.body.at("config").as_object();
  control::EgressLayout asked;
  change_layout(asked, config);
  if (auto fault = scenery_fault(call, asked.scenery)) co_return Err{std::move(*fault)};
  const auto change = [&](control::EgressLayout& layout) { change_layout(layout, config); };
  const auto changed = around_.egress.change_layout(call.caller.api_key, row->id, change);
  if (!changed) co_return Err{problems::not_running(kind)};
  const MediaLinks links = links_for(call);
  const EgressView view{*changed, around_.unix_ms()};
  co_return egress_json(view, links, around_.unix_ms());
}

auto RestApi::delete_job(const Call& call, EgressKind kind) -> Task {
  const auto found = co_await job_of(call, kind, call.text("id"));
  if (!found) co_return Err{found.error()};
  if (!found->ended_ms) co_return Err{problems::already_running(kind)};
  store::Job row = *found;
  row.deleted = true;
  row.updated_ms = around_.unix_ms();
  auto gone_step = on_store(store_, Access::write,
                            [row](store::Database& db) { return store::update_job(db, row); });
  co_await std::move(gone_step);
  if (around_.egress.remove) around_.egress.remove(row.id);
  co_return json::value(sentences(kind).deleted);
}

}  // namespace plenum::videosdk_api
