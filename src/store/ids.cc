#include "store/ids.h"

#include <fmt/format.h>

#include "base/crypto.h"

namespace plenum::store {

std::string new_id(std::int64_t now_ms) {
  constexpr std::uint64_t k48Bits = (std::uint64_t{1} << 48) - 1;
  return fmt::format("{:012x}{:012x}", static_cast<std::uint64_t>(now_ms) & k48Bits,
                     crypto::random_u64() & k48Bits);
}

std::string new_room_id() {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::uint64_t kRoomIds = 4'738'381'338'321'616'896;  // 36^12
  std::uint64_t v;
  do v = crypto::random_u64();
  while (v >= 3 * kRoomIds);  // else the remainder would prefer some ids
  std::string id;
  for (int i = 0; i < 12; ++i, v /= kAlphabet.size()) {
    if (i == 4 || i == 8) id += '-';
    id += kAlphabet[v % kAlphabet.size()];
  }
  return id;
}

}  // namespace plenum::store
