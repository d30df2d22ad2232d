#include "media/rtp/writer.h"

namespace plenum::rtp {

std::size_t write_header(const HeaderFields& f, MutableBytes out) {
  ByteWriter w(out);
  w.u8(0x80);
  w.u8((f.marker ? 0x80u : 0u) | (f.payload_type & 0x7fu));
  w.u16(f.sequence);
  w.u32(f.timestamp.value());
  w.u32(f.ssrc.value());
  return w.ok() ? w.size() : 0;
}

std::size_t write_header(const HeaderFields& fields, const ExtensionWriter& extensions,
                         MutableBytes out) {
  const std::size_t fixed = write_header(fields, out);
  if (fixed == 0) return 0;
  const std::size_t block = extensions.finish(out.subspan(fixed));
  if (block != 0) {
    out[0] |= std::byte{0x10};
    return fixed + block;
  }
  return extensions.empty() ? fixed : 0;
}

}  // namespace plenum::rtp
