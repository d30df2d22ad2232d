#include "media/peer/downlinks.h"

#include <algorithm>
#include <array>
#include <utility>

#include "media/rtp/dependency_descriptor.h"

namespace plenum::peer {

void Downlinks::update(const std::vector<SendSection>& sections) {
  const Vector<Stream> before = std::exchange(streams_, {});
  const Vector<Ssrc> ssrcs_before = std::exchange(ssrcs_, {});
  const auto add = [&](Ssrc ssrc, const SendSection& section) {
    const auto was =
        static_cast<std::size_t>(std::ranges::find(ssrcs_before, ssrc) - ssrcs_before.begin());
    const bool reported =
        was < before.size() && before[was].mid == section.mid && before[was].reported;
    ssrcs_.push_back(ssrc);
    streams_.push_back({reported, section.extensions, section.mid});
  };
  last_ = 0;
  for (const SendSection& s : sections) {
    if (s.state != SendState::bound) continue;
    add(s.ssrc, s);
    if (s.rtx_payload_type) add(s.rtx_ssrc, s);
  }
}

void Downlinks::handle_report(Ssrc ssrc) {
  const auto it = std::ranges::find(ssrcs_, ssrc);
  if (it != ssrcs_.end()) streams_[static_cast<std::size_t>(it - ssrcs_.begin())].reported = true;
}

const Downlinks::Stream* Downlinks::find(Ssrc ssrc) {
  if (last_ >= ssrcs_.size() || ssrcs_[last_] != ssrc) {
    const auto it = std::ranges::find(ssrcs_, ssrc);
    if (it == ssrcs_.end()) return nullptr;
    last_ = static_cast<std::size_t>(it - ssrcs_.begin());
  }
  return &streams_[last_];
}

std::size_t Downlinks::write_header(const rtp::Outgoing& packet, MutableBytes out, TimePoint now) {
  const Stream* stream = find(packet.ssrc);
  if (!stream) return 0;
  const rtp::ExtensionMap& ids = stream->extensions;
  rtp::ExtensionWriter writer;
  const auto add = [&](rtp::Extension e, Bytes value) {
    if (ids.has(e) && !value.empty()) writer.add(ids.id(e), value);
  };
  if (!stream->reported) add(rtp::Extension::mid, as_bytes(stream->mid));
  std::array<std::byte, 3> scratch;
  if (ids.has(rtp::Extension::transport_seq)) {
    put_be(scratch, 0, 2, transport_seq_++);
    add(rtp::Extension::transport_seq, Bytes(scratch).first(2));
  }
  if (ids.has(rtp::Extension::abs_send_time)) {
    // 24 bits of 6.18 fixed-point seconds; any origin will do.
    const auto us = static_cast<std::uint64_t>(now.time_since_epoch().count());
    put_be(scratch, 0, 3, ((us << 18) / 1'000'000) & 0xffffff);
    add(rtp::Extension::abs_send_time, scratch);
  }
  if (packet.audio_level) {
    put_be(scratch, 0, 1,
           (packet.audio_level->voice ? 0x80u : 0u) | (packet.audio_level->level_dbov & 0x7fu));
    add(rtp::Extension::audio_level, Bytes(scratch).first(1));
  }
  if (packet.frame_number_offset == 0) {
    add(rtp::Extension::dependency_descriptor, packet.dependency_descriptor);
  } else {
    std::array<std::byte, 255> moved;  // the longest extension there is
    const std::size_t size =
        rtp::rewrite_frame_number(packet.dependency_descriptor, packet.frame_number_offset, moved);
    add(rtp::Extension::dependency_descriptor, Bytes(moved).first(size));
  }
  add(rtp::Extension::abs_capture_time, packet.abs_capture_time);
  add(rtp::Extension::video_orientation, packet.video_orientation);
  add(rtp::Extension::playout_delay, packet.playout_delay);

  if (out.size() < rtp::kFixedHeaderSize + rtp::ExtensionWriter::kMaxSize + 8) return 0;
  const std::size_t extension_size = writer.finish(out.subspan(rtp::kFixedHeaderSize));
  put_be(out, 0, 1, extension_size ? 0x90 : 0x80);
  put_be(out, 1, 1, static_cast<unsigned>(packet.marker ? 0x80 : 0) | packet.payload_type);
  put_be(out, 2, 2, packet.seq.value() & 0xffff);
  put_be(out, 4, 4, packet.timestamp.value());
  put_be(out, 8, 4, packet.ssrc.value());
  return rtp::kFixedHeaderSize + extension_size;
}

}  // namespace plenum::peer
