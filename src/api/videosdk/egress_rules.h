// What a room, or a job of its, asked for in advance: jobs that start with a session
// (autoStartConfig, videosdk-api 6.5), and the end of the session with a job (onFailure, 6.6).
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <set>
#include <string>

#include "api/videosdk/rest_api.h"
#include "control/domain_events.h"
#include "store/store.h"

namespace plenum::videosdk_api {

/// Observes control, and acts in a later turn of its thread.
class EgressRules {
 public:
  struct Surroundings {
    boost::asio::io_context& io;
    RestApi::Egress egress{};
    /// Ends the session of the room with that name and sid, if it still runs.
    std::function<void(const std::string& api_key, const std::string& room, const std::string& sid)>
        end_session{};
    /// Whether a job of that kind runs in the room.
    std::function<bool(const std::string& api_key, const std::string& room, control::EgressKind)>
        is_running{};
    /// Called after control may have changed.
    std::function<void()> changed{};
  };

  EgressRules(store::Store& store, Surroundings around)
      : store_(store), around_(std::move(around)) {}

  void on_event(const control::DomainEvent& event);

 private:
  boost::asio::awaitable<void> start_jobs(std::string api_key, std::string room);
  boost::asio::awaitable<void> end_later(std::string api_key, std::string room, std::string sid,
                                         control::EgressKind kind, Duration wait);

  store::Store& store_;
  const Surroundings around_;
  /// Sids of rooms where somebody's media flows.
  std::set<std::string> live_;
};

/// How long the session may go on without the job that failed; nullopt: it has nothing to do with
/// it. At most 150 s, which is the default.
std::optional<Duration> patience_after_failure(const control::EgressJob& job);

}  // namespace plenum::videosdk_api
