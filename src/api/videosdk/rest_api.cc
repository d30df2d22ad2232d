#include "api/videosdk/rest_api.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>

#include "api/videosdk/store_call.h"
#include "base/crypto.h"
#include "base/log.h"

namespace plenum::videosdk_api {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using store::Access;

constexpr std::int64_t kMaxPerPage = 100;
constexpr std::size_t kMaxIdempotencyKeyBytes = 255;

/// Families of calls that this server does not offer (videosdk-api 3.11), by what follows "/v2/" or
/// by the whole path.
struct Absent {
  std::string_view prefix, feature, name;
  /// Offered by a server that composes.
  bool composed = false;
};
constexpr std::array kAbsent = {
    Absent{"/v2/sip", "sip", "SIP"},
    Absent{"/v2/agent", "agent", "Agent"},
    Absent{"/v2/batch-calls", "batch-calls", "Batch calls"},
    Absent{"/v2/connectors", "connectors", "Connectors"},
    Absent{"/v2/ingest", "ingest", "Ingest"},
    Absent{"/v2/resource", "resource", "Resource"},
    Absent{"/v2/alertRules", "alertRules", "Alert rules"},
    Absent{"/v2/incidents", "incidents", "Incidents"},
    Absent{"/v2/recordings/participant/merge", "merge-recordings", "Merging of recordings"},
    Absent{"/v2/recordings", "recordings", "Recording", true},
    Absent{"/v2/livestreams", "livestreams", "Livestreaming", true},
    Absent{"/v2/hls", "hls", "HLS", true},
    Absent{"/v2/plenum/images", "images", "Images in recordings", true},
    Absent{"/v2/transcodings", "transcodings", "Transcoding"},
    Absent{"/v2/whip", "whip", "WHIP"},
    Absent{"/v2/whep", "whep", "WHEP"},
    Absent{"/ai", "ai", "AI"},
};

const Absent* find_absent(std::string_view path, bool composes) {
  const auto it = std::ranges::find_if(kAbsent, [&](const Absent& a) {
    return path.starts_with(a.prefix) && !(a.composed && composes);
  });
  return it == kAbsent.end() ? nullptr : &*it;
}

http::Response method_refusal(const std::vector<http::Method>& allowed,
                              std::string_view request_id) {
  http::Response response = refusal(problems::wrong_method(), request_id);
  std::string names = "OPTIONS";
  for (const http::Method m : allowed) names.append(", ").append(http::method_name(m));
  response.headers.set("Allow", std::move(names));
  return response;
}

std::string text_at(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  const json::string* text = value ? value->if_string() : nullptr;
  return text ? std::string(text->data(), text->size()) : std::string();
}

/// Joining takes the token there too (videosdk-api 1.2), when no header brings one.
std::string token_in_body(const http::Request& request) {
  if (request.headers.count("Authorization") != 0) return {};
  json::error_code ec;
  const json::value body =
      json::parse(json::string_view(request.body.data(), request.body.size()), ec);
  return !ec && body.is_object() ? text_at(body.get_object(), "token") : std::string();
}

/// Fields that are taken and without effect, for the header that says so.
std::string ignored_in(const json::object& body) {
  std::string out;
  for (const char* name : {"transcription"}) {
    const json::value* value = body.if_contains(name);
    if (!value || value->is_null()) continue;
    if (!out.empty()) out += ", ";
    out += name;
  }
  return out;
}

/// What a call is remembered under: two whose tokens are for other rooms or participants do not get
/// each other's answers.
std::string route_of(const http::Request& request, const Caller& caller) {
  std::string route = "POST " + request.path;
  if (caller.room.empty() && caller.participant_id.empty()) return route;
  return route + " " + json::serialize(json::array{caller.room, caller.participant_id});
}

}  // namespace

/// While it lives no other call may have its Idempotency-Key.
class RestApi::Claim {
 public:
  Claim(std::shared_ptr<Names> all, Names::value_type name)
      : all_(std::move(all)), name_(all_->insert(std::move(name)).first) {}
  ~Claim() { all_->erase(name_); }
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

 private:
  std::shared_ptr<Names> all_;
  Names::iterator name_;
};

/// A call of the document, what a LiveKit token needs for it, and its handler.
struct RestApi::Method {
  enum class Needs { list, create, admin, join, nothing };
  std::string_view id;
  Needs needs;
  Task (RestApi::*run)(const Call&);

