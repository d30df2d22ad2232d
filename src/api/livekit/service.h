// The signalling endpoints of the LiveKit protocol: /rtc and /rtc/v1 with their /validate, which
// share every check, so that a client which asks why it was refused gets the same answer.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <set>

#include "api/http/rate_limit.h"
#include "api/http/router.h"
#include "api/livekit/signal_session.h"
#include "base/time.h"

namespace plenum::livekit_api {

class SignalService {
 public:
  struct Surroundings {
    std::function<TimePoint()> now;
    std::function<std::int64_t()> unix_ms;
    /// Asks about what control does not know of a room; nothing asked when empty.
    std::function<boost::asio::awaitable<Status<TokenError>>(const AccessToken&)> may_enter{};
    /// Makes a token of this protocol of one of another family, and leaves its own as they are.
    std::function<boost::asio::awaitable<Result<std::string, TokenError>>(std::string token)>
        exchange{};
  };

  SignalService(boost::asio::io_context& io, control::Control& control, http::KeyStore keys,
                SignalConfig config, Surroundings surroundings);

  /// Ends its sessions. Connections may outlive it: they go with the server or the io_context.
  ~SignalService();
  SignalService(const SignalService&) = delete;
  SignalService& operator=(const SignalService&) = delete;

  /// No request may reach the routes once the service is gone.
  void add_routes(http::Router& router);
  /// Call after anything was given to control from outside (shard events): its next deadline may
  /// have changed.
  void kick();

  std::size_t sessions() const { return sessions_.size(); }
  const SignalCounters& counters() const { return context_.counters; }

 private:
  struct Admitted {
    AccessToken token;
    JoinParameters parameters;
  };
  Result<Admitted, TokenError> admit(const http::Request& request, bool v1,
                                     const std::string& token) const;
  boost::asio::awaitable<Result<Admitted, TokenError>> let_in(const http::Request& request,
                                                              bool v1) const;
  bool may_join(const http::Request& request);
  boost::asio::awaitable<void> serve(http::UpgradeRequest& upgrade, bool v1);
  /// Keeps `forget` until it ends.
  boost::asio::awaitable<void> run(http::Websocket socket, std::shared_ptr<SignalSession> session,
                                   std::shared_ptr<const void> forget);
  boost::asio::awaitable<http::Response> validate(const http::Request& request, bool v1) const;
  void tick();

  control::Control& control_;
  SignalContext context_;
  Surroundings around_;
  http::RateLimit joins_;
  boost::asio::steady_timer control_timer_;
  boost::asio::steady_timer tick_timer_;
  TimePoint armed_for_ = kNever;
  /// Shared with the coroutines of connections.
  std::set<std::shared_ptr<SignalSession>> sessions_;
  /// Gone with the service; coroutines that end later look at it before they touch the service.
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace plenum::livekit_api
