#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "control/domain_events.h"
#include "store/outbox.h"

/// History: what happened in live rooms, as rows of the store and as webhooks. Both are written in
/// one transaction, so that neither is ever without the other.
namespace plenum::history {

/// One thing to write down. Complete in itself: it is written on the store's thread, when the room
/// it speaks of may be gone.
struct Record {
  enum class What : std::uint8_t {
    event,          // `event` itself
    session_start,  // `event` is the join that begins the session
    session_end,    // `event` ends it
  };
  struct Session {
    /// 24 hex digits; empty while nobody has joined.
    std::string id;
    std::int64_t started_ms = 0;
  };

  What what = What::event;
  control::DomainEvent event;
  Session session;
  /// Kinds of streams as the store names them: "mic", "webcam", "screen_share",
  /// "screen_share_audio". At most one of the two is set.
  std::optional<std::string> stream_started = std::nullopt, stream_ended = std::nullopt;
  /// False for those who only watch over a room (hidden, recorders): they have no rows.
  bool in_history = true;
  /// Of its webhooks, the same at every attempt to write; 24 hex digits.
  std::string id;
  /// Its place in what one run of the server records, from 1: what the store has is not written
  /// again.
  std::int64_t number = 0;
};

/// A webhook: its type and its body as it will be signed.
struct Message {
  std::string type;
  std::string body;
};

/// How one family of webhooks words a record; nullopt: it does not speak of such things. Pure, and
/// called on the store's thread.
using Render = std::function<std::optional<Message>(const Record&)>;

/// Who is told.
struct Audience {
  struct Family {
    Render render;
    /// URLs that are told everything, for all keys.
    std::vector<std::string> endpoints{};
  };
  Family livekit{}, videosdk{};
  /// Whether `patterns` of a room (JSON, as its owner gave them) ask for a type. Pure.
  std::function<bool(const std::string& patterns, const std::string& type)> asks_for;
  /// Called when a job has ended, in the transaction that stores it. May be empty.
  std::function<void(store::Database&, const control::EgressJob&)> job_ended{};
};

/// The session's end_reason in the words of the store.
const char* end_reason(control::DisconnectReason reason);

}  // namespace plenum::history
