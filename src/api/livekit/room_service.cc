#include "api/livekit/room_service.h"

#include <algorithm>
#include <array>
#include <boost/asio/awaitable.hpp>
#include <type_traits>

namespace plenum::livekit_api {
namespace {

namespace asio = boost::asio;
using twirp::Code;
using twirp::Error;

constexpr std::string_view kService = "livekit.RoomService";
/// Services of the protocol that this server does not have: their SDKs shall say so readably.
constexpr std::array kAbsentServices = {
    std::string_view{"livekit.Ingress"},
    std::string_view{"livekit.SIP"},
    std::string_view{"livekit.AgentDispatchService"},
    std::string_view{"livekit.Connector"},
    std::string_view{"livekit.PhoneNumberService"},
};

/// LiveKit gives 401, not 403, to who is known but may not.
Error denied() { return {Code::unauthenticated, "permissions denied"}; }

template <class A>
inline constexpr bool kIsLater = false;
template <class A>
inline constexpr bool kIsLater<asio::awaitable<A>> = true;

template <class Rule>
struct Signature;
template <class T, class A, class R>
struct Signature<A (T::*)(const R&)> {
  using Request = R;
  static constexpr bool kTakesKey = false;
  static constexpr bool kWaits = kIsLater<A>;
};
template <class T, class A, class R>
struct Signature<A (T::*)(const std::string&, const R&)> {
  using Request = R;
  static constexpr bool kTakesKey = true;
  static constexpr bool kWaits = kIsLater<A>;
};

template <class Answer>
http::Response written(const Answer& answer, twirp::Encoding encoding) {
  return answer ? twirp::answer(*answer, encoding) : twirp::refusal(answer.error());
}

}  // namespace

struct RoomService::Method {
  std::string_view name;
  bool Grants::*grant;
  asio::awaitable<http::Response> (RoomService::*run)(const Call&);
};

const RoomService::Method* RoomService::find(std::string_view name) {
  using S = RoomService;
  constexpr auto kCreate = &Grants::room_create;
  constexpr auto kAdmin = &Grants::room_admin;
  static constexpr std::array kMethods = {
      Method{"CreateRoom", kCreate, &S::run<&S::create_room>},
      Method{"ListRooms", &Grants::room_list, &S::run<&S::list_rooms>},
      Method{"DeleteRoom", kCreate, &S::run<&S::delete_room>},
      Method{"UpdateRoomMetadata", kAdmin, &S::run<&S::update_room_metadata>},
      Method{"ListParticipants", kAdmin, &S::run<&S::list_participants>},
      Method{"GetParticipant", kAdmin, &S::run<&S::get_participant>},
      Method{"RemoveParticipant", kAdmin, &S::run<&S::remove_participant>},
      Method{"UpdateParticipant", kAdmin, &S::run<&S::update_participant>},
      Method{"MutePublishedTrack", kAdmin, &S::run<&S::mute_published_track>},
      Method{"UpdateSubscriptions", kAdmin, &S::run<&S::update_subscriptions>},
      Method{"SendData", kAdmin, &S::run<&S::send_data>},
      Method{"ForwardParticipant", kAdmin, &S::run<&S::forward_participant>},
      Method{"MoveParticipant", kAdmin, &S::run<&S::move_participant>},
      Method{"PerformRpc", kAdmin, &S::run<&S::perform_rpc>},
  };
  const auto it = std::ranges::find(kMethods, name, &Method::name);
  return it == kMethods.end() ? nullptr : &*it;
}

template <class Request>
std::optional<Error> RoomService::read(const Call& call, Request& request) const {
  const auto parsed = twirp::parse_body(call.request.body, call.encoding, request);
  if (!parsed) return parsed.error();
  // An administrator's token is for one room; those who make and delete rooms are not bound.
  if constexpr (requires { request.room(); } &&
                !std::is_same_v<Request, ::livekit::DeleteRoomRequest>) {
    if (request.room().empty() || request.room() != call.grants.room) return denied();
  }
  if constexpr (requires { request.destination_room(); }) {
    if (request.destination_room() != call.grants.destination_room) return denied();
  }
  // A room of another key does not exist for this one: no room has an empty name.
  if constexpr (requires { request.clear_room(); }) {
    if (control_.moderation().is_foreign(call.api_key, request.room())) request.clear_room();
  }
  return std::nullopt;
}

template <auto Rule>
asio::awaitable<http::Response> RoomService::run(const Call& call) {
  using Of = Signature<decltype(Rule)>;
  typename Of::Request request;
  if (const auto refused = read(call, request)) co_return twirp::refusal(*refused);
  auto answer = [&] {
    if constexpr (Of::kTakesKey)
      return (this->*Rule)(call.api_key, request);
    else
      return (this->*Rule)(request);
  }();
  if constexpr (Of::kWaits) {
    const auto waited = co_await std::move(answer);
    co_return written(waited, call.encoding);
  } else {
    around_.changed();
    co_return written(answer, call.encoding);
  }
}

asio::awaitable<http::Response> RoomService::serve(const http::Request& request,
                                                   std::string_view path) {
  const auto route = twirp::parse_route(path);
  if (!route || request.method != http::Method::post)
    co_return twirp::refusal({Code::bad_route, "no such route: POST /twirp/<service>/<method>"});
  if (std::ranges::find(kAbsentServices, route->service) != kAbsentServices.end())
    co_return twirp::refusal({Code::unimplemented, "this server does not offer this service"});
  const Method* method = route->service == kService ? find(route->method) : nullptr;
  if (!method) co_return twirp::refusal({Code::bad_route, "no such service or method"});
  const auto encoding = twirp::encoding_of(request);
  if (!encoding)
    co_return twirp::refusal(
        {Code::bad_route, "expected content type application/json or protobuf"});

  // The token before the message: who has none is not worth parsing for.
  const auto text = request.bearer_token();
  if (!text) co_return twirp::refusal(denied());
  const auto token = read_token(*text, keys_, around_.unix_ms() / 1000);
  if (!token) co_return twirp::refusal({Code::unauthenticated, token.error().text});
  if (!(token->grants.*method->grant)) co_return twirp::refusal(denied());
  const Call call{request, *encoding, token->api_key, token->grants};
  auto later = (this->*method->run)(call);
  co_return co_await std::move(later);
}

void RoomService::add_routes(http::Router& router) {
  const auto handler = [this](http::Request& request) -> asio::awaitable<http::Response> {
    auto later = serve(request, request.parameter("path"));
    co_return co_await std::move(later);
  };
  using enum http::Method;
  for (const http::Method method : {get, post, put, patch, del})
    router.add(method, "/twirp/{path...}", handler, {.max_body_bytes = twirp::kMaxBodyBytes});
}

}  // namespace plenum::livekit_api
