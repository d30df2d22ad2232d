#include "media/rtp/unwrap.h"

namespace plenum::rtp {

ExtSeq SequenceUnwrapper::peek(std::uint16_t sequence) const {
  if (!started_) return ExtSeq(0x10000u + sequence);
  const auto delta =
      static_cast<std::int16_t>(static_cast<std::uint16_t>(sequence - (highest_ & 0xffff)));
  // A stream that keeps going backwards must not pass below zero: it is taken one cycle up.
  if (delta < 0 && highest_ < static_cast<std::uint64_t>(-delta))
    return ExtSeq(highest_ + 0x10000u - static_cast<std::uint64_t>(-delta));
  return ExtSeq(highest_ + static_cast<std::uint64_t>(static_cast<std::int64_t>(delta)));
}

ExtSeq SequenceUnwrapper::unwrap(std::uint16_t sequence) {
  const ExtSeq seq = peek(sequence);
  if (!started_ || seq.value() > highest_) highest_ = seq.value();
  started_ = true;
  return seq;
}

std::uint64_t TimestampUnwrapper::unwrap(RtpTime timestamp) {
  if (!started_) {
    started_ = true;
    return highest_ = (std::uint64_t{1} << 32) + timestamp.value();
  }
  const auto delta = static_cast<std::int32_t>(timestamp.value() -
                                               static_cast<std::uint32_t>(highest_ & 0xffffffff));
  const std::uint64_t t = highest_ + static_cast<std::uint64_t>(static_cast<std::int64_t>(delta));
  if (delta > 0) highest_ = t;
  return t;
}

}  // namespace plenum::rtp
