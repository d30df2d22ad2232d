#include "api/livekit/service.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "base/log.h"

namespace plenum::livekit_api {
namespace {

namespace asio = boost::asio;
using http::Request;
using http::Response;

/// How often it is looked which clients have fallen silent; they may be for much longer.
constexpr std::chrono::seconds kTick{5};
/// Joins at once, as multiples of those a second: everybody in an office behind one address comes
/// back at the same time when its link does.
constexpr double kJoinBurst = 4;
/// In seconds; by then a client's address may join again.
constexpr const char* kRetryAfter = "1";

http::RateLimit::Config join_limit(std::uint32_t per_second) {
  http::RateLimit::Config config;
  config.rate = {.per_second = static_cast<double>(per_second), .burst = per_second * kJoinBurst};
  return config;
}

Response refusal(const TokenError& error) { return Response::text(error.status, error.text); }

bool too_long(const AccessToken& token) {
  return token.identity.size() > kMaxNameBytes || token.name.size() > kMaxNameBytes ||
         token.grants.room.size() > kMaxNameBytes;
}

std::size_t size_of(const Attributes& attributes) {
  std::size_t bytes = 0;
  for (const auto& [key, value] : attributes) bytes += key.size() + value.size();
  return bytes;
}

/// Runs also when the coroutine is destroyed half-way: a server that stops, a client that left.
class AtExit {
 public:
  explicit AtExit(std::function<void()> run) : run_(std::move(run)) {}
  ~AtExit() { run_(); }
  AtExit(const AtExit&) = delete;
  AtExit& operator=(const AtExit&) = delete;