  Status<Problem> admits(const Caller& caller) const {
    if (needs == Needs::nothing) return Ok{};
    if (needs == Needs::join ? !caller.may_join : !caller.may_call_rest)
      return Err{problems::forbidden_grant()};
    const bool granted = needs == Needs::list     ? caller.room_list
                         : needs == Needs::create ? caller.room_create
                         : needs == Needs::admin  ? caller.room_admin
                                                  : true;
    if (!granted) return Err{problems::forbidden_grant()};
    return Ok{};
  }
};

const RestApi::Method* RestApi::find(std::string_view id) {
  using R = RestApi;
  using enum Method::Needs;
  using enum control::EgressKind;
  static constexpr std::array kMethods = {
      Method{"createRoom", create, &R::create_room},
      Method{"listRooms", list, &R::list_rooms},
      Method{"getRoom", list, &R::get_room},
      Method{"validateRoom", list, &R::get_room},
      Method{"validateRoomByPost", list, &R::get_room},
      Method{"deactivateRoom", create, &R::deactivate_room},
      Method{"updateRoom", create, &R::update_room},
      Method{"listSessions", list, &R::list_sessions},
      Method{"getSession", list, &R::get_session},
      Method{"listParticipants", list, &R::list_participants},
      Method{"listActiveParticipants", list, &R::list_active_participants},
      Method{"getParticipant", list, &R::get_participant},
      Method{"getSessionStats", list, &R::session_stats},
      Method{"getParticipantStats", list, &R::participant_stats},
      Method{"endSession", create, &R::end_session},
      Method{"removeParticipant", admin, &R::remove_participant},
      Method{"getPublicKey", nothing, &R::public_key},
      Method{"listDeadLetters", create, &R::list_dead_letters},
      Method{"replayDeadLetters", create, &R::replay_dead_letters},
      Method{"addImage", create, &R::add_image},
      Method{"listImages", list, &R::list_images},
      Method{"deleteImage", create, &R::delete_image},
      Method{"listLiveRooms", list, &R::list_live_rooms},
      Method{"getLiveRoom", list, &R::get_live_room},
      Method{"join", Method::Needs::join, &R::join},
      Method{"uploadFile", nothing, &R::no_files},
      Method{"getFile", nothing, &R::no_files},
      Method{"startRecording", admin, &R::job_call<&R::start_job, recording>},
      Method{"endRecording", admin, &R::job_call<&R::end_job, recording>},
      Method{"stopRecording", admin, &R::job_call<&R::end_job, recording>},
      Method{"listRecordings", list, &R::job_call<&R::list_jobs, recording>},
      Method{"getRecording", list, &R::job_call<&R::get_job, recording>},
      Method{"updateRecording", admin, &R::job_call<&R::update_job, recording>},
      Method{"updateLivestream", admin, &R::job_call<&R::update_job, livestream>},
      Method{"updateHls", admin, &R::job_call<&R::update_job, hls>},
      Method{"deleteRecording", admin, &R::job_call<&R::delete_job, recording>},
      Method{"startLivestream", admin, &R::job_call<&R::start_job, livestream>},
      Method{"endLivestream", admin, &R::job_call<&R::end_job, livestream>},
      Method{"stopLivestream", admin, &R::job_call<&R::end_job, livestream>},
      Method{"listLivestreams", list, &R::job_call<&R::list_jobs, livestream>},
      Method{"getLivestream", list, &R::job_call<&R::get_job, livestream>},
      Method{"startHls", admin, &R::job_call<&R::start_job, hls>},
      Method{"endHls", admin, &R::job_call<&R::end_job, hls>},
      Method{"stopHls", admin, &R::job_call<&R::end_job, hls>},
      Method{"captureHls", admin, &R::capture_hls},
      Method{"getActiveHls", list, &R::get_active_hls},
      Method{"listHls", list, &R::job_call<&R::list_jobs, hls>},
      Method{"getHls", list, &R::job_call<&R::get_job, hls>},
      Method{"deleteHls", admin, &R::job_call<&R::delete_job, hls>},
      Method{"startParticipantRecording", admin, &R::job_call<&R::start_job, participant>},
      Method{"stopParticipantRecording", admin, &R::job_call<&R::end_job, participant>},
      Method{"listParticipantRecordings", list, &R::job_call<&R::list_jobs, participant>},
      Method{"getParticipantRecording", list, &R::job_call<&R::get_job, participant>},
      Method{"deleteParticipantRecording", admin, &R::job_call<&R::delete_job, participant>},
      Method{"startTrackRecording", admin, &R::job_call<&R::start_job, track>},
      Method{"stopTrackRecording", admin, &R::job_call<&R::end_job, track>},
      Method{"listTrackRecordings", list, &R::job_call<&R::list_jobs, track>},
      Method{"getTrackRecording", list, &R::job_call<&R::get_job, track>},
      Method{"deleteTrackRecording", admin, &R::job_call<&R::delete_job, track>},
      Method{"startCompositeRecording", admin, &R::job_call<&R::start_job, composite>},
      Method{"stopCompositeRecording", admin, &R::job_call<&R::end_job, composite>},
      Method{"listCompositeRecordings", list, &R::job_call<&R::list_jobs, composite>},
      Method{"getCompositeRecording", list, &R::job_call<&R::get_job, composite>},
      Method{"updateCompositeRecording", admin, &R::job_call<&R::update_job, composite>},
      Method{"deleteCompositeRecording", admin, &R::job_call<&R::delete_job, composite>},
  };
  const auto it = std::ranges::find(kMethods, id, &Method::id);
  return it == kMethods.end() ? nullptr : &*it;
}

