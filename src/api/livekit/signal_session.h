// One signalling connection: between the messages of one client and control. Knows no socket and
// no clock; the service feeds it and gives it a way to send.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/key_store.h"
#include "api/livekit/join_request.h"
#include "api/livekit/signal_codec.h"
#include "api/livekit/token.h"
#include "base/result.h"
#include "base/time.h"
#include "base/token_bucket.h"
#include "control/control.h"
#include "proto/livekit_rtc.pb.h"

namespace plenum::livekit_api {

struct SignalCounters {
  /// Sessions ended because their client sent more than allowed.
  std::uint64_t flooded = 0;
  /// Joins refused because their address had too many.
  std::uint64_t joins_limited = 0;
};

/// What all sessions share. Outlives them.
struct SignalContext {
  control::Control& control;
  SignalConfig config;
  http::KeyStore keys;
  /// Wall clock in milliseconds since 1970, for tokens and pongs.
  std::function<std::int64_t()> unix_ms;
  /// Asked for by `simulate`: what to do with the next resume of a participant, by sid.
  enum class ResumeTest : std::uint8_t { cut_after_messages, cut_at_once };
  std::map<std::string, ResumeTest> resume_tests;
  SignalCounters counters = {};
};

/// Control's refusal as clients see it.
TokenError join_refusal(control::JoinRefusal refusal);

class SignalSession : public std::enable_shared_from_this<SignalSession> {
 public:
  /// How bytes leave. `close` is a polite end after everything sent.
  struct Connection {
    std::function<void(std::string message, bool text)> send;
    std::function<void()> close;
  };

  SignalSession(SignalContext& context, AccessToken token, JoinParameters parameters)
      : context_(context), token_(std::move(token)), parameters_(std::move(parameters)) {}

  /// Joins or resumes in control, before the connection is accepted: a refusal is an HTTP answer.
  Status<TokenError> start(TimePoint now);
  /// The connection is up: sends the first message and all that happened meanwhile.
  void open(Connection connection, TimePoint now);
  void on_message(std::string_view message, bool text, TimePoint now);
  /// The connection is gone; safe to call more than once.
  void on_closed(TimePoint now);
  /// Cuts a client that has been silent for too long. Call about once a second.
  void handle_timeout(TimePoint now);

 private:
  using Request = ::livekit::SignalRequest;
  using Handler = void (SignalSession::*)(const Request&, TimePoint);
  static Handler handler_for(Request::MessageCase kind);

  Status<TokenError> join(TimePoint now);
  void resume(TimePoint now);
  control::EventSink sink();
  void on_event(control::ParticipantEvent event);
  void deliver(const control::ParticipantEvent& event);
  void send(const ::livekit::SignalResponse& response);
  void leave(control::LeaveAction action, control::DisconnectReason reason);
  void close();
  std::optional<std::string> fresh_token() const;
  void send_token();
  void tell_move(const control::RoomMoved& moved);
  /// `echo` puts the request into the answer.
  using Echo = std::function<void(::livekit::RequestResponse&)>;
  void answer_request(const Status<control::Refusal>& result, std::uint32_t request_id,
                      const Echo& echo);
  void dispatch(const Request& request, TimePoint now);
  bool may_negotiate(TimePoint now);
  void cut_flood(const char* what, TimePoint now);

  void on_offer(const Request& request, TimePoint now);
  void on_answer(const Request& request, TimePoint now);
  void on_add_track(const Request& request, TimePoint now);
  void on_mute(const Request& request, TimePoint now);
  void on_subscription(const Request& request, TimePoint now);
  void on_track_setting(const Request& request, TimePoint now);
  void on_leave(const Request& request, TimePoint now);
  void on_subscription_permission(const Request& request, TimePoint now);
  void on_sync_state(const Request& request, TimePoint now);
  void on_simulate(const Request& request, TimePoint now);
  void on_ping(const Request& request, TimePoint now);
  void on_ping_req(const Request& request, TimePoint now);
  void on_update_metadata(const Request& request, TimePoint now);
  void on_update_audio_track(const Request& request, TimePoint now);
  void on_update_video_track(const Request& request, TimePoint now);
  void on_publish_data_track(const Request& request, TimePoint now);
  void on_unpublish_data_track(const Request& request, TimePoint now);

  SignalContext& context_;
  AccessToken token_;
  JoinParameters parameters_;
  Connection connection_;
  control::ParticipantId participant_;
  std::uint64_t session_ = 0;
  /// Join, reconnect or leave; sent before everything else.
  std::optional<::livekit::SignalResponse> first_;
  /// What happened before the first message was out.
  std::vector<control::ParticipantEvent> early_;
  TimePoint heard_at_{};
  /// What the client may send; see the rates in signal_session.cc.
  TokenBucket messages_, bytes_, negotiations_;
  /// Offers and answers that we have asked for and that have not come yet.
  int negotiations_asked_ = 0;
  bool open_ = false;
  bool closed_ = false;
  /// Close once the first messages are out: a refused resume, or a test.
  bool close_after_first_ = false;
  /// The client's last frame was text: it is answered in text.
  bool text_ = false;
};

}  // namespace plenum::livekit_api
