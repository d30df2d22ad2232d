#pragma once
#include <cstddef>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/time.h"

namespace plenum::load {

/// A data packet to everybody that says when it was sent, filled up to `bytes`.
std::string write_data_message(NtpTime sent, std::size_t bytes);
/// When it was sent; nullopt when the message is none of these.
std::optional<NtpTime> read_data_message(Bytes message);

}  // namespace plenum::load
