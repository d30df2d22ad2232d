#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "egress/mp4_fragments.h"

// The bytes as a file. What is called whole lies within it, and stays whole when the rest is cut
// off: recovery does just that. The seeds were written as by Mp4Sink and finalise(); torn.mp4 ends
// within a fragment, zeros.mp4 in blocks that a disk never got.
namespace {

using namespace plenum;

egress::Mp4Scan scan(Bytes file) {
  return egress::scan_mp4(
      [&](std::uint64_t at, MutableBytes out) -> std::size_t {
        if (at >= file.size()) return 0;
        const Bytes rest = file.subspan(static_cast<std::size_t>(at));
        const std::size_t n = std::min(rest.size(), out.size());
        std::memcpy(out.data(), rest.data(), n);
        return n;
      },
      file.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes file = std::as_bytes(std::span(data, size));
  const auto all = scan(file);
  if (all.end > size || (all.fragments > 0 && !all.has_moov)) std::abort();
  if (all.is_final && (all.fragments > 0 || all.end != size)) std::abort();
  const auto cut = scan(file.first(static_cast<std::size_t>(all.end)));
  if (cut.fragments != all.fragments || cut.has_moov != all.has_moov || cut.end != all.end)
    std::abort();
  return 0;
}
