// Parse, write, parse again: what the writer says must mean the same as what was read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "media/sdp/parser.h"
#include "media/sdp/writer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plenum;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto first = sdp::parse(text);
  if (!first) return 0;
  const std::string written = sdp::write(*first);
  if (written.find('\0') != std::string::npos) std::abort();
  const auto second = sdp::parse(written);
  if (!second) {
    // The written form may be longer than the bounds; nothing else may refuse it.
    const auto reason = second.error().reason;
    using enum sdp::ParseError::Reason;
    if (reason != too_long && reason != too_many_lines) std::abort();
    return 0;
  }
  if (sdp::write(*second) != written) std::abort();
  return 0;
}
