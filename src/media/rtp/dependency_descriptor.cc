#include "media/rtp/dependency_descriptor.h"

#include <algorithm>
#include <optional>

#include "media/rtp/bits.h"
#include "media/rtp/dependency_structure.h"

namespace plenum::rtp {
namespace {

constexpr std::size_t kMandatorySize = 3;  // mandatory_descriptor_fields(): 24 bits
constexpr std::size_t kFrameNumberAt = 1;
constexpr std::size_t kFlagsEnd = 24 + 5;  // and the five flags of the extended ones
constexpr std::uint32_t kActiveTargetsFlag = 0x08;

void read_mandatory(BitReader& r, DependencyDescriptor& d) {
  d.start_of_frame = r.flag();
  d.end_of_frame = r.flag();
  d.template_id = static_cast<std::uint8_t>(r.bits(6));
  d.frame_number = static_cast<std::uint16_t>(r.bits(16));
}

void read_flags(BitReader& r, DependencyDescriptor& d) {
  d.has_structure = r.flag();
  d.has_active_decode_targets = r.flag();
  d.has_custom_dtis = r.flag();
  d.has_custom_frame_diffs = r.flag();
  d.has_custom_chains = r.flag();
}

bool read_custom_frame_diffs(BitReader& r, FrameDiffs& diffs) {
  diffs = FrameDiffs();
  while (const std::uint32_t size = r.bits(2)) {
    if (diffs.count == kMaxFrameDiffs) return false;
    diffs.values[diffs.count++] = static_cast<std::uint16_t>(r.bits(4 * size) + 1);
  }
  return true;
}

std::uint8_t switch_up(const DependencyDescriptor& d, const DependencyStructure& s) {
  std::uint8_t highest = d.temporal_id;
  for (std::size_t dt = 0; dt < s.decode_target_count; ++dt) {
    const DependencyStructure::Layers& layers = s.decode_targets[dt];
    if (layers.spatial_id == d.spatial_id && layers.temporal_id > highest &&
        d.dtis[dt] == Dti::switching)
      highest = layers.temporal_id;
  }
  return highest;
}

/// frame_dependency_definition()
Status<DependencyError> read_definition(BitReader& r, const DependencyStructure& s,
                                        DependencyDescriptor& d) {
  const unsigned index = (d.template_id + kMaxTemplates - s.template_id_offset) % kMaxTemplates;
  if (index >= s.template_count) return Err{DependencyError::unknown_template};
  const DependencyStructure::Template& t = s.templates[index];
  d.spatial_id = t.spatial_id;
  d.temporal_id = t.temporal_id;
  d.dtis = d.has_custom_dtis ? read_dtis(r, s.decode_target_count) : t.dtis;
  d.frame_diffs = t.frame_diffs;
  if (d.has_custom_frame_diffs && !read_custom_frame_diffs(r, d.frame_diffs))
    return Err{DependencyError::out_of_bounds};
  d.chain_count = s.chain_count;
  d.chain_diffs = t.chain_diffs;
  if (d.has_custom_chains)
    for (std::size_t c = 0; c < s.chain_count; ++c)
      d.chain_diffs[c] = static_cast<std::uint8_t>(r.bits(8));
  if (s.has_resolutions) d.resolution = s.resolutions[d.spatial_id];
  d.switch_up_temporal_id = switch_up(d, s);
  if (!r.ok()) return Err{DependencyError::truncated};
  return Ok{};
}

}  // namespace

Result<DependencyDescriptor, DependencyError> parse_dependency_descriptor(
    Bytes value, DependencyStructure& structure) {
  if (value.size() < kMandatorySize) return Err{DependencyError::truncated};
  BitReader r(value);
  DependencyDescriptor d;
  read_mandatory(r, d);
  if (value.size() > kMandatorySize) read_flags(r, d);

  std::optional<DependencyStructure> fresh;  // 5 kB, so only made when there is one
  if (d.has_structure) {
    fresh.emplace();
    if (const auto status = read_dependency_structure(r, *fresh); !status)
      return Err{status.error()};
    d.active_decode_targets = fresh->all_decode_targets();
  }
  const DependencyStructure& in_force = fresh ? *fresh : structure;
  if (!in_force.valid()) return Err{DependencyError::no_structure};
  if (d.has_active_decode_targets) d.active_decode_targets = r.bits(in_force.decode_target_count);
  if (const auto status = read_definition(r, in_force, d); !status) return Err{status.error()};
  if (fresh) structure = *fresh;
  return d;
}

std::uint16_t frame_number_of(Bytes value) {
  return value.size() < kMandatorySize ? 0 : be16(value, kFrameNumberAt);
}

std::size_t rewrite_frame_number(Bytes value, std::uint16_t offset, MutableBytes out) {
  if (value.size() < kMandatorySize || value.size() > out.size()) return 0;
  std::copy(value.begin(), value.end(), out.begin());
  put_be(out, kFrameNumberAt, 2, (frame_number_of(value) + offset) & 0xffff);
  return value.size();
}

std::size_t rewrite_active_decode_targets(Bytes value, const DependencyStructure& structure,
                                          std::uint32_t active_decode_targets, MutableBytes out) {
  if (value.size() < kMandatorySize || !structure.valid()) return 0;
  BitReader r(value);
  DependencyDescriptor d;
  read_mandatory(r, d);
  if (value.size() > kMandatorySize) read_flags(r, d);
  std::size_t structure_end = kFlagsEnd;
  if (d.has_structure) {
    DependencyStructure skipped;
    if (!read_dependency_structure(r, skipped)) return 0;
    if (skipped.decode_target_count != structure.decode_target_count) return 0;
    structure_end = r.position();
  }
  if (d.has_active_decode_targets) r.bits(structure.decode_target_count);
  const std::size_t definition_begin = r.position();
  if (!read_definition(r, structure, d)) return 0;
  const std::size_t definition_end = r.position();

  BitReader from(value);
  BitWriter to(out);
  to.copy(from, 8 * kMandatorySize);
  const std::uint32_t flags = value.size() > kMandatorySize ? from.bits(5) : 0;
  to.bits(5, flags | kActiveTargetsFlag);
  to.copy(from, structure_end - kFlagsEnd);
  to.bits(structure.decode_target_count, active_decode_targets & structure.all_decode_targets());
  if (d.has_active_decode_targets) from.bits(structure.decode_target_count);
  to.copy(from, definition_end - definition_begin);
  return to.ok() ? to.size_bytes() : 0;
}

}  // namespace plenum::rtp
