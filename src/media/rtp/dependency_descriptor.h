#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace plenum::rtp {

/// Dependency descriptor, AV1 RTP specification v1.0 appendix A.8: what a forwarder needs to know
/// of a frame without looking into its payload. Used with VP8, VP9 and AV1.

/// Table A.1: what a frame is to one decode target.
enum class Dti : std::uint8_t { not_present = 0, discardable = 1, switching = 2, required = 3 };

inline constexpr std::size_t kMaxDecodeTargets = 32;  // 5 bits + 1
inline constexpr std::size_t kMaxTemplates = 64;      // 6 bits of template id
inline constexpr std::size_t kMaxChains = 32;         // at most one for each decode target
inline constexpr std::size_t kMaxSpatialLayers = 8;   // ours; the AV1 bitstream has 3 bits too
inline constexpr std::size_t kMaxFrameDiffs = 16;     // ours; a template cannot tell more apart

/// 2 bits for each of up to 32 decode targets; target 0 in the lowest bits.
struct Dtis {
  std::uint64_t bits = 0;
  Dti operator[](std::size_t target) const { return static_cast<Dti>(bits >> (2 * target) & 3); }
  void set(std::size_t target, Dti d) {
    bits = (bits & ~(std::uint64_t{3} << (2 * target))) | static_cast<std::uint64_t>(d)
                                                              << (2 * target);
  }
  friend bool operator==(const Dtis&, const Dtis&) = default;
};

struct FrameDiffs {
  std::uint8_t count = 0;
  std::array<std::uint16_t, kMaxFrameDiffs> values{};  // frame numbers back to the referred frames
};

/// template_dependency_structure(): comes with key frames and explains the frames until the next.
struct DependencyStructure {
  struct Template {
    std::uint8_t spatial_id = 0;
    std::uint8_t temporal_id = 0;
    Dtis dtis;
    FrameDiffs frame_diffs;
    std::array<std::uint8_t, kMaxChains> chain_diffs{};
  };
  struct Layers {
    std::uint8_t spatial_id = 0;
    std::uint8_t temporal_id = 0;
  };
  struct Resolution {
    std::uint32_t width = 0;  // 1…65536, 0 = not told
    std::uint32_t height = 0;
  };

  std::uint8_t template_id_offset = 0;
  std::uint8_t template_count = 0;  // 0 = no structure received yet
  std::uint8_t decode_target_count = 0;
  std::uint8_t chain_count = 0;
  std::uint8_t max_spatial_id = 0;
  bool has_resolutions = false;
  std::array<Template, kMaxTemplates> templates{};
  /// decode_target_layers(): the highest layers that belong to a decode target.
  std::array<Layers, kMaxDecodeTargets> decode_targets{};
  std::array<std::uint8_t, kMaxDecodeTargets> protected_by{};
  std::array<Resolution, kMaxSpatialLayers> resolutions{};

  bool valid() const { return template_count != 0; }
  std::uint32_t all_decode_targets() const {
    return decode_target_count >= 32 ? 0xffffffffu : (1u << decode_target_count) - 1;
  }
  /// The decode targets that need no layer above these: what stays active when a forwarder leaves
  /// the upper layers out.
  std::uint32_t decode_targets_within(std::uint8_t max_spatial, std::uint8_t max_temporal) const;
};

/// One packet's descriptor with the template already applied.
struct DependencyDescriptor {
  bool start_of_frame = false;
  bool end_of_frame = false;
  std::uint8_t template_id = 0;
  std::uint16_t frame_number = 0;
  /// This packet carries a structure: it begins a coded video sequence.
  bool has_structure = false;
  bool has_active_decode_targets = false;
  bool has_custom_dtis = false;
  bool has_custom_frame_diffs = false;
  bool has_custom_chains = false;
  /// Valid if has_active_decode_targets; with only a structure it is all of them.
  std::uint32_t active_decode_targets = 0;
  std::uint8_t spatial_id = 0;
  std::uint8_t temporal_id = 0;
  Dtis dtis;
  FrameDiffs frame_diffs;
  std::uint8_t chain_count = 0;
  std::array<std::uint8_t, kMaxChains> chain_diffs{};
  DependencyStructure::Resolution resolution;
  /// The highest temporal layer of this frame's spatial layer that may be forwarded from this frame
  /// on, given that this frame can be decoded (switch indications); temporal_id if none is higher.
  std::uint8_t switch_up_temporal_id = 0;
};

enum class DependencyError : std::uint8_t {
  truncated,
  /// No structure received yet.
  no_structure,
  /// Of a structure that is gone, or not here yet.
  unknown_template,
  /// More templates, layers or differences than a structure may have.
  out_of_bounds,
};

/// Parses the extension's value. A structure in it replaces `structure`, but only if the whole
/// descriptor is sound. Packets of one stream come in order of arrival.
Result<DependencyDescriptor, DependencyError> parse_dependency_descriptor(
    Bytes value, DependencyStructure& structure);

/// Readable without the structure; 0 of a value that is too short.
std::uint16_t frame_number_of(Bytes value);
/// Copies a descriptor with its frame number moved on. Returns the size; 0 when the value is too
/// short or does not fit into `out`.
std::size_t rewrite_frame_number(Bytes value, std::uint16_t offset, MutableBytes out);

/// Copies a descriptor and sets its active decode targets, adding the field if it is missing. Used
/// where upper layers are left out, so that receivers do not wait for them. `structure` is the one
/// in force after parsing `value`. Returns the new size (up to 5 bytes more), or 0 when the value
/// is not sound or does not fit into `out`.
std::size_t rewrite_active_decode_targets(Bytes value, const DependencyStructure& structure,
                                          std::uint32_t active_decode_targets, MutableBytes out);

}  // namespace plenum::rtp
