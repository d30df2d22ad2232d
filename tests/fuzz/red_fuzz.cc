// RED: the blocks lie in the payload.
#include <cstdlib>

#include "media/rtp/red.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plenum;
  const Bytes payload = std::as_bytes(std::span(data, size));
  if (const auto red = rtp::parse_red(payload)) {
    std::size_t total = 0;
    for (std::size_t i = 0; i < red->count; ++i) total += red->blocks[i].data.size();
    if (total > size) std::abort();
  }
  return 0;
}
