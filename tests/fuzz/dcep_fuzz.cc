// DCEP: whatever is accepted is written and read back to the same thing.
#include <cstdlib>

#include "media/sctp/dcep.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plenum;
  const auto message = sctp::dcep::parse(std::as_bytes(std::span(data, size)));
  if (!message) return 0;
  const auto written = std::visit([](const auto& m) { return sctp::dcep::write(m); }, *message);
  const auto again = sctp::dcep::parse(written);
  if (!again || *again != *message) std::abort();
  return 0;
}
