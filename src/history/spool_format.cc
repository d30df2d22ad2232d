#include "history/spool_format.h"

#include <algorithm>
#include <cassert>

#include "base/crypto.h"
#include "history/record_codec.h"

namespace plenum::history {
namespace {

constexpr std::string_view kMagic = "PLSPOOL";
constexpr std::size_t kChecksumBytes = 8;

}  // namespace

std::vector<std::byte> spool_header(const std::string& run) {
  assert(run.size() == kRunBytes);
  std::vector<std::byte> out(kSpoolHeaderBytes);
  ByteWriter writer(out);
  writer.bytes(as_bytes(kMagic));
  writer.u8(kCodecVersion);
  writer.bytes(as_bytes(run));
  return out;
}

Result<std::string, SpoolFormatError> parse_spool_header(Bytes bytes) {
  if (bytes.size() < kSpoolHeaderBytes) return Err{SpoolFormatError::torn};
  ByteReader reader(bytes);
  if (as_text(reader.bytes(kMagic.size())) != kMagic) return Err{SpoolFormatError::not_a_spool};
  if (reader.u8() != kCodecVersion) return Err{SpoolFormatError::other_version};
  return std::string(as_text(reader.bytes(kRunBytes)));
}

void append_frame(std::vector<std::byte>& out, Bytes payload) {
  const std::size_t at = out.size();
  out.resize(at + kFrameHeaderBytes + payload.size());
  ByteWriter writer(MutableBytes(out).subspan(at));
  writer.u32(payload.size());
  const crypto::Sha256 sum = crypto::sha256(payload);
  writer.bytes(Bytes(sum).first(kChecksumBytes));
  writer.bytes(payload);
}

Result<FrameView, SpoolFormatError> parse_frame(Bytes bytes) {
  ByteReader reader(bytes);
  const std::uint32_t size = reader.u32();
  const Bytes checksum = reader.bytes(kChecksumBytes);
  const Bytes payload = reader.bytes(size);
  if (!reader.ok()) return Err{SpoolFormatError::torn};
  const crypto::Sha256 sum = crypto::sha256(payload);
  if (!std::ranges::equal(checksum, Bytes(sum).first(kChecksumBytes)))
    return Err{SpoolFormatError::bad_checksum};
  return FrameView{payload, reader.position()};
}

}  // namespace plenum::history