 private:
  std::function<void()> run_;
};

void log_failure(const std::exception_ptr& failure) {
  try {
    if (failure) std::rethrow_exception(failure);
  } catch (const std::exception& e) {
    log::error("signalling: a session ended by an exception: {}", e.what());
  }
}

}  // namespace

SignalService::SignalService(asio::io_context& io, control::Control& control, http::KeyStore keys,
                             SignalConfig config, Surroundings surroundings)
    : control_(control),
      context_{control, std::move(config), std::move(keys), surroundings.unix_ms, {}},
      around_(std::move(surroundings)),
      joins_(join_limit(context_.config.join_rate_per_address)),
      control_timer_(io),
      tick_timer_(io) {
  tick();
}

SignalService::~SignalService() {
  alive_.reset();
  for (const auto& session : sessions_) session->on_closed(around_.now());
}

void SignalService::add_routes(http::Router& router) {
  const auto add = [&](const std::string& path, bool v1) {
    router.websocket(path, [this, v1](http::UpgradeRequest& u) { return serve(u, v1); });
    router.add(http::Method::get, path + "/validate",
               [this, v1](Request& request) -> asio::awaitable<Response> {
                 co_return co_await validate(request, v1);
               });
  };
  add("/rtc", false);
  if (context_.config.offer_v1) add("/rtc/v1", true);
}

Result<SignalService::Admitted, TokenError> SignalService::admit(const Request& request, bool v1,
                                                                 const std::string& text) const {
  auto token = read_token(text, context_.keys, around_.unix_ms() / 1000);
  if (!token) return Err{token.error()};
  if (const auto allowed = check_join(*token); !allowed) return Err{allowed.error()};
  if (token->identity.empty()) return Err{TokenError{400, "identity cannot be empty"}};
  if (too_long(*token)) return Err{TokenError{400, "identity, name or room name is too long"}};
  auto parameters = read_join_parameters(request, v1);
  if (!parameters) return Err{parameters.error()};
  if ((!parameters->metadata.empty() || !parameters->attributes.empty()) &&
      !token->grants.may_update_own_metadata())
    return Err{TokenError{401, "permissions denied"}};
  if (parameters->metadata.size() > kMaxMetadataBytes ||
      token->metadata.size() > kMaxMetadataBytes ||
      parameters->publish_only.size() > kMaxNameBytes || has_nul(parameters->publish_only) ||
      size_of(parameters->attributes) + size_of(token->attributes) > kMaxAttributesBytes)
    return Err{TokenError{400, "metadata or attributes are too large"}};
  parameters->client.set_address(request.client.ip_text());
  return Admitted{std::move(*token), std::move(*parameters)};
}

asio::awaitable<Result<SignalService::Admitted, TokenError>> SignalService::let_in(
    const Request& request, bool v1) const {
  // The token first: who has none learns nothing about rooms.
  const auto text = token_of(request);
  if (!text) co_return Err{TokenError{401, "permissions denied"}};
  std::string token(*text);
  if (around_.exchange) {
    auto step = around_.exchange(token);
    auto exchanged = co_await std::move(step);
    if (!exchanged) co_return Err{exchanged.error()};
    token = std::move(*exchanged);
  }
  auto admitted = admit(request, v1, token);
  // Who comes back has been let in before.
  if (!admitted || admitted->parameters.reconnect || !around_.may_enter) co_return admitted;
  auto step = around_.may_enter(admitted->token);
  const auto entered = co_await std::move(step);
  if (!entered) co_return Err{entered.error()};
  co_return admitted;
}

asio::awaitable<Response> SignalService::validate(const Request& request, bool v1) const {
  const auto admitted = co_await let_in(request, v1);
  if (!admitted) co_return refusal(admitted.error());
  if (!admitted->parameters.reconnect) {
    const auto checked = control_.check(join_request(admitted->token, admitted->parameters));
    if (!checked) co_return refusal(join_refusal(checked.error()));
  }
  co_return Response::text(200, "success");
}

/// Not asked by /validate: clients take a 4xx from there as final and would not try again.
bool SignalService::may_join(const Request& request) {
  if (context_.config.join_rate_per_address == 0) return true;
  if (joins_.allow(request.client.network().ip_text(), around_.now())) return true;
  ++context_.counters.joins_limited;
  return false;
}

asio::awaitable<void> SignalService::serve(http::UpgradeRequest& upgrade, bool v1) {
  if (!may_join(upgrade.request())) {
    Response later = Response::text(429, "too many joins from this address");
    later.headers.set("Retry-After", kRetryAfter);
    co_await upgrade.refuse(std::move(later));
    co_return;
  }
  auto admitted = co_await let_in(upgrade.request(), v1);
  if (!admitted) {
    co_await upgrade.refuse(refusal(admitted.error()));
    co_return;
  }
  auto session = std::make_shared<SignalSession>(context_, std::move(admitted->token),
                                                 std::move(admitted->parameters));
  const auto started = session->start(around_.now());
  kick();
  if (!started) {
    co_await upgrade.refuse(refusal(started.error()));
    co_return;
  }
  sessions_.insert(session);
  auto forget = std::make_shared<const AtExit>([this, session, alive = std::weak_ptr(alive_)] {
    if (alive.expired())
      return;  // the io_context outlives the service and ends its coroutines last
    sessions_.erase(session);
    session->on_closed(around_.now());
    kick();
  });
  http::Websocket socket = co_await upgrade.accept();
  // Lives on by itself, so that the request and all that served it are gone while it does.
  asio::co_spawn(control_timer_.get_executor(),
                 run(std::move(socket), std::move(session), std::move(forget)), log_failure);
}

asio::awaitable<void> SignalService::run(http::Websocket socket,
                                         std::shared_ptr<SignalSession> session,
                                         std::shared_ptr<const void>) {
  const AtExit detach([&, alive = std::weak_ptr(alive_)] {
    if (!alive.expired()) session->on_closed(around_.now());
  });
  session->open({[&socket](std::string message, bool text) {
                   if (text) {
                     socket.send_text(std::move(message));
                   } else {
                     socket.send_binary(std::move(message));
                   }
                 },
                 [&socket] { socket.close(); }},
                around_.now());
  kick();
  while (auto message = co_await socket.read()) {
    session->on_message(message->data, message->text, around_.now());
    kick();
  }
}

void SignalService::kick() {
  const TimePoint at = control_.next_timeout();
  if (at == armed_for_) return;
  armed_for_ = at;
  if (at == kNever) {
    control_timer_.cancel();
    return;
  }
  const auto wait = std::max(at - around_.now(), Duration::zero());
  control_timer_.expires_after(wait);
  control_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    armed_for_ = kNever;
    control_.handle_timeout(around_.now());
    kick();
  });
}

void SignalService::tick() {
  tick_timer_.expires_after(kTick);
  tick_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    for (const auto& session : sessions_) session->handle_timeout(around_.now());
    tick();
  });
}

}  // namespace plenum::livekit_api
