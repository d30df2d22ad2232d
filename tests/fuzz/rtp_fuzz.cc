// RTP header and extensions: whatever is accepted stays inside the packet, and is written again to
// something that reads the same.
#include <array>
#include <cstdlib>
#include <vector>

#include "media/rtp/extensions.h"
#include "media/rtp/header.h"
#include "media/rtp/writer.h"

namespace {

using namespace plenum;

void require(bool holds) {
  if (!holds) std::abort();
}

bool inside(Bytes view, Bytes packet) {
  return view.empty() || (view.data() >= packet.data() &&
                          view.data() + view.size() <= packet.data() + packet.size());
}

rtp::ExtensionMap every_extension() {
  rtp::ExtensionMap map;
  for (std::size_t i = 0; i < rtp::kExtensionCount; ++i)
    map.set(static_cast<rtp::Extension>(i), static_cast<std::uint8_t>(i + 1));
  return map;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const rtp::ExtensionMap map = every_extension();
  const Bytes packet = std::as_bytes(std::span(data, size));
  const auto h = rtp::parse_header(packet);
  require(!h || rtp::parse_protected_header(packet));
  if (!h) return 0;
  require(std::size_t{h->payload_offset} + h->padding <= size);

  const rtp::ExtensionsView v = rtp::parse_extensions(packet, *h, map);
  for (const Bytes b :
       {as_bytes(v.mid), as_bytes(v.rid), as_bytes(v.repaired_rid), v.dependency_descriptor,
        v.abs_capture_time, v.video_orientation, v.playout_delay})
    require(inside(b, packet));

  rtp::ExtensionWriter writer;
  writer.add(map.id(rtp::Extension::mid), as_bytes(v.mid));
  writer.add(map.id(rtp::Extension::dependency_descriptor), v.dependency_descriptor);
  const bool fits = v.mid.size() + v.dependency_descriptor.size() <= writer.kMaxSize;
  std::array<std::byte, 400> out;
  const rtp::HeaderFields fields{h->marker, h->payload_type, h->sequence, h->timestamp, h->ssrc};
  const std::size_t n = rtp::write_header(fields, writer, out);
  const auto again = rtp::parse_header(Bytes(out).first(n));
  require(again && again->sequence == h->sequence && again->ssrc == h->ssrc);
  const rtp::ExtensionsView w = rtp::parse_extensions(Bytes(out).first(n), *again, map);
  if (fits) {
    require(w.mid == v.mid);
    require(w.dependency_descriptor.size() == v.dependency_descriptor.size());
  }
  return 0;
}
