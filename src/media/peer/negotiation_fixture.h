#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "media/peer/negotiation.h"
#include "media/sdp/parser.h"
#include "media/sdp/writer.h"

/// For the tests of negotiation: recorded browser offers, and the client's side of an exchange.
namespace plenum::peer {

inline const LocalTransport kLocal{"sufr",
                                   "server-password-0123456789",
                                   "sha-256 AA:BB:CC",
                                   true,
                                   {"candidate:1 1 udp 2130706431 192.0.2.7 7882 typ host"}};

/// An offer as recorded from a browser, see tests/fuzz/corpus/sdp.
inline std::string recorded(std::string_view name) {
  const auto path = std::filesystem::path(__FILE__).parent_path() /
                    "../../../tests/fuzz/corpus/sdp" / (std::string(name) + ".sdp");
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline sdp::Description parsed(std::string_view text) {
  auto d = sdp::parse(text);
  EXPECT_TRUE(d.ok()) << text;
  return d.ok() ? std::move(*d) : sdp::Description{};
}

inline const sdp::MediaSection& section(const sdp::Description& d, sdp::SectionKind kind,
                                        std::size_t nth = 0) {
  for (const sdp::MediaSection& s : d.sections) {
    if (s.kind == kind && nth-- == 0) return s;
  }
  ADD_FAILURE() << "no such section";
  static const sdp::MediaSection none;
  return none;
}

inline sdp::MediaSection& section(sdp::Description& d, sdp::SectionKind kind, std::size_t nth = 0) {
  return const_cast<sdp::MediaSection&>(section(std::as_const(d), kind, nth));
}

/// Offers and expects an answer; returns it parsed.
inline sdp::Description answer_to(Negotiation& n, const std::string& offer,
                                  const LocalTransport& local = kLocal) {
  auto answer = n.handle_offer(offer, local);
  EXPECT_TRUE(answer.ok()) << (answer.ok() ? 0 : static_cast<int>(answer.error()));
  return answer.ok() ? parsed(answer->sdp) : sdp::Description{};
}

template <class E>
std::vector<E> events(Negotiation& n) {
  std::vector<E> out;
  while (auto e = n.poll()) {
    if (const E* one = std::get_if<E>(&*e)) out.push_back(*one);
  }
  return out;
}

inline std::vector<int> payload_types(const sdp::MediaSection& s) {
  std::vector<int> out;
  for (const sdp::Format& f : s.formats) out.push_back(f.payload_type);
  return out;
}

inline PendingTrack pending(std::uint64_t id, MediaKind kind, std::string cid) {
  PendingTrack t;
  t.track = TrackId(id);
  t.kind = kind;
  t.cid = std::move(cid);
  return t;
}

inline SendTrack sending(std::uint64_t id, codec::Codec c) {
  SendTrack t;
  t.track = TrackId(id);
  t.codec = c;
  t.kind = codec::kind(c);
  t.track_id = "TR_" + std::to_string(id);
  t.stream_id = "PA_a|" + t.track_id;
  t.cname = t.stream_id;
  t.ssrc = Ssrc(static_cast<std::uint32_t>(1000 + id));
  t.rtx_ssrc = Ssrc(static_cast<std::uint32_t>(2000 + id));
  return t;
}

}  // namespace plenum::peer
