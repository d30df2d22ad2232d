// Transport-wide feedback: the reader on the raw input, and the builder on a stream made of it,
// whose messages must read back as what was noted.
#include <array>
#include <cstdlib>
#include <map>

#include "media/rtcp/transport_feedback.h"
#include "media/rtcp/transport_feedback_builder.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plenum;
  const Bytes input = std::as_bytes(std::span(data, size));
  if (const auto v = rtcp::parse_transport_feedback(input)) {
    std::size_t n = 0;
    v->for_each([&](std::uint16_t, std::optional<Duration>) { ++n; });
    if (n != v->packet_count) std::abort();
  }

  ByteReader in(input);
  rtcp::TransportFeedbackBuilder builder;
  TimePoint now{1000s};
  std::array<std::byte, 1200> out;
  std::map<std::uint16_t, TimePoint> noted;
  for (int packets = 0; packets < 64 && in.left() >= 4; ++packets) {
    const std::uint16_t seq = in.u16();
    now += Duration(in.u16() * 16);
    builder.on_packet(seq, now);
    noted[seq] = now;
    while (const std::size_t n = builder.poll(now, Ssrc(1), Ssrc(2), out)) {
      const auto v = rtcp::parse_transport_feedback(Bytes(out).first(n));
      if (!v) std::abort();
      v->for_each([&](std::uint16_t s, std::optional<Duration> at) {
        if (at && !noted.count(s)) std::abort();
      });
    }
  }
  return 0;
}
