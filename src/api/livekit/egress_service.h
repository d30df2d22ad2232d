// livekit.Egress (livekit-wire 9.3): recordings and live streams of rooms, for an application's
// server. Works on the same jobs as REST v2. Sees one node, and in listings what the store has.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/key_store.h"
#include "api/http/router.h"
#include "api/livekit/egress_info.h"
#include "api/livekit/egress_wish.h"
#include "api/livekit/twirp.h"
#include "base/time.h"
#include "control/control.h"
#include "proto/livekit_egress.pb.h"

namespace plenum::livekit_api {

/// Which of a key's jobs, newest first; what is empty does not matter.
struct EgressQuery {
  std::string api_key{}, room{}, job_id{};
  bool only_active = false;
  /// From 1; kEgressPageSize on each. Active ones are all on the first.
  std::int64_t page = 1;
};
inline constexpr std::int64_t kEgressPageSize = 100;
struct EgressPage {
  std::vector<EgressView> views{};
  bool has_more = false;
};

class EgressService {
 public:
  struct Surroundings {
    std::function<TimePoint()> now;
    std::function<std::int64_t()> unix_ms;
    /// Called after control may have changed: its next deadline may be another.
    std::function<void()> changed;
    /// For links in the answer to that request.
    std::function<EgressLinks(const http::Request&)> links;
    /// What the store has, with all that control has told of; nullopt: it cannot answer now. The
    /// query must outlive the answer.
    std::function<boost::asio::awaitable<std::optional<EgressPage>>(const EgressQuery&)> stored;
    /// Why no webhook may ever go to that URL; nothing asked when empty.
    std::function<std::optional<std::string>(const std::string& url)> hook_fault{};
  };

  EgressService(control::Control& control, http::KeyStore keys, Surroundings surroundings)
      : control_(control), keys_(std::move(keys)), around_(std::move(surroundings)) {}

  /// /twirp/livekit.Egress/. No request may reach the routes once the service is gone.
  void add_routes(http::Router& router);
  /// Both must outlive the answer.
  boost::asio::awaitable<http::Response> serve(const http::Request& request,
                                               std::string_view method);

 private:
  template <class T>
  using Answer = Result<T, twirp::Error>;
  template <class T>
  using LaterAnswer = boost::asio::awaitable<Answer<T>>;
  struct Call {
    const http::Request& request;
    twirp::Encoding encoding;
    const std::string& api_key;
  };
  struct Method;
  static const Method* find(std::string_view name);
  template <auto Rule>
  boost::asio::awaitable<http::Response> run(const Call& call);

  template <class Request>
  LaterAnswer<::livekit::EgressInfo> start(const Call& call, const Request& request);
  LaterAnswer<::livekit::EgressInfo> start_web(const Call& call,
                                               const ::livekit::WebEgressRequest& request);
  LaterAnswer<::livekit::EgressInfo> update_layout(const Call& call,
                                                   const ::livekit::UpdateLayoutRequest& request);
  LaterAnswer<::livekit::EgressInfo> update_stream(const Call& call,
                                                   const ::livekit::UpdateStreamRequest& request);
  LaterAnswer<::livekit::ListEgressResponse> list(const Call& call,
                                                  const ::livekit::ListEgressRequest& request);
  LaterAnswer<::livekit::EgressInfo> stop(const Call& call,
                                          const ::livekit::StopEgressRequest& request);

  Answer<EgressPlace> place_of(const Call& call, const std::string& room) const;
  /// Starts it, once its webhook has been looked at.
  LaterAnswer<::livekit::EgressInfo> start_job(const Call& call, const EgressPlace& place,
                                               control::EgressJob job);
  /// The job of that id, if it runs here.
  LaterAnswer<control::EgressJob> running(const Call& call, const std::string& egress_id);
  /// As it is after a change.
  ::livekit::EgressInfo shown(const Call& call, const control::EgressJob& job) const;
  ::livekit::EgressInfo shown(const Call& call, const EgressView& view) const;

  control::Control& control_;
  http::KeyStore keys_;
  Surroundings around_;
};

}  // namespace plenum::livekit_api
