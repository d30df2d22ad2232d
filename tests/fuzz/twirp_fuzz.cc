#include "api/livekit/twirp.h"

#include <cstdlib>
#include <string>

#include "proto/livekit_room.pb.h"

// A path below /twirp/ up to the first newline, then a body: read as each request of the room
// service in both encodings. What is read is answered, and the answer reads the same again.
namespace {

namespace twirp = plenum::livekit_api::twirp;
using twirp::Encoding;

template <class Request>
void check(std::string_view body) {
  for (const Encoding encoding : {Encoding::json, Encoding::protobuf}) {
    Request request;
    const auto parsed = twirp::parse_body(body, encoding, request);
    if (!parsed) {
      if (parsed.error().code != twirp::Code::malformed) std::abort();
      if (twirp::refusal(parsed.error()).status != 400) std::abort();
      continue;
    }
    (void)twirp::answer(request, Encoding::json);
    const auto answer = twirp::answer(request, Encoding::protobuf);
    Request again;
    if (!twirp::parse_body(answer.body, Encoding::protobuf, again)) std::abort();
    if (again.ByteSizeLong() != request.ByteSizeLong()) std::abort();
  }
}

void check_path(std::string_view path) {
  const auto route = twirp::parse_route(path);
  if (route && std::string(route->service) + "/" + std::string(route->method) != path) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\n');
  if (end == std::string_view::npos) return 0;
  check_path(input.substr(0, end));
  const std::string_view body = input.substr(end + 1);
  check<livekit::CreateRoomRequest>(body);
  check<livekit::ListRoomsRequest>(body);
  check<livekit::UpdateParticipantRequest>(body);
  check<livekit::MuteRoomTrackRequest>(body);
  check<livekit::RoomParticipantIdentity>(body);
  check<livekit::UpdateSubscriptionsRequest>(body);
  check<livekit::SendDataRequest>(body);
  check<livekit::PerformRpcRequest>(body);
  return 0;
}
