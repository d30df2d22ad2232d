// What each method of livekit.Egress does (egress_service.h).
#include <algorithm>
#include <charconv>
#include <utility>

#include "api/livekit/egress_encoding.h"
#include "api/livekit/egress_service.h"
#include "api/livekit/stream_url.h"

namespace plenum::livekit_api {
namespace {

namespace pb = ::livekit;
using control::EgressJob;
using control::EgressOutput;
using control::EgressRefusal;
using control::EgressTarget;
using twirp::Code;
using twirp::Error;

constexpr std::int64_t kMostPages = 1'000'000;

Err<Error> invalid(std::string text) { return Err{Error{Code::invalid_argument, std::move(text)}}; }
Err<Error> absent(const char* text) { return Err{Error{Code::unimplemented, text}}; }
Err<Error> no_egress() { return Err{Error{Code::not_found, "egress does not exist"}}; }

Err<Error> refused(EgressRefusal why) {
  switch (why) {
    case EgressRefusal::no_session:
      return Err{Error{Code::failed_precondition, "nobody is in the room"}};
    case EgressRefusal::no_participant:
      return Err{Error{Code::not_found, "participant does not exist"}};
    case EgressRefusal::already_running:
    case EgressRefusal::stopping:
      return Err{Error{Code::failed_precondition, "another egress of the room runs"}};
    case EgressRefusal::no_capacity:
      return Err{Error{Code::unavailable, "this server cannot compose another room now"}};
    case EgressRefusal::not_running:
      return Err{Error{Code::failed_precondition, "the egress or its stream is not active"}};
    case EgressRefusal::too_many:
      return Err{Error{Code::resource_exhausted, "an egress has at most 20 outputs"}};
    case EgressRefusal::not_found:
      break;
  }
  return no_egress();
}

/// In the words of LiveKit's server.
Err<Error> not_active(const EgressJob& job, const char* change) {
  return Err{Error{
      Code::failed_precondition,
      "egress with status " + pb::EgressStatus_Name(egress_status(job)) + " cannot be " + change}};
}

/// Of those without a name everybody is one.
bool shows_everybody(const EgressJob& job) {
  return job.subjects.empty() || job.subjects.front().identity.empty();
}

/// A stream that goes on, named by its url or as that one is shown.
const EgressOutput* find_stream(const EgressJob& job, const std::string& url) {
  const auto it = std::ranges::find_if(job.outputs, [&](const EgressOutput& o) {
    if (o.type != EgressOutput::Type::stream || o.is_over()) return false;
    return o.target.url + "/" + o.target.secret == url || masked_url(o.target) == url;
  });
  return it == job.outputs.end() ? nullptr : &*it;
}

/// 0: it is none.
std::int64_t page_of(const std::string& token) {
  if (token.empty()) return 1;
  std::int64_t page = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), page);
  const bool is_one =
      error == std::errc() && end == token.data() + token.size() && page >= 1 && page <= kMostPages;
  return is_one ? page : 0;
}

}  // namespace

auto EgressService::place_of(const Call& call, const std::string& room) const
    -> Answer<EgressPlace> {
  if (room.empty()) return invalid("no room name");
  auto rooms = control_.moderation().list_rooms(call.api_key, {room});
  if (rooms.empty()) return Err{Error{Code::not_found, "requested room does not exist"}};
  EgressPlace place{call.api_key, std::move(rooms.front()), {}, around_.unix_ms()};
  if (auto here = control_.moderation().list_participants(room)) place.participants = *here;
  return place;
}

auto EgressService::start_job(const Call& call, const EgressPlace& place, EgressJob job)
    -> LaterAnswer<pb::EgressInfo> {
  if (!job.webhook_url.empty() && around_.hook_fault) {
    const auto fault = around_.hook_fault(job.webhook_url);
    if (fault) co_return invalid("webhooks: " + *fault);
  }
  control::EgressJobs::Wish wish;
  wish.job = std::move(job);
  wish.parallel = true;
  const auto started = control_.egress().start(std::move(wish), around_.now());
  around_.changed();
  if (!started) co_return refused(started.error());
  co_return shown(call, EgressView{*started, place.room.sid, started->created_ms});
}

auto EgressService::start_web(const Call&, const pb::WebEgressRequest&)
    -> LaterAnswer<pb::EgressInfo> {
  co_return absent("this server renders no web pages");
}

auto EgressService::running(const Call& call, const std::string& egress_id)
    -> LaterAnswer<EgressJob> {
  EgressQuery query;
  query.api_key = call.api_key;
  query.job_id = job_id_of(egress_id);
  if (query.job_id.empty()) co_return no_egress();
  if (auto job = control_.egress().find(call.api_key, query.job_id)) co_return *job;
  auto later = around_.stored(query);
  const auto page = co_await std::move(later);
  if (!page) co_return Err{Error{Code::unavailable, "the server's store does not answer"}};
  if (page->views.empty()) co_return no_egress();
  co_return page->views.front().job;
}