std::string RestApi::Call::text(const char* parameter) const {
  return text_at(arguments.parameters, parameter);
}
std::string RestApi::Call::body_text(const char* field) const {
  return text_at(arguments.body, field);
}
std::string RestApi::Call::body_room() const {
  const std::string id = body_text("roomId");
  return id.empty() ? body_text("meetingId") : id;
}
bool RestApi::Call::body_flag(const char* field) const {
  const json::value* value = arguments.body.if_contains(field);
  return value && value->is_bool() && value->get_bool();
}
store::PageRequest RestApi::Call::page() const {
  const auto number = [&](const char* name, std::int64_t otherwise) {
    const json::value* value = arguments.parameters.if_contains(name);
    return value && value->is_int64() ? value->get_int64() : otherwise;
  };
  return {.page = number("page", 1),
          .per_page = std::min(number("perPage", store::PageRequest().per_page), kMaxPerPage)};
}

RestApi::RestApi(store::Store& store, control::Control& control, Surroundings surroundings)
    : store_(store),
      control_(control),
      around_(std::move(surroundings)),
      rates_({.rate = {.per_second = static_cast<double>(around_.rate_per_address),
                       .burst = 2.0 * around_.rate_per_address}}) {
  for (const OpenApi::Operation& operation : openapi_.operations())
    if (!find(operation.id)) throw std::runtime_error("openapi: nothing answers " + operation.id);
}

std::string RestApi::base_of(const http::Request& request) const {
  if (!around_.public_url.empty()) return around_.public_url;
  const bool secure = http::equal_ignoring_case(request.header("X-Forwarded-Proto"), "https");
  return (secure ? "https://" : "http://") + std::string(request.header("Host"));
}

asio::awaitable<http::Response> RestApi::serve(const http::Request& request) {
  std::string request_id = crypto::random_text(12);
  http::Response response;
  try {
    response = co_await answer(request, request_id);
  } catch (const store::StoreError& e) {
    log::error("rest: {} {} ({}): {}", http::method_name(request.method), request.path, request_id,
               e.what());
    response = refusal(problems::unavailable(), request_id);
  } catch (const std::exception& e) {
    log::error("rest: {} {} ({}): {}", http::method_name(request.method), request.path, request_id,
               e.what());
    response = refusal(problems::internal(), request_id);
  }
  add_marks(response, std::move(request_id));
  co_return response;
}

asio::awaitable<http::Response> RestApi::answer(const http::Request& request,
                                                std::string request_id) {
  if (around_.rate_per_address > 0 &&
      !rates_.allow(request.client.network().ip_text(), around_.now())) {
    http::Response busy = refusal({429, "RATE_LIMITED", "Too many requests"}, request_id);
    busy.headers.set("Retry-After", "1");
    co_return busy;
  }
  const OpenApi::Match match = openapi_.match(request.method, request.path);
  const Absent* absent = find_absent(request.path, static_cast<bool>(around_.egress.start));
  if (!match.operation && !absent) {
    if (!match.allowed.empty()) co_return method_refusal(match.allowed, request_id);
    co_return refusal({404, "NOT_FOUND", "There is no such endpoint"}, request_id);
  }

  Call call;
  if (absent || match.operation->needs_token) {
    std::string token(token_of(request));
    const bool joins = !absent && find(match.operation->id)->needs == Method::Needs::join;
    if (joins && token.empty()) token = token_in_body(request);
    auto caller = read_caller(token, around_.keys, around_.unix_ms() / 1000);
    if (!caller) co_return refusal(caller.error(), request_id);
    call.caller = std::move(*caller);
  }
  if (absent)
    co_return refusal(problems::not_implemented(absent->feature, absent->name), request_id);
  const Method& method = *find(match.operation->id);
  if (const auto admitted = method.admits(call.caller); !admitted)
    co_return refusal(admitted.error(), request_id);
  auto arguments = openapi_.read(match, request);
  if (!arguments) co_return refusal(problems::invalid(arguments.error()), request_id);
  call.arguments = std::move(*arguments);
  if (!match.operation->body) call.raw_body = request.body;
  call.base = base_of(request);
  call.wants_object = http::equal_ignoring_case(request.header("Prefer"), "return=representation");
  co_return co_await run(request, method, call, request_id);
}

