#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/database.h"
#include "store/page.h"

namespace plenum::store {

struct Interval {
  std::int64_t start_ms = 0;
  /// nullopt = still going on.
  std::optional<std::int64_t> end_ms = std::nullopt;

  friend bool operator==(const Interval&, const Interval&) = default;
};

/// Somebody who was in a session, however often he left and came back.
struct Participant {
  struct Stream {
    /// Which of the participant's streams, in the words of the caller.
    std::string kind;
    Interval time;
    friend bool operator==(const Stream&, const Stream&) = default;
  };
  struct ModeChange {
    std::string mode;
    std::int64_t at_ms = 0;
    friend bool operator==(const ModeChange&, const ModeChange&) = default;
  };

  std::string session, participant_id, name, mode;
  std::optional<std::string> device = std::nullopt;  // JSON
  /// Seconds from his wish to join until media flowed.
  std::optional<double> init_time_s = std::nullopt;
  /// First join.
  std::int64_t joined_ms = 0;
  bool present = true;
  /// One for each stay, oldest first; so are the other two.
  std::vector<Interval> stays;
  std::vector<Stream> streams;
  std::vector<ModeChange> modes;

  friend bool operator==(const Participant&, const Participant&) = default;
};

struct Join {
  std::string api_key, session, participant_id, name, mode;
  std::optional<std::string> device = std::nullopt;  // JSON
  std::int64_t at_ms = 0;
};

/// Names whom an event is about.
struct ParticipantKey {
  std::string api_key, session, participant_id;
};

/// The following say false, and change nothing, when the session is not one of the key's running
/// ones or the participant is not in it.

/// A join while he is present replaces him: the first stay ends, another begins.
bool participant_joined(Database& db, const Join& join);
/// Ends his stay and his streams.
bool participant_left(Database& db, const ParticipantKey& who, std::int64_t at_ms);
/// Also false when a stream of this kind runs already.
bool stream_started(Database& db, const ParticipantKey& who, const std::string& kind,
                    std::int64_t at_ms);
bool stream_ended(Database& db, const ParticipantKey& who, const std::string& kind,
                  std::int64_t at_ms);
bool mode_changed(Database& db, const ParticipantKey& who, const std::string& mode,
                  std::int64_t at_ms);
bool set_init_time(Database& db, const ParticipantKey& who, double seconds);

enum class Present { all, only };
/// Who was (Present::all) or is (Present::only) in a session, latest first join first.
Page<Participant> list_participants(Database& db, const std::string& api_key,
                                    const std::string& session, Present present,
                                    const PageRequest& page);
std::optional<Participant> find_participant(Database& db, const ParticipantKey& who);

}  // namespace plenum::store
