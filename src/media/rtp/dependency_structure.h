#pragma once
#include <cstddef>

#include "base/result.h"
#include "media/rtp/bits.h"
#include "media/rtp/dependency_descriptor.h"

namespace plenum::rtp {

/// The parts of the dependency descriptor's parser that read a template structure; used by
/// dependency_descriptor.cc alone.
inline constexpr std::size_t kMaxTemporalLayers = 8;  // the AV1 bitstream has 3 bits

Dtis read_dtis(BitReader& r, std::size_t count);
/// Fills `s`, which is fresh. Appendix A.8.2, template_dependency_structure().
Status<DependencyError> read_dependency_structure(BitReader& r, DependencyStructure& s);

}  // namespace plenum::rtp
