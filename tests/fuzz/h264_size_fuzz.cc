// The sequence parameter set that the load generator reads the picture's size from: no input makes
// it read on behind its end.
#include "load/h264_size.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  (void)plenum::load::h264_size(std::as_bytes(std::span(data, size)));
  return 0;
}
