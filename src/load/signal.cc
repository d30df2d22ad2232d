#include "load/signal.h"

#include <boost/json/object.hpp>

#include "api/http/jwt.h"
#include "proto/livekit_rtc.pb.h"

namespace plenum::load {
namespace {

constexpr std::int64_t kTokenLifeS = 24 * 3600;

}  // namespace

std::string TokenMaker::make(const Identity& who, std::int64_t now_s) const {
  boost::json::object video;
  video["roomJoin"] = true;
  video["room"] = who.room;
  video["canPublish"] = who.publishes;
  video["canPublishData"] = who.publishes || who.sends_data;
  video["canSubscribe"] = who.subscribes;
  boost::json::object claims;
  claims["iss"] = key_;
  claims["sub"] = who.identity;
  claims["name"] = who.identity;
  claims["nbf"] = now_s - 5;
  claims["exp"] = now_s + kTokenLifeS;
  claims["video"] = std::move(video);
  return http::sign_jwt(claims, secret_);
}

std::string join_target(const SignalServer& server, const Identity& who) {
  std::string target = server.prefix + "/rtc?protocol=15&sdk=cpp&version=0.1.0&os=linux";
  target += who.subscribes ? "&auto_subscribe=1" : "&auto_subscribe=0";
  if (who.adaptive_stream) target += "&adaptive_stream=1";
  return target;
}

Signal::Signal(boost::asio::io_context& io, const SignalServer& server, const Identity& who,
               const std::string& token, Handlers handlers) {
  auto on_message = [response = std::move(handlers.response)](std::string_view bytes) {
    livekit::SignalResponse message;
    if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) response(message);
  };
  socket_ = ClientSocket::open(io, server, join_target(server, who), token,
                               {std::move(on_message), std::move(handlers.ended)});
}

Signal::~Signal() {
  if (!left_) socket_->cut();
}

void Signal::send(const livekit::SignalRequest& request) {
  socket_->send(request.SerializeAsString());
}

void Signal::leave() {
  livekit::SignalRequest request;
  request.mutable_leave()->set_reason(livekit::CLIENT_INITIATED);
  send(request);
  left_ = true;
  socket_->close();
}

}  // namespace plenum::load
