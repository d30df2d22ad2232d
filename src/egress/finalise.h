#pragma once
#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace plenum::egress {

struct FinishedFile {
  /// To the end of its longest stream.
  Duration duration{};
  std::uint64_t bytes = 0;
};

/// What of a recording goes into the final file.
enum class Keep : std::uint8_t { all, audio };

/// Makes of the fragmented MP4 or growing WebM at `path` one that plays and seeks from a web server
/// at once, its duration and index first: the packets are copied into a new file beside it, which
/// then takes its place. Whatever fails, the file at `path` stays as it was, and playable. Reads
/// and writes as fast as the disk does; needs as much free space as the file has, and does not
/// begin when `reserve` bytes would not stay free meanwhile. The error is a sentence for the
/// operator.
Result<FinishedFile, std::string> finalise(const std::string& path, Keep keep = Keep::all,
                                           std::uint64_t reserve = 0);

/// After a crash, whatever it left: finalises the file without what stands behind its last whole
/// fragment; where that fails, for want of room, it stays as it was. A file that is final already,
/// or Ogg, is only looked at. Nobody may be writing it.
Result<FinishedFile, std::string> recover(const std::string& path);

}  // namespace plenum::egress