asio::awaitable<http::Response> RestApi::run(const http::Request& request, const Method& method,
                                             const Call& call, std::string request_id) {
  const std::string key(request.method == http::Method::post ? request.header("Idempotency-Key")
                                                             : std::string_view());
  const std::string api_key = call.caller.api_key;
  const std::string route = route_of(request, call.caller);
  const std::int64_t now_ms = around_.unix_ms();
  // An answer to a join holds an entry token: one participant's, and for an hour.
  const bool remembers =
      !key.empty() && key.size() <= kMaxIdempotencyKeyBytes && method.needs != Method::Needs::join;
  std::optional<Claim> claim;
  if (remembers) {
    if (under_way_->contains({api_key, key}))
      co_return refusal({409, "IDEMPOTENCY_KEY_IN_USE", "A call with this key is under way"},
                        request_id);
    claim.emplace(under_way_, Names::value_type{api_key, key});
    auto before_step = on_store(store_, Access::read, [=](store::Database& db) {
      return store::find_answer(db, api_key, key, now_ms);
    });
    const auto before = co_await std::move(before_step);
    if (before && before->route != route)
      co_return refusal({409, "IDEMPOTENCY_KEY_REUSED", "This key was used for another call"},
                        request_id);
    if (before) co_return http::Response::json(before->status, std::string(as_text(before->body)));
  }
  const Outcome outcome = co_await (this->*method.run)(call);
  if (!outcome) co_return refusal(outcome.error(), request_id);
  http::Response response = http::Response::json(200, json::serialize(*outcome));
  if (std::string ignored = ignored_in(call.arguments.body); !ignored.empty())
    response.headers.set("plenum-ignored", std::move(ignored));
  if (remembers) {
    const Bytes bytes = as_bytes(response.body);
    store::StoredAnswer stored;
    stored.api_key = api_key;
    stored.idempotency_key = key;
    stored.route = route;
    stored.status = response.status;
    stored.body.assign(bytes.begin(), bytes.end());
    stored.created_ms = now_ms;
    auto kept = remember(std::move(stored));
    co_await std::move(kept);
  }
  co_return response;
}

/// The call has had its effect: what it answered must be told, remembered or not.
asio::awaitable<void> RestApi::remember(store::StoredAnswer answer) {
  try {
    auto step = on_store(store_, Access::write,
                         [answer](store::Database& db) { return store::store_answer(db, answer); });
    co_await std::move(step);
  } catch (const store::StoreError& e) {
    log::warn("rest: the answer to {} is not remembered: {}", answer.route, e.what());
  }
}

auto RestApi::no_files(const Call&) -> Task {
  co_return Err{problems::not_implemented("files", "Keeping files")};
}

void RestApi::add_routes(http::Router& router) {
  using enum http::Method;
  const http::Handler handler = [this](http::Request& request) { return serve(request); };
  for (const http::Method method : {get, post, put, patch, del}) {
    router.add(method, "/v2/{path...}", handler, {.max_body_bytes = std::size_t{1} << 20});
    router.add(method, "/ai/{path...}", handler, {.max_body_bytes = std::size_t{1} << 20});
  }
  router.add(post, "/v2/plenum/images", handler, {.max_body_bytes = std::size_t{2} << 20});
  for (const char* prefix : {"/v2/", "/ai/"})
    router.refusals(prefix,
                    [](const http::Request&, int status) { return server_refusal(status); });
  const auto page = [&](const char* path, std::string_view type, std::string_view text) {
    const auto shared = std::make_shared<const std::string>(text);
    router.add(get, path, [type, shared](http::Request&) -> asio::awaitable<http::Response> {
      co_return http::Response::sharing(type, shared);
    });
  };
  page("/openapi.json", "application/json", kOpenApiText);
  page("/docs", "text/html; charset=utf-8", kDocsPage);
}

}  // namespace plenum::videosdk_api
