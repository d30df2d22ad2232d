// H.264 and H.265 payloads: no input makes the walk over NAL units leave it.
#include "media/codec/frame_info.h"
#include "media/codec/h264.h"
#include "media/codec/h265.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plenum;
  const Bytes payload = std::as_bytes(std::span(data, size));
  (void)codec::parse_h264(payload);
  (void)codec::parse_h265(payload);
  codec::inspect(codec::Codec::h264, payload, true, nullptr);
  codec::inspect(codec::Codec::h265, payload, true, nullptr);
  return 0;
}
