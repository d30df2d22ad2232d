#include <cstdlib>
#include <vector>

#include "history/record_codec.h"
#include "history/spool_format.h"

// Three ways in: the bytes as a file, as one frame's payload under a right checksum, which takes
// the fuzzer past what it cannot guess, and as a record alone. A record that is read is written as
// the same bytes but for attributes that came out of order or twice; those are the same when read
// again.
namespace {

using namespace plenum;

void check(Bytes bytes) {
  const auto record = history::parse_record(bytes);
  if (!record) return;
  const auto once = history::encode_record(*record);
  if (once.size() > bytes.size()) std::abort();
  const auto again = history::parse_record(once);
  if (!again || history::encode_record(*again) != once) std::abort();
}

void check_file(Bytes bytes) {
  const auto run = history::parse_spool_header(bytes);
  if (!run) return;
  if (history::spool_header(*run).size() != history::kSpoolHeaderBytes) std::abort();
  bytes = bytes.subspan(history::kSpoolHeaderBytes);
  while (const auto frame = history::parse_frame(bytes)) {
    check(frame->payload);
    bytes = bytes.subspan(frame->bytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes input = std::as_bytes(std::span(data, size));
  check_file(input);
  check(input);

  std::vector<std::byte> framed;
  history::append_frame(framed, input);
  const auto frame = history::parse_frame(framed);
  if (!frame || frame->bytes != framed.size()) std::abort();
  return 0;
}
