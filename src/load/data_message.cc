#include "load/data_message.h"

#include <algorithm>

#include "proto/livekit_data.pb.h"

namespace plenum::load {
namespace {

constexpr std::string_view kTopic = "plenum-load";
constexpr std::size_t kTimeBytes = 8;

}  // namespace

std::string write_data_message(NtpTime sent, std::size_t bytes) {
  std::string payload(std::max(bytes, kTimeBytes), '\0');
  put_be(std::as_writable_bytes(std::span(payload)), 0, kTimeBytes, sent.value);
  livekit::DataPacket packet;
  packet.set_kind(livekit::DataPacket::LOSSY);
  packet.mutable_user()->set_payload(std::move(payload));
  packet.mutable_user()->set_topic(std::string(kTopic));
  return packet.SerializeAsString();
}

std::optional<NtpTime> read_data_message(Bytes message) {
  livekit::DataPacket packet;
  if (!packet.ParseFromArray(message.data(), static_cast<int>(message.size()))) return std::nullopt;
  const livekit::UserPacket& user = packet.user();
  if (user.topic() != kTopic || user.payload().size() < kTimeBytes) return std::nullopt;
  return NtpTime{be64(as_bytes(user.payload()), 0)};
}

}  // namespace plenum::load
