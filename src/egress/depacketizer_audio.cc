#include "egress/depacketizer_audio.h"

#include <utility>

#include "media/rtp/red.h"

namespace plenum::egress {
namespace {

/// a is later than b; timestamps wrap.
bool later(RtpTime a, RtpTime b) { return static_cast<std::int32_t>(a.value() - b.value()) > 0; }

EncodedFrame frame_of(Bytes data, RtpTime timestamp, TimePoint arrival) {
  return {{data.begin(), data.end()}, timestamp, true, arrival};
}

}  // namespace

std::vector<EncodedFrame> AudioDepacketizer::push(Popped popped) {
  std::vector<EncodedFrame> frames;
  if (red_)
    frames = unwrap(popped);
  else
    frames.push_back(
        {std::move(popped.packet.payload), popped.packet.timestamp, true, popped.packet.arrival});
  if (!frames.empty()) latest_ = frames.back().timestamp;
  return frames;
}

std::vector<EncodedFrame> AudioDepacketizer::unwrap(const Popped& popped) const {
  const MediaPacket& packet = popped.packet;
  const auto red = rtp::parse_red(packet.payload);
  if (!red) return {};
  std::vector<EncodedFrame> frames;
  std::optional<RtpTime> latest = popped.after_gap ? latest_ : std::nullopt;
  for (std::size_t i = 0; latest && i + 1 < red->count; ++i) {
    const rtp::RedBlock& block = red->blocks[i];
    const RtpTime timestamp(packet.timestamp.value() - block.timestamp_offset);
    const bool wanted = later(timestamp, *latest) && later(packet.timestamp, timestamp);
    if (!wanted || block.data.empty()) continue;
    frames.push_back(frame_of(block.data, timestamp, packet.arrival));
    latest = timestamp;
  }
  const Bytes primary = red->primary().data;
  if (!primary.empty()) frames.push_back(frame_of(primary, packet.timestamp, packet.arrival));
  return frames;
}

}  // namespace plenum::egress
