#pragma once
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "history/record.h"

/// A record as bytes, for the spool: fields in the order of their declaration, big-endian, without
/// names. Read back only by a program of the same kCodecVersion.
namespace plenum::history {

/// To be raised with every change of what a record is made of.
inline constexpr std::uint8_t kCodecVersion = 5;

enum class RecordError : std::uint8_t {
  too_short,
  trailing_bytes,
  /// A number that its enum does not have, or a flag that is neither 0 nor 1.
  bad_value,
  /// Such as a session's end in the event of a join.
  contradiction,
};

std::vector<std::byte> encode_record(const Record& record);
/// What it answers keeps the promises of control's types, whoever wrote the bytes.
Result<Record, RecordError> parse_record(Bytes bytes);

}  // namespace plenum::history
