// A DataPacket from a client, edited and read again as its receivers would.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "api/livekit/data_packet.h"
#include "proto/livekit_data.pb.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plenum;
  control::Participant sender;
  sender.sid = "PA_sender";
  sender.identity = "sender";
  sender.kind = size % 2 ? control::ParticipantKind::agent : control::ParticipantKind::standard;
  const auto out =
      livekit_api::edit_data_packet(sender, size % 3 == 0, std::as_bytes(std::span(data, size)));
  if (!out) return 0;
  ::livekit::DataPacket packet;
  if (!packet.ParseFromArray(out->bytes->data(), static_cast<int>(out->bytes->size())))
    std::abort();
  if (packet.participant_sid() != sender.sid) std::abort();
  return 0;
}
