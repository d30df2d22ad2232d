// REST v2 in VideoSDK's shape (videosdk-api 2, 3). The OpenAPI document says which calls there are;
// each has a handler here, one coroutine that asks the store and acts on control. Sees one node.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/http/rate_limit.h"
#include "api/http/router.h"
#include "api/videosdk/media_links.h"
#include "api/videosdk/openapi.h"
#include "api/videosdk/problem.h"
#include "api/videosdk/resources.h"
#include "api/videosdk/token.h"
#include "base/time.h"
#include "control/control.h"
#include "control/egress_jobs.h"
#include "store/idempotency.h"
#include "store/jobs.h"
#include "store/store.h"

namespace plenum::videosdk_api {

class RestApi {
 public:
  /// Recordings, livestreams and HLS streams; without `start` this server composes nothing. As
  /// control::EgressJobs has them.
  struct Egress {
    std::function<Result<control::EgressJob, control::EgressRefusal>(control::EgressJobs::Wish)>
        start{};
    std::function<Status<control::EgressRefusal>(const std::string& api_key,
                                                 const std::string& room, control::EgressKind kind,
                                                 const std::string& id)>
        stop{};
    /// Those of a room that have not ended.
    std::function<std::vector<control::EgressJob>(const std::string& api_key,
                                                  const std::string& room)>
        active{};
    /// While the job runs; the canvas stays.
    std::function<Result<control::EgressJob, control::EgressRefusal>(
        const std::string& api_key, const std::string& id,
        const std::function<void(control::EgressLayout&)>& change)>
        change_layout{};
    std::function<Status<control::EgressRefusal>(
        const std::string& api_key, const std::string& id, const control::EgressSnapshot& snapshot,
        std::function<void(const control::EgressReport::Snapshot&)> done)>
        take_snapshot{};
    /// Deletes the files of a job.
    std::function<void(const std::string& job)> remove{};
  };
  struct Surroundings {
    std::function<TimePoint()> now;
    std::function<std::int64_t()> unix_ms;
    http::KeyStore keys;
    /// Called after control may have changed: its next deadline may be another.
    std::function<void()> changed;
    /// Waits until the store holds all that control has told of; false: it cannot now.
    std::function<boost::asio::awaitable<bool>()> settled{};
    /// The outbox has something to send.
    std::function<void()> replayed{};
    /// Why no webhook may ever go to that URL; nothing asked when empty.
    std::function<std::optional<std::string>(const std::string& url)> hook_fault{};
    /// The same of a file.
    std::function<std::optional<std::string>(const std::string& url)> upload_fault{};
    /// Scheme and host for links, without a slash at the end; empty = as the request came.
    std::string public_url{};
    Egress egress{};
    /// The data directory, in which ImageStore keeps what recordings show; empty: none.
    std::string images{};
    /// For links to files; its base is not read.
    MediaLinks media{};
    /// Requests a second from one client; 0 = no limit.
    std::uint32_t rate_per_address = 0;
  };

  /// Throws std::runtime_error when the OpenAPI document and the handlers do not agree.
  RestApi(store::Store& store, control::Control& control, Surroundings surroundings);

  /// /v2, /ai, /openapi.json and /docs. No request may reach the routes once this is gone.
  void add_routes(http::Router& router);
  const OpenApi& openapi() const { return openapi_; }

  boost::asio::awaitable<http::Response> serve(const http::Request& request);

  /// What POST /v2/plenum/join gives for a token of VideoSDK's family, for who brings that token
  /// itself to the signalling: it has to name its room and its participant.
  boost::asio::awaitable<Result<std::string, Problem>> exchange(std::string token);

  using Outcome = Result<boost::json::value, Problem>;
  using Task = boost::asio::awaitable<Outcome>;

  /// What somebody in a room asks for: a recording, a livestream or HLS, begun or ended.
  struct InRoom {
    std::string api_key, room;
    control::EgressKind kind = control::EgressKind::recording;
    bool start = false;
    /// As the REST call's body, but for the room, and not validated.
    boost::json::object arguments{};
  };
  /// As the REST call of that kind answers whoever prefers an object.
  Task call_in_room(InRoom asked);

 private:
  struct Call {
    Caller caller;
    OpenApi::Arguments arguments;
    /// For links.
    std::string base;
    /// Wants an object where a sentence is the answer.
    bool wants_object = false;
    /// Of a call that takes no JSON.
    std::string raw_body;

    std::string text(const char* parameter) const;
    std::string body_text(const char* field) const;
    /// Under either of its names.
    std::string body_room() const;
    bool body_flag(const char* field) const;
    store::PageRequest page() const;
  };
  struct Method;
  class Claim;
  struct Entry;
  static const Method* find(std::string_view operation_id);

