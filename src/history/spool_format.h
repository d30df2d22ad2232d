#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

/// The spool file: a header, then one frame for each record. Integers are big-endian.
///
///     header:  "PLSPOOL" | version (1) | run (24 characters)
///     frame:   size of the payload (4) | first 8 bytes of its SHA-256 | payload
namespace plenum::history {

inline constexpr std::size_t kRunBytes = 24;
inline constexpr std::size_t kSpoolHeaderBytes = 8 + kRunBytes;
inline constexpr std::size_t kFrameHeaderBytes = 12;

enum class SpoolFormatError : std::uint8_t {
  /// Ends too early, as a file does whose writer was killed.
  torn,
  not_a_spool,
  /// Written by a program with other records (kCodecVersion).
  other_version,
  bad_checksum,
};

/// `run` names the run of the server whose records follow: kRunBytes characters.
std::vector<std::byte> spool_header(const std::string& run);
/// Answers the run.
Result<std::string, SpoolFormatError> parse_spool_header(Bytes bytes);

struct FrameView {
  Bytes payload;
  /// Of the whole frame.
  std::size_t bytes = 0;
};
void append_frame(std::vector<std::byte>& out, Bytes payload);
/// The frame at the beginning of `bytes`.
Result<FrameView, SpoolFormatError> parse_frame(Bytes bytes);

}  // namespace plenum::history
