#include "api/livekit/egress_service.h"

#include <algorithm>
#include <array>

#include "api/livekit/token.h"

namespace plenum::livekit_api {
namespace {

namespace asio = boost::asio;
namespace pb = ::livekit;
using twirp::Code;

template <class Rule>
struct RequestOf;
template <class T, class A, class C, class R>
struct RequestOf<A (T::*)(const C&, const R&)> {
  using Type = R;
};

/// LiveKit gives 401, not 403, to who is known but may not.
http::Response denied() { return twirp::refusal({Code::unauthenticated, "permissions denied"}); }

}  // namespace

struct EgressService::Method {
  std::string_view name;
  asio::awaitable<http::Response> (EgressService::*run)(const Call&);
};

const EgressService::Method* EgressService::find(std::string_view name) {
  using S = EgressService;
  static constexpr std::array kMethods = {
      Method{"StartEgress", &S::run<&S::start<pb::StartEgressRequest>>},
      Method{"StartRoomCompositeEgress", &S::run<&S::start<pb::RoomCompositeEgressRequest>>},
      Method{"StartParticipantEgress", &S::run<&S::start<pb::ParticipantEgressRequest>>},
      Method{"StartTrackCompositeEgress", &S::run<&S::start<pb::TrackCompositeEgressRequest>>},
      Method{"StartTrackEgress", &S::run<&S::start<pb::TrackEgressRequest>>},
      Method{"StartWebEgress", &S::run<&S::start_web>},
      Method{"UpdateLayout", &S::run<&S::update_layout>},
      Method{"UpdateStream", &S::run<&S::update_stream>},
      Method{"ListEgress", &S::run<&S::list>},
      Method{"StopEgress", &S::run<&S::stop>},
  };
  const auto it = std::ranges::find(kMethods, name, &Method::name);
  return it == kMethods.end() ? nullptr : &*it;
}

template <auto Rule>
asio::awaitable<http::Response> EgressService::run(const Call& call) {
  typename RequestOf<decltype(Rule)>::Type request;
  const auto parsed = twirp::parse_body(call.request.body, call.encoding, request);
  if (!parsed) co_return twirp::refusal(parsed.error());
  auto later = (this->*Rule)(call, request);
  const auto answer = co_await std::move(later);
  co_return answer ? twirp::answer(*answer, call.encoding) : twirp::refusal(answer.error());
}

template <class Request>
auto EgressService::start(const Call& call, const Request& request) -> LaterAnswer<pb::EgressInfo> {
  const auto place = place_of(call, request.room_name());
  if (!place) co_return Err{place.error()};
  auto job = egress_wish(request, *place);
  if (!job) co_return Err{job.error()};
  auto later = start_job(call, *place, std::move(*job));
  co_return co_await std::move(later);
}

asio::awaitable<http::Response> EgressService::serve(const http::Request& request,
                                                     std::string_view name) {
  const Method* method = request.method == http::Method::post ? find(name) : nullptr;
  if (!method) co_return twirp::refusal({Code::bad_route, "no such service or method"});
  const auto encoding = twirp::encoding_of(request);
  if (!encoding)
    co_return twirp::refusal(
        {Code::bad_route, "expected content type application/json or protobuf"});
  const auto text = request.bearer_token();
  if (!text) co_return denied();
  const auto token = read_token(*text, keys_, around_.unix_ms() / 1000);
  if (!token) co_return twirp::refusal({Code::unauthenticated, token.error().text});
  if (!token->grants.room_record) co_return denied();
  const Call call{request, *encoding, token->api_key};
  auto later = (this->*method->run)(call);
  co_return co_await std::move(later);
}

void EgressService::add_routes(http::Router& router) {
  const auto handler = [this](http::Request& request) -> asio::awaitable<http::Response> {
    auto later = serve(request, request.parameter("method"));
    co_return co_await std::move(later);
  };
  using enum http::Method;
  for (const http::Method method : {get, post, put, patch, del})
    router.add(method, "/twirp/livekit.Egress/{method}", handler,
               {.max_body_bytes = twirp::kMaxBodyBytes});
}

}  // namespace plenum::livekit_api
