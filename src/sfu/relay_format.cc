#include "sfu/relay_format.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace plenum::sfu {

const rtp::ExtensionMap& relay_extensions() {
  static const rtp::ExtensionMap map = [] {
    rtp::ExtensionMap m;
    m.set(rtp::Extension::audio_level, 1);
    m.set(rtp::Extension::dependency_descriptor, 2);
    m.set(rtp::Extension::abs_capture_time, 3);
    m.set(rtp::Extension::video_orientation, 4);
    m.set(rtp::Extension::playout_delay, 5);
    return m;
  }();
  return map;
}

std::size_t write_relay_packet(const TrackPacket& p, MutableBytes out) {
  const rtp::Packet& packet = *p.packet;
  const rtp::ExtensionMap& ids = relay_extensions();
  rtp::ExtensionWriter extensions;
  if (p.extensions.audio_level) {
    const std::array<std::byte, 1> level{
        static_cast<std::byte>((p.extensions.audio_level->voice ? 0x80 : 0) |
                               (p.extensions.audio_level->level_dbov & 0x7f))};
    extensions.add(ids.id(rtp::Extension::audio_level), level);
  }
  const auto add = [&](rtp::Extension e, Bytes value) {
    if (!value.empty()) extensions.add(ids.id(e), value);
  };
  add(rtp::Extension::dependency_descriptor, p.extensions.dependency_descriptor);
  add(rtp::Extension::abs_capture_time, p.extensions.abs_capture_time);
  add(rtp::Extension::video_orientation, p.extensions.video_orientation);
  add(rtp::Extension::playout_delay, p.extensions.playout_delay);

  const Bytes payload = packet.payload();
  if (out.size() < rtp::kFixedHeaderSize + rtp::ExtensionWriter::kMaxSize + 8 + payload.size())
    return 0;
  const std::size_t extension_size = extensions.finish(out.subspan(rtp::kFixedHeaderSize));
  put_be(out, 0, 1, extension_size ? 0x90 : 0x80);
  put_be(out, 1, 1,
         static_cast<unsigned>(packet.header.marker ? 0x80 : 0) | packet.header.payload_type);
  put_be(out, 2, 2, packet.header.sequence);
  put_be(out, 4, 4, packet.header.timestamp.value());
  put_be(out, 8, 4, packet.header.ssrc.value());
  const std::size_t header = rtp::kFixedHeaderSize + extension_size;
  if (!payload.empty()) std::memcpy(out.data() + header, payload.data(), payload.size());
  return header + payload.size();
}

}  // namespace plenum::sfu
