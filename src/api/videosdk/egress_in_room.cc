// Recordings and streams that somebody in the room starts and stops: the calls of REST under
// another name.
#include <algorithm>
#include <boost/json/serialize.hpp>
#include <utility>

#include "api/videosdk/rest_api.h"
#include "base/log.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using control::EgressKind;

const char* operation_of(EgressKind kind, bool start) {
  if (kind == EgressKind::recording) return start ? "startRecording" : "endRecording";
  if (kind == EgressKind::livestream) return start ? "startLivestream" : "endLivestream";
  return start ? "startHls" : "endHls";
}

}  // namespace

auto RestApi::call_in_room(InRoom asked) -> Task {
  if (!around_.egress.start)
    co_return Err{problems::not_implemented(egress_kind_name(asked.kind), "Composition")};
  asked.arguments.erase("meetingId");
  asked.arguments["roomId"] = asked.room;
  http::Request request;
  request.body = json::serialize(asked.arguments);
  OpenApi::Match match;
  match.operation = &*std::ranges::find(
      openapi_.operations(), operation_of(asked.kind, asked.start), &OpenApi::Operation::id);
  auto arguments = openapi_.read(match, request);
  if (!arguments) co_return Err{problems::invalid(arguments.error())};
  Call call;
  call.caller.api_key = asked.api_key;
  call.caller.room = asked.room;
  call.arguments = std::move(*arguments);
  call.base = around_.media.base;
  call.wants_object = true;
  try {
    auto step = asked.start ? start_job(call, asked.kind) : end_job(call, asked.kind);
    co_return co_await std::move(step);
  } catch (const store::StoreError& e) {
    log::warn("room {}: a call of a participant found no store: {}", asked.room, e.what());
  }
  co_return Err{problems::unavailable()};
}

}  // namespace plenum::videosdk_api
