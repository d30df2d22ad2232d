// livekit.RoomService (livekit-wire 9.2): what an application's server may do with rooms and
// participants. Each call stands alone: token, message, grant, then one function of control.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/http/key_store.h"
#include "api/http/router.h"
#include "api/livekit/token.h"
#include "api/livekit/twirp.h"
#include "base/time.h"
#include "control/control.h"
#include "proto/livekit_room.pb.h"

namespace plenum::livekit_api {

class RoomService {
 public:
  struct Surroundings {
    std::function<TimePoint()> now;
    std::function<std::int64_t()> unix_ms;
    /// Called after control may have changed: its next deadline may be another.
    std::function<void()> changed;
    /// Tokens of a participant were revoked: to be kept for after a restart.
    std::function<void(const std::string& api_key, const std::string& room,
                       const std::string& identity, std::int64_t before_s)>
        revoked{};
    /// Whether the room lets somebody in, by rules that control does not know; nullptr = it does.
    std::function<boost::asio::awaitable<Status<TokenError>>(const AccessToken&)> may_enter{};
    /// Whether the key may open a room of that name, by the same rules. 404: it is another key's.
    std::function<boost::asio::awaitable<Status<TokenError>>(std::string api_key, std::string room)>
        may_open{};
  };

  RoomService(control::Control& control, http::KeyStore keys, Surroundings surroundings)
      : control_(control), keys_(std::move(keys)), around_(std::move(surroundings)) {}

  /// Everything below /twirp/. No request may reach the routes once the service is gone.
  void add_routes(http::Router& router);
  /// `path`: what follows /twirp/. Both must outlive the answer, which may take minutes.
  boost::asio::awaitable<http::Response> serve(const http::Request& request, std::string_view path);

 private:
  template <class T>
  using Answer = Result<T, twirp::Error>;
  /// Of a method that waits for something.
  template <class T>
  using LaterAnswer = boost::asio::awaitable<Answer<T>>;
  struct Call {
    const http::Request& request;
    twirp::Encoding encoding;
    const std::string& api_key;
    const Grants& grants;
  };
  struct Method;
  static const Method* find(std::string_view name);
  struct PendingRpc;

  /// Reads the message, checks that its room is the token's, runs the method, writes its answer.
  template <auto Rule>
  boost::asio::awaitable<http::Response> run(const Call& call);
  /// Fills `request`; why not, if it is refused.
  template <class Request>
  std::optional<twirp::Error> read(const Call& call, Request& request) const;

  LaterAnswer<::livekit::Room> create_room(const std::string& api_key,
                                           const ::livekit::CreateRoomRequest& request);
  Answer<::livekit::ListRoomsResponse> list_rooms(const std::string& api_key,
                                                  const ::livekit::ListRoomsRequest& request);
  Answer<::livekit::DeleteRoomResponse> delete_room(const ::livekit::DeleteRoomRequest& request);
  Answer<::livekit::Room> update_room_metadata(const ::livekit::UpdateRoomMetadataRequest& request);
  Answer<::livekit::ListParticipantsResponse> list_participants(
      const ::livekit::ListParticipantsRequest& request);
  Answer<::livekit::ParticipantInfo> get_participant(
      const ::livekit::RoomParticipantIdentity& request);
  Answer<::livekit::RemoveParticipantResponse> remove_participant(
      const std::string& api_key, const ::livekit::RoomParticipantIdentity& request);
  Answer<::livekit::ParticipantInfo> update_participant(
      const ::livekit::UpdateParticipantRequest& request);
  Answer<::livekit::MuteRoomTrackResponse> mute_published_track(
      const ::livekit::MuteRoomTrackRequest& request);
  Answer<::livekit::UpdateSubscriptionsResponse> update_subscriptions(
      const ::livekit::UpdateSubscriptionsRequest& request);
  Answer<::livekit::SendDataResponse> send_data(const ::livekit::SendDataRequest& request);
  Answer<::livekit::ForwardParticipantResponse> forward_participant(
      const ::livekit::ForwardParticipantRequest& request);
  LaterAnswer<::livekit::MoveParticipantResponse> move_participant(
      const std::string& api_key, const ::livekit::MoveParticipantRequest& request);
  LaterAnswer<::livekit::PerformRpcResponse> perform_rpc(
      const ::livekit::PerformRpcRequest& request);
  Answer<Ok> start_rpc(const ::livekit::PerformRpcRequest& request,
                       const std::shared_ptr<PendingRpc>& pending);

  control::Control& control_;
  http::KeyStore keys_;
  Surroundings around_;
};

}  // namespace plenum::livekit_api
