#pragma once
// For tests only: encoded frames into RTP packets, written apart from the depacketizers.
#include <algorithm>
#include <vector>

#include "egress/media_packet.h"
#include "egress/test_streams.h"

namespace plenum::egress::testing {

using Payload = std::vector<std::byte>;

inline Payload joined(std::initializer_list<int> head, Bytes tail) {
  Payload out;
  for (const int b : head) out.push_back(static_cast<std::byte>(b));
  out.insert(out.end(), tail.begin(), tail.end());
  return out;
}

/// In pieces of `size` bytes at most.
inline std::vector<Bytes> pieces(Bytes whole, std::size_t size) {
  std::vector<Bytes> out;
  for (std::size_t at = 0; at < whole.size(); at += size)
    out.push_back(whole.subspan(at, std::min(size, whole.size() - at)));
  return out;
}

/// What a VP8 or VP9 descriptor shall say of temporal layers; `said` false: nothing at all.
struct Layers {
  bool said = false;
  int picture_id = 0, tl0 = 0, temporal_id = 0;
  bool sync = false;
};

inline std::vector<Payload> vp8_payloads(Bytes frame, std::size_t size, const Layers& l = {}) {
  std::vector<Payload> out;
  for (const Bytes piece : pieces(frame, size)) {
    const int start = out.empty() ? 0x10 : 0;
    if (l.said)
      out.push_back(joined({0x80 | start, 0xe0, 0x80 | l.picture_id >> 8, l.picture_id & 0xff,
                            l.tl0, l.temporal_id << 6 | (l.sync ? 0x20 : 0)},
                           piece));
    else
      out.push_back(joined({start}, piece));
  }
  return out;
}

/// One spatial layer's frame, flexible mode off, without layer indices unless spatial_id >= 0.
inline std::vector<Payload> vp9_payloads(Bytes frame, std::size_t size, bool key,
                                         int spatial_id = -1) {
  std::vector<Payload> out;
  const std::vector<Bytes> parts = pieces(frame, size);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    int first = (key ? 0 : 0x40) | (i == 0 ? 0x08 : 0) | (i + 1 == parts.size() ? 0x04 : 0);
    if (spatial_id < 0)
      out.push_back(joined({first}, parts[i]));
    else
      out.push_back(
          joined({first | 0x20, spatial_id << 1 | (spatial_id > 0 ? 1 : 0), 0}, parts[i]));
  }
  return out;
}

/// Annex B to NAL units.
inline std::vector<Bytes> nal_units(Bytes b) {
  std::vector<std::size_t> codes;
  for (std::size_t i = 0; i + 3 <= b.size(); ++i)
    if (be(b, i, 3) == 1) codes.push_back(i);
  std::vector<Bytes> out;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const std::size_t from = codes[i] + 3;
    std::size_t to = i + 1 < codes.size() ? codes[i + 1] : b.size();
    while (i + 1 < codes.size() && to > from && be8(b, to - 1) == 0) --to;
    out.push_back(b.subspan(from, to - from));
  }
  return out;
}

/// Small NAL units that follow each other share a STAP-A, large ones are cut into FU-As.
inline std::vector<Payload> h264_payloads(Bytes frame, std::size_t size) {
  std::vector<Payload> out;
  Payload stap;
  const auto flush = [&] {
    if (!stap.empty()) out.push_back(std::move(stap));
    stap.clear();
  };
  for (const Bytes nal : nal_units(frame)) {
    if (nal.size() + stap.size() + 3 <= size) {
      if (stap.empty()) stap = joined({0x78}, {});
      const Payload entry = joined({0, static_cast<int>(nal.size())}, nal);
      stap.insert(stap.end(), entry.begin(), entry.end());
      continue;
    }
    flush();
    if (nal.size() <= size) {
      out.emplace_back(nal.begin(), nal.end());
      continue;
    }
    const int header = be8(nal, 0);
    const std::vector<Bytes> parts = pieces(nal.subspan(1), size);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const int edges = (i == 0 ? 0x80 : 0) | (i + 1 == parts.size() ? 0x40 : 0);
      out.push_back(joined({(header & 0xe0) | 28, edges | (header & 0x1f)}, parts[i]));
    }
  }
  flush();
  return out;
}

