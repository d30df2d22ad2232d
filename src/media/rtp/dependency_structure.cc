#include "media/rtp/dependency_structure.h"
#include "media/rtp/bits.h"
#include "media/rtp/dependency_descriptor.h"

namespace plenum::rtp {
namespace {

// Table A.2: next_layer_idc.
enum NextLayer : std::uint32_t { same = 0, next_temporal = 1, next_spatial = 2, no_more = 3 };

bool read_layers(BitReader& r, DependencyStructure& s) {
  std::uint8_t spatial = 0;
  std::uint8_t temporal = 0;
  for (;;) {
    if (s.template_count == kMaxTemplates) return false;
    DependencyStructure::Template& t = s.templates[s.template_count++];
    t.spatial_id = spatial;
    t.temporal_id = temporal;
    switch (r.bits(2)) {
      case same:
        break;
      case next_temporal:
        ++temporal;
        break;
      case next_spatial:
        temporal = 0;
        ++spatial;
        break;
      default:
        s.max_spatial_id = spatial;
        return true;
    }
    if (!r.ok() || spatial >= kMaxSpatialLayers || temporal >= kMaxTemporalLayers) return false;
  }
}

bool read_frame_diffs(BitReader& r, DependencyStructure& s) {
  for (std::size_t i = 0; i < s.template_count; ++i) {
    FrameDiffs& d = s.templates[i].frame_diffs;
    while (r.flag()) {
      if (d.count == kMaxFrameDiffs) return false;
      d.values[d.count++] = static_cast<std::uint16_t>(r.bits(4) + 1);
    }
  }
  return true;
}

void read_chains(BitReader& r, DependencyStructure& s) {
  s.chain_count = static_cast<std::uint8_t>(r.non_symmetric(s.decode_target_count + 1u));
  if (s.chain_count == 0) return;
  for (std::size_t dt = 0; dt < s.decode_target_count; ++dt)
    s.protected_by[dt] = static_cast<std::uint8_t>(r.non_symmetric(s.chain_count));
  for (std::size_t i = 0; i < s.template_count; ++i)
    for (std::size_t c = 0; c < s.chain_count; ++c)
      s.templates[i].chain_diffs[c] = static_cast<std::uint8_t>(r.bits(4));
}

void find_decode_target_layers(DependencyStructure& s) {
  for (std::size_t dt = 0; dt < s.decode_target_count; ++dt) {
    DependencyStructure::Layers& layers = s.decode_targets[dt];
    for (std::size_t i = 0; i < s.template_count; ++i) {
      const DependencyStructure::Template& t = s.templates[i];
      if (t.dtis[dt] == Dti::not_present) continue;
      if (t.spatial_id > layers.spatial_id) layers.spatial_id = t.spatial_id;
      if (t.temporal_id > layers.temporal_id) layers.temporal_id = t.temporal_id;
    }
  }
}

}  // namespace

Dtis read_dtis(BitReader& r, std::size_t count) {
  Dtis d;
  for (std::size_t dt = 0; dt < count; ++dt) d.set(dt, static_cast<Dti>(r.bits(2)));
  return d;
}

Status<DependencyError> read_dependency_structure(BitReader& r, DependencyStructure& s) {
  s.template_id_offset = static_cast<std::uint8_t>(r.bits(6));
  s.decode_target_count = static_cast<std::uint8_t>(r.bits(5) + 1);
  if (!read_layers(r, s))
    return Err{r.ok() ? DependencyError::out_of_bounds : DependencyError::truncated};
  for (std::size_t i = 0; i < s.template_count; ++i)
    s.templates[i].dtis = read_dtis(r, s.decode_target_count);
  if (!read_frame_diffs(r, s)) return Err{DependencyError::out_of_bounds};
  read_chains(r, s);
  find_decode_target_layers(s);
  s.has_resolutions = r.flag();
  if (s.has_resolutions)
    for (std::size_t i = 0; i <= s.max_spatial_id; ++i) {
      s.resolutions[i].width = r.bits(16) + 1;
      s.resolutions[i].height = r.bits(16) + 1;
    }
  if (!r.ok()) return Err{DependencyError::truncated};
  return Ok{};
}

std::uint32_t DependencyStructure::decode_targets_within(std::uint8_t max_spatial,
                                                         std::uint8_t max_temporal) const {
  std::uint32_t mask = 0;
  for (std::size_t dt = 0; dt < decode_target_count; ++dt)
    if (decode_targets[dt].spatial_id <= max_spatial &&
        decode_targets[dt].temporal_id <= max_temporal)
      mask |= 1u << dt;
  return mask;
}

}  // namespace plenum::rtp
