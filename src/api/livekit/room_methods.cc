// What each method of livekit.RoomService does (room_service.h): limits, then one function of
// control, then its refusal in the words of the protocol.
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "api/livekit/room_service.h"
#include "api/livekit/signal_codec.h"

namespace plenum::livekit_api {
namespace {

namespace pb = ::livekit;
using control::Refusal;
using twirp::Code;
using twirp::Error;

/// SDKs make nonces of 16 bytes; each room remembers some.
constexpr int kMaxNonceBytes = 64;

Err<Error> invalid(std::string text) { return Err{Error{Code::invalid_argument, std::move(text)}}; }
Err<Error> no_room() { return Err{Error{Code::not_found, "requested room does not exist"}}; }
Err<Error> foreign_room() {
  return Err{Error{Code::unauthenticated, "the room belongs to another key"}};
}
/// By rules that control does not know.
Err<Error> closed_room(const TokenError& why) {
  const Code code = why.status == 503 ? Code::unavailable : Code::failed_precondition;
  return Err{Error{code, why.text}};
}
Err<Error> not_here() {
  return Err{Error{Code::unimplemented, "this server does not offer this method"}};
}

/// Of a function that looks a participant up.
Err<Error> participant_refusal(Refusal refusal, const char* too_large) {
  if (refusal == Refusal::not_found)
    return Err{Error{Code::not_found, "participant does not exist"}};
  return invalid(too_large);
}

Error move_refusal(control::MoveRefusal refusal) {
  using enum control::MoveRefusal;
  switch (refusal) {
    case participant_not_found:
      return {Code::not_found, "participant does not exist"};
    case not_connected:
      return {Code::failed_precondition, "the participant is not connected just now"};
    case same_room:
      return {Code::invalid_argument, "the participant is in that room"};
    case room_full:
      return {Code::failed_precondition, "room has reached its maximum number of participants"};
    case too_many_rooms:
      return {Code::resource_exhausted, "no room left on this server"};
    case token_revoked:
      return {Code::failed_precondition, "the participant's tokens for that room are revoked"};
    case room_not_found:
      break;
  }
  return {Code::not_found, "requested room does not exist"};
}

control::RoomSettings settings_of(const pb::CreateRoomRequest& request) {
  const auto seconds = [](std::uint32_t n) { return std::chrono::seconds(n); };
  control::RoomSettings out;
  if (request.empty_timeout() > 0) out.empty_timeout = seconds(request.empty_timeout());
  if (request.departure_timeout() > 0) out.departure_timeout = seconds(request.departure_timeout());
  if (request.max_participants() > 0) out.max_participants = request.max_participants();
  if (!request.metadata().empty()) out.metadata = request.metadata();
  return out;
}

bool is_reliable(const pb::SendDataRequest& request) {
  return request.kind() != pb::DataPacket::LOSSY;
}

/// As clients shall receive it: without a sender and, even when reliable, without a number.
control::RoutedData data_of(const pb::SendDataRequest& request) {
  control::RoutedData out;
  out.destination_identities.assign(request.destination_identities().begin(),
                                    request.destination_identities().end());
  out.destination_sids.assign(request.destination_sids().begin(), request.destination_sids().end());
  out.nonce = request.nonce();
  pb::DataPacket packet;
  packet.set_kind(is_reliable(request) ? pb::DataPacket::RELIABLE : pb::DataPacket::LOSSY);
  *packet.mutable_destination_identities() = request.destination_identities();
  pb::UserPacket& user = *packet.mutable_user();
  user.set_payload(request.data());
  *user.mutable_destination_sids() = request.destination_sids();
  *user.mutable_destination_identities() = request.destination_identities();
  if (request.has_topic()) user.set_topic(request.topic());
  user.set_nonce(request.nonce());
  auto bytes = std::make_shared<std::vector<std::byte>>(packet.ByteSizeLong());
  if (packet.SerializeToArray(bytes->data(), static_cast<int>(bytes->size())))
    out.bytes = std::move(bytes);
  return out;
}

}  // namespace

auto RoomService::create_room(const std::string& api_key, const pb::CreateRoomRequest& request)
    -> LaterAnswer<pb::Room> {
  if (request.name().empty()) co_return invalid("no room name");
  if (request.name().size() > kMaxNameBytes) co_return invalid("room name length exceeds limits");
  if (has_nul(request.name())) co_return invalid("room name has a NUL character");
  if (request.metadata().size() > kMaxMetadataBytes)
    co_return invalid("metadata size exceeds limits");
  if (request.has_egress())
    co_return Err{Error{Code::unimplemented,
                        "egress with a room is not offered: start it when somebody is in"}};
  if (around_.may_open) {
    auto asked = around_.may_open(api_key, request.name());
    const auto opened = co_await std::move(asked);
    if (!opened && opened.error().status == 404) co_return foreign_room();
    if (!opened) co_return closed_room(opened.error());
  }
  const auto made = control_.moderation().create_room(api_key, request.name(), settings_of(request),
                                                      around_.now());
  around_.changed();
  if (!made && made.error() == control::JoinRefusal::room_not_found) co_return foreign_room();
  if (!made) co_return Err{Error{Code::resource_exhausted, "no room left on this server"}};
  co_return room_message(*made);
}

auto RoomService::list_rooms(const std::string& api_key, const pb::ListRoomsRequest& request)
    -> Answer<pb::ListRoomsResponse> {
  pb::ListRoomsResponse out;
  const std::vector<std::string> names(request.names().begin(), request.names().end());
  for (const control::RoomSnapshot& room : control_.moderation().list_rooms(api_key, names))
    *out.add_rooms() = room_message(room);
  return out;
}

auto RoomService::delete_room(const pb::DeleteRoomRequest& request)
    -> Answer<pb::DeleteRoomResponse> {
  if (!control_.moderation().delete_room(request.room(), around_.now())) return no_room();
  return pb::DeleteRoomResponse();
}

auto RoomService::update_room_metadata(const pb::UpdateRoomMetadataRequest& request)
    -> Answer<pb::Room> {
  const auto room =
      control_.moderation().set_room_metadata(request.room(), request.metadata(), around_.now());
  if (room) return room_message(*room);
  if (room.error() == Refusal::not_found) return no_room();
  return invalid("metadata size exceeds limits");
}

auto RoomService::list_participants(const pb::ListParticipantsRequest& request)
    -> Answer<pb::ListParticipantsResponse> {
  pb::ListParticipantsResponse out;
  // A room that is not there has nobody in it: LiveKit's server gives the empty list.
  if (const auto present = control_.moderation().list_participants(request.room()))
    for (const control::SnapshotPtr& p : *present)
      *out.add_participants() = participant_message(*p);
  return out;
}

auto RoomService::get_participant(const pb::RoomParticipantIdentity& request)
    -> Answer<pb::ParticipantInfo> {
  const auto found = control_.moderation().participant(request.room(), request.identity());
  if (!found) return participant_refusal(found.error(), "");
  return participant_message(**found);
}

auto RoomService::remove_participant(const std::string& api_key,
                                     const pb::RoomParticipantIdentity& request)
    -> Answer<pb::RemoveParticipantResponse> {
  if (request.revoke_token_ts() < 0) return invalid("revoke_token_ts cannot be negative");
  if (has_nul(request.room()) || has_nul(request.identity()))
    return invalid("room or identity has a NUL character");
  // Noted also for who is not here now: an old token may be about to be used.
  if (request.revoke_token_ts() > 0 && request.room().size() <= kMaxNameBytes &&
      request.identity().size() <= kMaxNameBytes) {
    control_.moderation().revoke_tokens(api_key, request.room(), request.identity(),
                                        request.revoke_token_ts());
    if (around_.revoked)
      around_.revoked(api_key, request.room(), request.identity(), request.revoke_token_ts());
  }
  const auto removed =
      control_.moderation().remove_participant(request.room(), request.identity(), around_.now());
  if (!removed) return participant_refusal(removed.error(), "");
  return pb::RemoveParticipantResponse();
}

auto RoomService::update_participant(const pb::UpdateParticipantRequest& request)
    -> Answer<pb::ParticipantInfo> {
  if (request.name().size() > kMaxNameBytes) return invalid("name length exceeds limits");
  if (has_nul(request.name())) return invalid("name has a NUL character");
  if (request.metadata().size() > kMaxMetadataBytes) return invalid("metadata size exceeds limits");
  const control::ProfileChange change{request.metadata(),
                                      request.name(),
                                      {request.attributes().begin(), request.attributes().end()}};
  std::optional<control::Permissions> permissions;
  if (request.has_permission()) permissions = permissions_of(request.permission());
  const auto changed = control_.moderation().update_participant(
      request.room(), request.identity(), change, std::move(permissions), around_.now());
  if (!changed) return participant_refusal(changed.error(), "attribute size exceeds limits");
  return participant_message(**changed);
}

auto RoomService::mute_published_track(const pb::MuteRoomTrackRequest& request)
    -> Answer<pb::MuteRoomTrackResponse> {
  control::Moderation& moderation = control_.moderation();
  if (const auto p = moderation.participant(request.room(), request.identity()); !p)
    return participant_refusal(p.error(), "");
  const auto track = moderation.mute_track(request.room(), request.identity(), request.track_sid(),
                                           request.muted(), around_.now());
  if (!track && track.error() == Refusal::not_allowed)
    return Err{Error{Code::failed_precondition, "remote unmute not enabled"}};
  if (!track) return Err{Error{Code::not_found, "track is not found"}};
  pb::MuteRoomTrackResponse out;
  *out.mutable_track() = track_message(*track);
  return out;
}

auto RoomService::update_subscriptions(const pb::UpdateSubscriptionsRequest& request)
    -> Answer<pb::UpdateSubscriptionsResponse> {
  std::vector<std::string> sids(request.track_sids().begin(), request.track_sids().end());
  for (const pb::ParticipantTracks& of : request.participant_tracks())
    sids.insert(sids.end(), of.track_sids().begin(), of.track_sids().end());
  const auto done = control_.moderation().update_subscriptions(
      request.room(), request.identity(), sids, request.subscribe(), around_.now());
  if (!done) return participant_refusal(done.error(), "");
  return pb::UpdateSubscriptionsResponse();
}

auto RoomService::send_data(const pb::SendDataRequest& request) -> Answer<pb::SendDataResponse> {
  if (request.nonce().size() > kMaxNonceBytes) return invalid("nonce length exceeds limits");
  const auto sent = control_.moderation().send_data(request.room(), data_of(request),
                                                    is_reliable(request), around_.now());
  if (sent) return pb::SendDataResponse();
  if (sent.error() == Refusal::not_found) return no_room();
  return invalid("data size exceeds limits");
}

auto RoomService::forward_participant(const pb::ForwardParticipantRequest&)
    -> Answer<pb::ForwardParticipantResponse> {
  return not_here();
}

auto RoomService::move_participant(const std::string& api_key,
                                   const pb::MoveParticipantRequest& request)
    -> LaterAnswer<pb::MoveParticipantResponse> {
  const std::string& destination = request.destination_room();
  if (destination.empty()) co_return invalid("no destination room");
  if (destination.size() > kMaxNameBytes) co_return invalid("room name length exceeds limits");
  if (has_nul(destination)) co_return invalid("room name has a NUL character");
  if (around_.may_enter) {
    AccessToken guest;
    guest.api_key = api_key;
    guest.identity = request.identity();
    guest.grants.room = destination;
    auto asked = around_.may_enter(guest);
    const auto entered = co_await std::move(asked);
    if (!entered) co_return closed_room(entered.error());
  }
  const auto moved = control_.moderation().move_participant(request.room(), request.identity(),
                                                            destination, around_.now());
  around_.changed();
  if (!moved) co_return Err{move_refusal(moved.error())};
  co_return pb::MoveParticipantResponse();
}

}  // namespace plenum::livekit_api