/// A temporal unit's OBUs without their sizes and without the delimiter.
inline std::vector<Payload> bare_obus(Bytes unit) {
  std::vector<Payload> out;
  ByteReader r(unit);
  while (r.left() > 0) {
    const int header = r.u8();
    const bool extended = (header & 4) != 0;
    const int extension = extended ? r.u8() : 0;
    std::size_t size = 0;
    for (unsigned shift = 0;; shift += 7) {
      const unsigned b = r.u8();
      size |= static_cast<std::size_t>(b & 0x7f) << shift;
      if (!(b & 0x80)) break;
    }
    const Bytes body = r.bytes(size);
    if ((header >> 3 & 15) == 2) continue;
    out.push_back(extended ? joined({header & ~2, extension}, body) : joined({header & ~2}, body));
  }
  return out;
}

/// Fills packets of `size` (< 128) with OBUs, cut where a packet is full. Packets of up to three
/// elements say so in W, every other time; the rest give each element its length.
inline std::vector<Payload> av1_payloads(Bytes unit, std::size_t size, bool key) {
  struct Plan {
    std::vector<Bytes> elements;
    bool continues = false, continued = false;
  };
  const std::vector<Payload> obus = bare_obus(unit);
  std::vector<Plan> plans(1);
  std::size_t room = size;
  for (const Payload& obu : obus) {
    Bytes left = obu;
    while (!left.empty()) {
      if (room == 0) {
        const bool inside = left.size() < obu.size();
        plans.back().continued = inside;
        plans.push_back({.elements = {}, .continues = inside, .continued = false});
        room = size;
      }
      const std::size_t n = std::min(room, left.size());
      plans.back().elements.push_back(left.first(n));
      left = left.subspan(n);
      room -= n;
    }
  }
  std::vector<Payload> out;
  for (const Plan& p : plans) {
    const int count = static_cast<int>(p.elements.size());
    const int w = count <= 3 && out.size() % 2 == 0 ? count : 0;
    Payload packet = joined({(p.continues ? 0x80 : 0) | (p.continued ? 0x40 : 0) | w << 4 |
                             (key && out.empty() ? 0x08 : 0)},
                            {});
    for (int i = 0; i < count; ++i) {
      const Bytes element = p.elements[static_cast<std::size_t>(i)];
      if (w == 0 || i + 1 < count) packet.push_back(static_cast<std::byte>(element.size()));
      packet.insert(packet.end(), element.begin(), element.end());
    }
    out.push_back(std::move(packet));
  }
  return out;
}

inline std::vector<Payload> payloads_of(codec::Codec codec, const TestFrame& f, std::size_t size) {
  switch (codec) {
    case codec::Codec::vp8:
      return vp8_payloads(f.bytes, size);
    case codec::Codec::vp9:
      return vp9_payloads(f.bytes, size, f.key);
    case codec::Codec::h264:
      return h264_payloads(f.bytes, size);
    default:
      return av1_payloads(f.bytes, size, f.key);
  }
}

/// Appends a frame's packets; the last one has the marker. `arrival` is when the frame was sent.
inline void append_packets(std::vector<MediaPacket>& to, std::vector<Payload> payloads,
                           std::uint32_t timestamp) {
  for (std::size_t i = 0; i < payloads.size(); ++i)
    to.push_back({.seq = ExtSeq(to.empty() ? 65'530 : to.back().seq.value() + 1),
                  .timestamp = RtpTime(timestamp),
                  .marker = i + 1 == payloads.size(),
                  .payload = std::move(payloads[i]),
                  .arrival = TimePoint(std::chrono::seconds(1)) +
                             Duration(std::int64_t{timestamp} * 100 / 9)});
}

inline std::vector<MediaPacket> packetize(codec::Codec codec, const std::vector<TestFrame>& stream,
                                          std::size_t size = 100) {
  std::vector<MediaPacket> out;
  for (const TestFrame& f : stream) append_packets(out, payloads_of(codec, f, size), f.timestamp);
  return out;
}

}  // namespace plenum::egress::testing
