#pragma once
#include <cstddef>
#include <optional>

#include "base/bytes.h"
#include "base/time.h"

namespace plenum::codec {

/// How long a packet sounds, from its TOC byte. RFC 6716 section 3.1, 3.2; nullopt when the packet
/// is empty or longer than 120 ms, which no packet may be.
std::optional<Duration> opus_duration(Bytes payload);

/// A packet that only keeps discontinuous transmission going. RFC 6716 section 3.1: at most two
/// bytes, TOC included.
inline bool opus_is_dtx(Bytes payload) { return payload.size() <= 2; }

}  // namespace plenum::codec
