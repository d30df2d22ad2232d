#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace plenum::rtp {

/// The header extensions that Plenum reads or writes. RFC 8285 binds them to ids per peer
/// connection by SDP (a=extmap).
enum class Extension : std::uint8_t {
  audio_level,            // RFC 6464
  abs_send_time,          // http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
  transport_seq,          // draft-holmer-rmcat-transport-wide-cc-extensions-01
  mid,                    // RFC 8843 section 15
  rid,                    // RFC 8852
  repaired_rid,           // RFC 8852
  dependency_descriptor,  // AV1 RTP specification, appendix A
  abs_capture_time,       // http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time
  video_orientation,      // 3GPP TS 26.114
  playout_delay,          // http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
  count_,
};
inline constexpr std::size_t kExtensionCount = static_cast<std::size_t>(Extension::count_);

std::string_view uri(Extension e);
/// nullopt for an extension that Plenum does not use.
std::optional<Extension> extension_by_uri(std::string_view uri);

/// Which id means which extension on one m-section (or one bundled transport).
class ExtensionMap {
 public:
  /// id 1…255; 0 clears. An id bound to another extension before is taken from it.
  void set(Extension e, std::uint8_t id);
  /// 0 = not negotiated.
  std::uint8_t id(Extension e) const { return id_[static_cast<std::size_t>(e)]; }
  bool has(Extension e) const { return id(e) != 0; }
  std::optional<Extension> extension(std::uint8_t id) const {
    const std::uint8_t e = extension_[id];
    if (e == 0) return std::nullopt;
    return static_cast<Extension>(e - 1);
  }
  friend bool operator==(const ExtensionMap&, const ExtensionMap&) = default;

 private:
  std::array<std::uint8_t, kExtensionCount> id_{};
  std::array<std::uint8_t, 256> extension_{};  // index by id; value is Extension + 1
};

}  // namespace plenum::rtp
