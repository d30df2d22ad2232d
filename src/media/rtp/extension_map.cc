#include "media/rtp/extension_map.h"

namespace plenum::rtp {
namespace {

constexpr std::array<std::string_view, kExtensionCount> kUris = {
    "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    "urn:ietf:params:rtp-hdrext:sdes:mid",
    "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
    "urn:3gpp:video-orientation",
    "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
};

}  // namespace

std::string_view uri(Extension e) { return kUris[static_cast<std::size_t>(e)]; }

std::optional<Extension> extension_by_uri(std::string_view uri) {
  for (std::size_t i = 0; i < kUris.size(); ++i)
    if (kUris[i] == uri) return static_cast<Extension>(i);
  return std::nullopt;
}

void ExtensionMap::set(Extension e, std::uint8_t id) {
  std::uint8_t& own = id_[static_cast<std::size_t>(e)];
  if (own != 0) extension_[own] = 0;
  own = id;
  if (id == 0) return;
  if (extension_[id] != 0) id_[extension_[id] - 1u] = 0;
  extension_[id] = static_cast<std::uint8_t>(static_cast<std::uint8_t>(e) + 1);
}

}  // namespace plenum::rtp
