#include "media/peer/negotiation_extensions.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <span>
#include <string>

namespace plenum::peer {

namespace {

using rtp::Extension;
using Extensions = std::span<const Extension>;

/// Both directions together; audio_level, rid and repaired_rid only ever come from the client.
constexpr std::array kAudio{Extension::mid,           Extension::rid,
                            Extension::audio_level,   Extension::abs_capture_time,
                            Extension::transport_seq, Extension::abs_send_time};
constexpr std::array kVideo{Extension::mid,           Extension::rid,
                            Extension::repaired_rid,  Extension::dependency_descriptor,
                            Extension::transport_seq, Extension::abs_capture_time,
                            Extension::abs_send_time};
constexpr std::array kSentAudio{Extension::mid, Extension::abs_capture_time,
                                Extension::transport_seq, Extension::abs_send_time};
constexpr std::array kSentVideo{Extension::mid, Extension::dependency_descriptor,
                                Extension::abs_capture_time, Extension::transport_seq,
                                Extension::abs_send_time};

Extensions used(MediaKind kind) {
  return kind == MediaKind::audio ? Extensions(kAudio) : Extensions(kVideo);
}
Extensions sent(MediaKind kind) {
  return kind == MediaKind::audio ? Extensions(kSentAudio) : Extensions(kSentVideo);
}
bool contains(Extensions list, Extension e) { return std::ranges::find(list, e) != list.end(); }

bool is_id(std::uint16_t id) { return id >= 1 && id <= 255; }  // RFC 8285 section 4.3

/// Ids of our offers. All below 15, so the one-byte form can carry them (RFC 8285 section 4.2).
constexpr std::uint16_t own_id(Extension e) {
  switch (e) {
    case Extension::abs_send_time:
      return 2;
    case Extension::transport_seq:
      return 3;
    case Extension::mid:
      return 4;
    case Extension::dependency_descriptor:
      return 8;
    case Extension::abs_capture_time:
      return 9;
    default:
      return 0;
  }
}

}  // namespace

std::vector<sdp::ExtMap> answered_extensions(const sdp::MediaSection& offered,
                                             bool allow_abs_send_time) {
  const MediaKind kind =
      offered.kind == sdp::SectionKind::audio ? MediaKind::audio : MediaKind::video;
  std::vector<sdp::ExtMap> out;
  std::bitset<256> ids;
  std::bitset<rtp::kExtensionCount> extensions;
  for (const sdp::ExtMap& e : offered.extmaps) {
    const auto extension = rtp::extension_by_uri(e.uri);
    if (!extension || !is_id(e.id) || !contains(used(kind), *extension)) continue;
    if (*extension == Extension::abs_send_time && !allow_abs_send_time) continue;
    if (e.direction == sdp::Direction::inactive) continue;
    if (ids[e.id] || extensions[static_cast<std::size_t>(*extension)]) continue;
    ids.set(e.id);
    extensions.set(static_cast<std::size_t>(*extension));
    sdp::ExtMap answer = e;
    if (e.direction) answer.direction = sdp::reversed(*e.direction);
    out.push_back(std::move(answer));
  }
  return out;
}

std::vector<sdp::ExtMap> offered_extensions(MediaKind kind) {
  std::vector<sdp::ExtMap> out;
  for (const Extension e : sent(kind)) {
    out.push_back(sdp::ExtMap{own_id(e), std::nullopt, std::string(rtp::uri(e))});
  }
  return out;
}

rtp::ExtensionMap received_extensions(const std::vector<sdp::ExtMap>& ours) {
  rtp::ExtensionMap map;
  for (const sdp::ExtMap& e : ours) {
    const auto extension = rtp::extension_by_uri(e.uri);
    if (!extension || !is_id(e.id)) continue;
    if (!sdp::receives(e.direction.value_or(sdp::Direction::sendrecv))) continue;
    map.set(*extension, static_cast<std::uint8_t>(e.id));
  }
  return map;
}

rtp::ExtensionMap sent_extensions(MediaKind kind, const std::vector<sdp::ExtMap>& ours) {
  rtp::ExtensionMap map;
  for (const sdp::ExtMap& e : ours) {
    const auto extension = rtp::extension_by_uri(e.uri);
    if (!extension || !is_id(e.id) || !contains(sent(kind), *extension)) continue;
    if (!sdp::sends(e.direction.value_or(sdp::Direction::sendrecv))) continue;
    map.set(*extension, static_cast<std::uint8_t>(e.id));
  }
  return map;
}

}  // namespace plenum::peer
