// ICE candidates as text: what is accepted must come back the same after being written.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "media/ice/candidate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plenum;
  const auto candidate = ice::parse_candidate({reinterpret_cast<const char*>(data), size});
  if (!candidate) return 0;
  const auto again = ice::parse_candidate(ice::to_sdp(*candidate));
  if (!again || !(*again == *candidate)) std::abort();
  return 0;
}
