// RTX: a restored packet is a packet, with the original's identity.
#include <cstdlib>
#include <vector>

#include "media/rtp/header.h"
#include "media/rtp/rtx.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plenum;
  const Bytes input = std::as_bytes(std::span(data, size));
  std::vector<std::byte> packet(input.begin(), input.end());
  auto h = rtp::parse_header(packet);
  if (!h) return 0;
  const auto content = rtp::unwrap_rtx(packet, *h, Ssrc(0x01020304), 96);
  if (!content || content->padding_only) return 0;
  if (content->size + rtp::kOsnSize != size) std::abort();
  packet.resize(content->size);
  const auto again = rtp::parse_header(packet);
  if (!again || again->ssrc != Ssrc(0x01020304) || again->payload_type != 96) std::abort();
  if (again->sequence != h->sequence || again->payload_offset != h->payload_offset) std::abort();
  return 0;
}
