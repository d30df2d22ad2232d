// AV1 payloads, and Opus packets since those need no target of their own.
#include <cstdlib>

#include "media/codec/av1.h"
#include "media/codec/frame_info.h"
#include "media/codec/opus.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plenum;
  const Bytes payload = std::as_bytes(std::span(data, size));
  (void)codec::parse_av1(payload);
  codec::inspect(codec::Codec::av1, payload, true, nullptr);
  const auto duration = codec::opus_duration(payload);
  if (duration && (*duration <= 0ms || *duration > 120ms)) std::abort();
  return 0;
}
