#pragma once
#include <cstdint>
#include <functional>

#include "base/bytes.h"

namespace plenum::egress {

/// What of an MP4 file is whole.
struct Mp4Scan {
  /// A header (moov) that is whole.
  bool has_moov = false;
  /// Whole pairs of moof and mdat behind it.
  std::uint32_t fragments = 0;
  /// Media and index in one piece, as finalise() leaves it, and not cut off.
  bool is_final = false;
  /// Where the last whole thing ends; what stands behind is the torn rest.
  std::uint64_t end = 0;
};

/// Fills `out` from the file's byte `at` on and answers how many bytes there were.
using ReadAt = std::function<std::size_t(std::uint64_t at, MutableBytes out)>;

/// Walks the boxes of a file (ISO/IEC 14496-12 section 4.2) that may be damaged in any way, a
/// header at a time, up to the first that does not make sense: unknown at this place, longer than
/// the file, or with children that do not fill it. Reads of each box its first 16 bytes, of a moov
/// or moof those of its children too. Never fails: of a file that is no MP4 nothing is whole.
Mp4Scan scan_mp4(const ReadAt& read, std::uint64_t file_size);

}  // namespace plenum::egress