  boost::asio::awaitable<http::Response> answer(const http::Request& request,
                                                std::string request_id);
  boost::asio::awaitable<http::Response> run(const http::Request& request, const Method& method,
                                             const Call& call, std::string request_id);
  boost::asio::awaitable<void> remember(store::StoredAnswer answer);
  std::string base_of(const http::Request& request) const;

  Task create_room(const Call& call);
  Task list_rooms(const Call& call);
  Task get_room(const Call& call);
  Task deactivate_room(const Call& call);
  Task update_room(const Call& call);
  Task list_sessions(const Call& call);
  Task get_session(const Call& call);
  Task list_participants(const Call& call);
  Task list_active_participants(const Call& call);
  Task get_participant(const Call& call);
  Task session_stats(const Call& call);
  Task participant_stats(const Call& call);
  Task end_session(const Call& call);
  Task remove_participant(const Call& call);
  Task public_key(const Call& call);
  Task list_dead_letters(const Call& call);
  Task replay_dead_letters(const Call& call);
  Task list_live_rooms(const Call& call);
  Task get_live_room(const Call& call);
  Task join(const Call& call);
  // image_calls.cc
  Task add_image(const Call& call);
  Task list_images(const Call& call);
  Task delete_image(const Call& call);
  /// Whether its images are there, of the caller's key.
  std::optional<Problem> scenery_fault(const Call& call,
                                       const control::EgressScenery& scenery) const;
  /// TemporaryFiles has its own routes, where there is one.
  Task no_files(const Call& call);
  // egress_calls.cc: the same for recordings of all kinds, livestreams and HLS.
  using JobCall = Task (RestApi::*)(const Call&, control::EgressKind);
  template <JobCall run, control::EgressKind kind>
  Task job_call(const Call& call) {
    return (this->*run)(call, kind);
  }
  Task get_active_hls(const Call& call);
  Task capture_hls(const Call& call);
  Task start_job(const Call& call, control::EgressKind kind);
  Task end_job(const Call& call, control::EgressKind kind);
  Task list_jobs(const Call& call, control::EgressKind kind);
  Task get_job(const Call& call, control::EgressKind kind);
  Task update_job(const Call& call, control::EgressKind kind);
  Task delete_job(const Call& call, control::EgressKind kind);
  /// What a start call of that kind asks for, in a room of the caller's.
  Result<control::EgressJob, Problem> wish_of(const Call& call, control::EgressKind kind,
                                              const std::string& room) const;
  /// Which job a stop call means; "": all of the kind. nullopt: none that runs.
  std::optional<std::string> meant_by(const Call& call, control::EgressKind kind,
                                      const std::string& room) const;
  /// A job of the caller's that his token is for.
  boost::asio::awaitable<Result<store::Job, Problem>> job_of(const Call& call,
                                                             control::EgressKind kind,
                                                             std::string id);
  boost::asio::awaitable<boost::json::object> job_json(const Call& call, store::Job row);
  /// Tells control's events to the store, if it can take them now.
  MediaLinks links_for(const Call& call) const;
  boost::asio::awaitable<void> settle_if_possible();

  /// A room of the caller's that his token is for.
  boost::asio::awaitable<Result<store::Room, Problem>> room_of(const Call& call, std::string id);
  boost::asio::awaitable<Result<store::Session, Problem>> session_of(const Call& call,
                                                                     std::string id);
  /// May this caller join, and as whom? With the token to enter with.
  boost::asio::awaitable<Result<Entry, Problem>> entry(const Call& call);
  Task participants_page(const Call& call, bool only_present);
  Task set_disabled(const Call& call, store::Room room, bool disabled);
  /// On the wire only, and only when it is this key's: another one's may have its name.
  void close_room(const std::string& api_key, const std::string& room_id);
  /// Ends it in the store and on the wire.
  boost::asio::awaitable<void> end_live(store::Session session);
  /// Throws StoreError when the store cannot be brought up to date.
  boost::asio::awaitable<void> settle();

  store::Store& store_;
  control::Control& control_;
  Surroundings around_;
  /// Where files are waited for.
  boost::asio::thread_pool disk_{1};
  /// Images captured so far, for names that nothing else has.
  std::uint64_t captures_ = 0;
  OpenApi openapi_;
  http::RateLimit rates_;
  /// Key and Idempotency-Key of calls under way. Shared with them: they may end after this.
  using Names = std::set<std::pair<std::string, std::string>>;
  std::shared_ptr<Names> under_way_ = std::make_shared<Names>();
};

/// The page at /docs, which shows the document at /openapi.json.
extern const std::string_view kDocsPage;

}  // namespace plenum::videosdk_api
