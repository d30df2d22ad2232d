// RED: the blocks lie in the payload, and a stream of any primaries is built into what parses.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "media/rtp/red.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plenum;
  const Bytes payload = std::as_bytes(std::span(data, size));
  if (const auto red = rtp::parse_red(payload)) {
    std::size_t total = 0;
    for (std::size_t i = 0; i < red->count; ++i) total += red->blocks[i].data.size();
    if (total > size) std::abort();
  }

  // Steps of sequence and timestamp, a length, then that many bytes of payload; again and again.
  ByteReader in(payload);
  rtp::RedBuilder builder;
  std::array<std::byte, 1200> out;
  std::uint64_t seq = 70'000;
  std::uint32_t timestamp = 0;
  while (in.ok() && in.left() > 0) {
    seq += in.u8() % 4;
    timestamp += in.u16();
    const Bytes primary = in.bytes(std::min<std::size_t>(in.u8() * 8u, in.left()));
    const std::size_t n = builder.build(ExtSeq(seq), RtpTime(timestamp), 111, primary, out);
    if (n == 0) continue;
    const auto red = rtp::parse_red(Bytes(out).first(n));
    if (!red || red->primary().data.size() != primary.size()) std::abort();
  }
  return 0;
}