auto EgressService::update_layout(const Call& call, const pb::UpdateLayoutRequest& request)
    -> LaterAnswer<pb::EgressInfo> {
  auto later = running(call, request.egress_id());
  const auto job = co_await std::move(later);
  if (!job) co_return Err{job.error()};
  if (job->is_over()) co_return not_active(*job, "updated");
  if (!shows_everybody(*job))
    co_return Err{Error{Code::failed_precondition, "only a room composite has a layout"}};
  const auto layout = named_layout(request.layout(), job->layout);
  if (!layout) co_return invalid("unknown layout: grid, speaker or single-speaker");
  const auto change = [&](control::EgressLayout& l) { l = *layout; };
  const auto changed = control_.egress().change_layout(call.api_key, job->id, change);
  around_.changed();
  if (!changed) co_return refused(changed.error());
  co_return shown(call, *job);
}

auto EgressService::update_stream(const Call& call, const pb::UpdateStreamRequest& request)
    -> LaterAnswer<pb::EgressInfo> {
  std::vector<EgressTarget> added, removed;
  for (const std::string& url : request.add_output_urls()) {
    auto target = stream_target(url);
    if (!target) co_return Err{target.error()};
    added.push_back(std::move(*target));
  }
  auto later = running(call, request.egress_id());
  const auto job = co_await std::move(later);
  if (!job) co_return Err{job.error()};
  if (job->is_over()) co_return not_active(*job, "updated");
  for (const std::string& url : request.remove_output_urls()) {
    const EgressOutput* stream = find_stream(*job, url);
    if (!stream) co_return Err{Error{Code::not_found, "the egress has no such stream"}};
    removed.push_back(stream->target);
  }
  // What goes on already is not begun again.
  std::erase_if(added, [&](const EgressTarget& t) {
    return find_stream(*job, t.url + "/" + t.secret) != nullptr;
  });
  Status<EgressRefusal> done = Ok{};
  if (!added.empty()) done = control_.egress().add_targets(call.api_key, job->id, added);
  if (done && !removed.empty())
    done = control_.egress().end_targets(call.api_key, job->id, removed);
  around_.changed();
  if (!done) co_return refused(done.error());
  co_return shown(call, *job);
}

auto EgressService::stop(const Call& call, const pb::StopEgressRequest& request)
    -> LaterAnswer<pb::EgressInfo> {
  auto later = running(call, request.egress_id());
  const auto job = co_await std::move(later);
  if (!job) co_return Err{job.error()};
  if (job->is_over() || job->state == control::EgressState::stopping)
    co_return not_active(*job, "stopped");
  const auto stopped = control_.egress().stop(call.api_key, job->id);
  around_.changed();
  if (!stopped) co_return refused(stopped.error());
  co_return shown(call, *job);
}

auto EgressService::list(const Call& call, const pb::ListEgressRequest& request)
    -> LaterAnswer<pb::ListEgressResponse> {
  EgressQuery query;
  query.api_key = call.api_key;
  query.room = request.room_name();
  query.job_id = job_id_of(request.egress_id());
  query.only_active = request.active();
  query.page = page_of(request.page_token().token());
  if (query.page == 0) co_return invalid("unknown page_token");
  pb::ListEgressResponse out;
  if (!request.egress_id().empty() && query.job_id.empty()) co_return out;
  auto later = around_.stored(query);
  const auto page = co_await std::move(later);
  if (!page) co_return Err{Error{Code::unavailable, "the server's store does not answer"}};
  for (EgressView view : page->views) {
    // Sizes and durations grow between two changes that are told.
    if (auto job = control_.egress().find(call.api_key, view.job.id)) view.job = std::move(*job);
    *out.add_items() = shown(call, view);
  }
  if (page->has_more) out.mutable_next_page_token()->set_token(std::to_string(query.page + 1));
  co_return out;
}

pb::EgressInfo EgressService::shown(const Call& call, const EgressJob& job) const {
  const auto now = control_.egress().find(call.api_key, job.id);
  EgressView view{now.value_or(job), "", around_.unix_ms()};
  const auto rooms = control_.moderation().list_rooms(call.api_key, {job.room});
  if (!rooms.empty()) view.room_sid = rooms.front().sid;
  return shown(call, view);
}

pb::EgressInfo EgressService::shown(const Call& call, const EgressView& view) const {
  return egress_info(view, around_.links(call.request), around_.unix_ms());
}

}  // namespace plenum::livekit_api
