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

constexpr std::array kUplinkAudio{Extension::mid,           Extension::rid,
                                  Extension::audio_level,   Extension::abs_capture_time,
                                  Extension::transport_seq, Extension::abs_send_time};
constexpr std::array kUplinkVideo{Extension::mid,           Extension::rid,
                                  Extension::repaired_rid,  Extension::dependency_descriptor,
                                  Extension::transport_seq, Extension::abs_capture_time,
                                  Extension::abs_send_time};
constexpr std::array kDownlinkAudio{Extension::mid, Extension::abs_capture_time,
                                    Extension::transport_seq, Extension::abs_send_time};
constexpr std::array kDownlinkVideo{Extension::mid, Extension::dependency_descriptor,
                                    Extension::abs_capture_time, Extension::transport_seq,
                                    Extension::abs_send_time};

/// The uplink's lists contain the downlink's.
Extensions wanted(MediaKind kind, Flow flow) {
  if (kind == MediaKind::audio) {
    return flow == Flow::downlink ? Extensions(kDownlinkAudio) : Extensions(kUplinkAudio);
  }
  return flow == Flow::downlink ? Extensions(kDownlinkVideo) : Extensions(kUplinkVideo);
}

bool useful(sdp::Direction ours, Flow flow) {
  if (flow == Flow::unused) return ours != sdp::Direction::inactive;
  return flow == Flow::uplink ? sdp::receives(ours) : sdp::sends(ours);
}

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

std::vector<sdp::ExtMap> answered_extensions(const sdp::MediaSection& offered, Flow flow,
                                             bool allow_abs_send_time) {
  const MediaKind kind =
      offered.kind == sdp::SectionKind::audio ? MediaKind::audio : MediaKind::video;
  const Extensions list = wanted(kind, flow);
  std::vector<sdp::ExtMap> out;
  std::bitset<256> ids;
  std::bitset<rtp::kExtensionCount> extensions;
  for (const sdp::ExtMap& e : offered.extmaps) {
    const auto extension = rtp::extension_by_uri(e.uri);
    if (!extension || e.id == 0 || e.id > 255) continue;  // RFC 8285 section 4.3: 1…255
    if (std::ranges::find(list, *extension) == list.end()) continue;
    if (*extension == Extension::abs_send_time && !allow_abs_send_time) continue;
    sdp::ExtMap answer = e;
    if (e.direction) {
      answer.direction = sdp::reversed(*e.direction);
      if (!useful(*answer.direction, flow)) continue;
    }
    if (ids[e.id] || extensions[static_cast<std::size_t>(*extension)]) continue;
    ids.set(e.id);
    extensions.set(static_cast<std::size_t>(*extension));
    out.push_back(std::move(answer));
  }
  return out;
}

std::vector<sdp::ExtMap> offered_extensions(MediaKind kind) {
  std::vector<sdp::ExtMap> out;
  for (const Extension e : wanted(kind, Flow::downlink)) {
    out.push_back(sdp::ExtMap{own_id(e), std::nullopt, std::string(rtp::uri(e))});
  }
  return out;
}

rtp::ExtensionMap extension_map(const std::vector<sdp::ExtMap>& extmaps) {
  rtp::ExtensionMap map;
  for (const sdp::ExtMap& e : extmaps) {
    const auto extension = rtp::extension_by_uri(e.uri);
    if (extension && e.id >= 1 && e.id <= 255) map.set(*extension, static_cast<std::uint8_t>(e.id));
  }
  return map;
}

}  // namespace plenum::peer
