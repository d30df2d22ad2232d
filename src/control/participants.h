#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "control/data.h"
#include "control/publications.h"
#include "control/rooms.h"
#include "control/subscriptions.h"
#include "control/updates.h"
#include "control/world.h"

namespace plenum::control {

struct JoinRequest {
  /// Of the token.
  std::string api_key;
  std::string room, identity, name, metadata;
  /// Whose token it is where that is somebody else: a second connection of theirs.
  std::optional<std::string> token_identity;
  Attributes attributes;
  /// What of these the participant that this one replaces has is taken over where absent here.
  bool keep_metadata = false;
  bool keep_attributes = false;
  Permissions permissions;
  Rights rights;
  /// Has to be admitted by somebody in the room.
  bool waiting = false;
  ParticipantKind kind = ParticipantKind::standard;
  std::vector<std::string> kind_details;
  ClientInfo client;
  bool auto_subscribe = true;
  bool adaptive_stream = false;
  bool disable_ice_lite = false;
  /// One peer connection for both ways (v1).
  bool single = false;
  /// Applied when this join creates the room.
  std::optional<RoomSettings> room_settings;
  /// Since when the token is valid, Unix seconds; 0 = it does not say.
  std::int64_t token_not_before = 0;
};

/// What the first message of a new session tells; everything later comes as events.
struct Joined {
  ParticipantId id;
  std::uint64_t session = 0;
  RoomSnapshot room;
  SnapshotPtr self;
  std::vector<SnapshotPtr> others;
  std::string sif_trailer;
  bool subscriber_primary = false;
  bool fast_publish = false;
};

struct ResumeRequest {
  std::string room, identity, sid;
  bool single = false;
  int protocol = 0;
  std::int64_t token_not_before = 0;
  /// Of the token.
  std::string api_key{};
  std::optional<std::string> token_identity{};
  Rights rights{};
  bool waiting = false;
};

struct Resumed {
  ParticipantId id;
  std::uint64_t session = 0;
  /// Last reliable message of this client that was seen.
  std::uint32_t last_message_sequence = 0;
};
/// The session is not there, or is another one: the client must join anew.
struct ResumeRefused {};

/// What a resuming client believes (livekit-wire 7.3).
struct SyncState {
  std::vector<std::string> track_sids;
  bool subscribe = false;
  std::vector<std::string> disabled_track_sids;
  std::vector<std::string> published_track_sids;
};

/// Changes of what a participant shows of itself: empty = unchanged, empty attribute = removed.
struct ProfileChange {
  std::string metadata, name;
  Attributes attributes;
};

/// The life of participants: join, ACTIVE, loss and resume, end (livekit-wire 3.1, 7.1-7.3, 8).
class Participants {
 public:
  Participants(World& world, Rooms& rooms, Updates& updates, Publications& publications,
               Subscriptions& subscriptions, DataRouter& data)
      : world_(world),
        rooms_(rooms),
        updates_(updates),
        publications_(publications),
        subscriptions_(subscriptions),
        data_(data) {}

  /// The same checks as join(), without effect.
  Status<JoinRefusal> check(const JoinRequest& request) const;
  /// Events for the sink may arrive from within the call: they belong after the answer to this.
  Result<Joined, JoinRefusal> join(JoinRequest request, EventSink sink, TimePoint now);
  Result<Resumed, ResumeRefused> resume(const ResumeRequest& request, EventSink sink,
                                        TimePoint now);
  /// The socket of `session` is gone; the participant stays while its media does.
  void signal_lost(ParticipantId id, std::uint64_t session, TimePoint now);
  void sync(Participant& p, const SyncState& state, TimePoint now);

  void on_sections_needed(const shard::SectionsNeeded& event);
  void on_connected(PeerId peer, TimePoint now);
  void on_disconnected(const shard::PeerDisconnected& event, TimePoint now);
  void on_reconnected(PeerId peer);

  Status<Refusal> change_profile(Participant& p, const ProfileChange& change);
  void set_permissions(Participant& p, Permissions permissions, TimePoint now);
  /// From the lobby into the room, in the mode that it came for.
  void admit(Participant& p, TimePoint now);
  /// To another room, with its transports and tracks (livekit-wire 8.5). The client must be
  /// connected: it has to learn of the room and gets a token for it.
  void move(Participant& p, Room& to, TimePoint now);
  /// `action`: what the client is told to do; nullopt = it knows already or cannot hear.
  void end(Participant& p, std::optional<LeaveAction> action, DisconnectReason reason,
           TimePoint now);
  enum class RemovedBy : std::uint8_t { participant, server_api };
  /// Removes everybody under that identity, its further connections included. False: nobody is.
  bool remove(const Room& room, const std::string& identity, RemovedBy by, TimePoint now);
  /// `reason` is what everybody is told; the room itself ends for `reason_of_end` if that differs.
  void close_room(Room& room, DisconnectReason reason, TimePoint now,
                  std::optional<DisconnectReason> reason_of_end = std::nullopt);
  /// Closes the room after so long unless somebody who counts joins.
  void close_when_idle(Room& room, Duration after, TimePoint now);

 private:
  /// A participant between two rooms.
  struct Moving {
    std::map<ParticipantId, std::unique_ptr<Participant>>::node_type node;
    ParticipantState state = ParticipantState::joined;
    bool is_publisher = false;
    std::vector<std::unique_ptr<Track>> tracks;
  };
  Moving take_out(Participant& p, TimePoint now);
  void enter(Moving moving, Room& room, TimePoint now);

  Participant& create(Room& room, JoinRequest request, EventSink sink, TimePoint now);
  void add_peers(Participant& p, bool hide_ice_lite);
  void end_call(Room& room, TimePoint now);
  void on_closed(Participant& p, TimePoint now);
  void start_timers(Participant& p, TimePoint now);
  void renew_token_later(Participant& p, TimePoint now);
  void tell_state_after_resume(Participant& p, int protocol, TimePoint deaf_since, TimePoint now);
  void expect_end(Participant& p, Duration after, std::optional<LeaveAction> action,
                  DisconnectReason reason, TimePoint now);

  World& world_;
  Rooms& rooms_;
  Updates& updates_;
  Publications& publications_;
  Subscriptions& subscriptions_;
  DataRouter& data_;
};

}  // namespace plenum::control
