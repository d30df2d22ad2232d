#include <algorithm>
#include <cstdlib>
#include <vector>

#include "media/ice/tcp_framing.h"

// The first byte says how the stream is cut. However it is cut, the same frames come out, and
// framing them again gives the same stream (but for empty frames and the incomplete rest).
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plenum;
  if (size == 0) return 0;
  const std::size_t step = std::size_t{data[0]} + 1;
  const Bytes stream = std::as_bytes(std::span(data + 1, size - 1));
  if (stream.size() > 65536) return 0;

  const auto run = [&](std::size_t cut, std::vector<std::byte>& out) {
    ice::TcpDeframer deframer;
    for (Bytes rest = stream; !rest.empty();) {
      const std::size_t n = std::min(cut, rest.size());
      if (!deframer.push(rest.first(n)).ok()) return false;
      rest = rest.subspan(n);
      while (const auto frame = deframer.next()) {
        if (frame->size() == 0) std::abort();
        const auto header = ice::frame_header(static_cast<std::uint16_t>(frame->size()));
        out.insert(out.end(), header.begin(), header.end());
        out.insert(out.end(), frame->bytes().begin(), frame->bytes().end());
      }
    }
    return true;
  };
  std::vector<std::byte> whole;
  std::vector<std::byte> cut;
  const bool whole_ok = run(stream.size(), whole);
  const bool cut_ok = run(step, cut);
  if (whole_ok != cut_ok || (whole_ok && whole != cut)) std::abort();

  ice::TcpDeframer again;
  if (!again.push(cut).ok()) std::abort();
  std::size_t bytes = 0;
  while (const auto frame = again.next()) bytes += ice::kFrameHeaderSize + frame->size();
  if (bytes != cut.size()) std::abort();
  return 0;
}
