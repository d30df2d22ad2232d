#include "load/packetiser.h"

#include <algorithm>

namespace plenum::load {
namespace {

constexpr std::uint8_t kSps = 7, kPps = 8, kStapA = 24, kFuA = 28;

/// f(piece, is_first, is_last) for about equal pieces of at most `max` bytes.
template <class F>
void split(Bytes bytes, std::size_t max, F&& f) {
  const std::size_t pieces = (bytes.size() + max - 1) / max;
  for (std::size_t i = 0; i < pieces; ++i) {
    const std::size_t from = bytes.size() * i / pieces, to = bytes.size() * (i + 1) / pieces;
    f(bytes.subspan(from, to - from), i == 0, i + 1 == pieces);
  }
}

/// The NAL units between start codes of three or four bytes.
std::vector<Bytes> nal_units(Bytes frame) {
  std::vector<Bytes> out;
  std::size_t begin = 0;
  bool inside = false;
  const auto close = [&](std::size_t end) {
    while (end > begin && frame[end - 1] == std::byte{0}) --end;  // of a longer start code
    if (inside && end > begin) out.push_back(frame.subspan(begin, end - begin));
  };
  for (std::size_t i = 0; i + 3 <= frame.size(); ++i) {
    if (be(frame, i, 3) != 1) continue;
    close(i);
    begin = i + 3;
    inside = true;
    i += 2;
  }
  close(frame.size());
  return out;
}

std::uint8_t type(Bytes nal) { return be8(nal, 0) & 0x1f; }

void add_fragments(Bytes nal, std::size_t max, std::vector<Payload>& out) {
  const std::byte indicator = (nal[0] & std::byte{0xe0}) | std::byte{kFuA};
  split(nal.subspan(1), max - 2, [&](Bytes piece, bool first, bool last) {
    Payload p{indicator, std::byte{type(nal)}};
    if (first) p[1] |= std::byte{0x80};
    if (last) p[1] |= std::byte{0x40};
    p.insert(p.end(), piece.begin(), piece.end());
    out.push_back(std::move(p));
  });
}

std::vector<Payload> packetise_h264(Bytes frame, std::size_t max) {
  std::vector<Payload> out;
  Payload sets{std::byte{kStapA | 0x60}};
  const std::vector<Bytes> nals = nal_units(frame);
  for (const Bytes nal : nals) {
    if ((type(nal) != kSps && type(nal) != kPps) || sets.size() + 2 + nal.size() > max) continue;
    sets.push_back(static_cast<std::byte>(nal.size() >> 8));
    sets.push_back(static_cast<std::byte>(nal.size()));
    sets.insert(sets.end(), nal.begin(), nal.end());
  }
  if (sets.size() > 1) out.push_back(std::move(sets));
  for (const Bytes nal : nals) {
    if (type(nal) == kSps || type(nal) == kPps) continue;
    if (nal.size() <= max)
      out.emplace_back(nal.begin(), nal.end());
    else
      add_fragments(nal, max, out);
  }
  return out;
}

}  // namespace

std::vector<Payload> packetise(codec::Codec codec, Bytes frame, std::size_t max_bytes) {
  std::vector<Payload> out;
  switch (codec) {
    case codec::Codec::vp8:
      split(frame, max_bytes - kVp8DescriptorSize,
            [&](Bytes piece, bool, bool) { out.emplace_back(piece.begin(), piece.end()); });
      return out;
    case codec::Codec::h264:
      return packetise_h264(frame, max_bytes);
    default:
      out.emplace_back(frame.begin(), frame.end());
      return out;
  }
}

void write_vp8_descriptor(const Vp8Numbers& n, MutableBytes out) {
  put_be(out, 0, 1, 0x80u | (n.starts_frame ? 0x10u : 0u));  // X, S
  put_be(out, 1, 1, 0xe0);                                   // I, L, T
  put_be(out, 2, 2, 0x8000u | (n.picture_id & 0x7fffu));
  put_be(out, 4, 1, n.tl0_picture_index);
  put_be(out, 5, 1, n.keyframe ? 0x20u : 0u);  // TID 0, Y
}

}  // namespace plenum::load
