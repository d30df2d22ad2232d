#pragma once
#include <cstdint>
#include <string>

namespace plenum::store {

/// 24 lower-case hex digits: 48 bits of milliseconds, then 48 random bits. Ids of later
/// milliseconds sort behind those of earlier ones, so new rows go to the end of an index.
std::string new_id(std::int64_t now_ms);

/// `xxxx-xxxx-xxxx` of a-z and 0-9: 62 random bits, what people type to enter a room.
std::string new_room_id();

}  // namespace plenum::store
