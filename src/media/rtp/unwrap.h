#pragma once
#include <cstdint>

#include "base/ids.h"

namespace plenum::rtp {

/// Extends 16-bit sequence numbers: each is taken as the one nearest to the highest seen so far.
/// The first becomes 2^16 + seq, so that packets that were sent before it and come after it still
/// get a number >= 0. The low 16 bits always equal the number on the wire.
class SequenceUnwrapper {
 public:
  ExtSeq unwrap(std::uint16_t sequence);
  /// What unwrap() would say, without remembering it. Before the first packet 2^16 + sequence.
  ExtSeq peek(std::uint16_t sequence) const;
  bool started() const { return started_; }

 private:
  std::uint64_t highest_ = 0;
  bool started_ = false;
};

/// The same for RTP timestamps: 32 to 64 bits, first = 2^32 + timestamp.
class TimestampUnwrapper {
 public:
  std::uint64_t unwrap(RtpTime timestamp);

 private:
  std::uint64_t highest_ = 0;
  bool started_ = false;
};

}  // namespace plenum::rtp
