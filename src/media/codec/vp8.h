#pragma once
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace plenum::codec {

enum class Vp8Error : std::uint8_t { truncated };

/// VP8 payload descriptor, RFC 7741 section 4.2, and what the payload header behind it (4.3) says
/// in the clear. No decoding.
struct Vp8Descriptor {
  bool non_reference = false;       // N
  bool start_of_partition = false;  // S
  std::uint8_t partition = 0;       // PID
  bool has_picture_id = false;
  bool long_picture_id = false;  // 15 bits, else 7
  std::uint16_t picture_id = 0;
  bool has_tl0_picture_index = false;
  std::uint8_t tl0_picture_index = 0;
  bool has_temporal_id = false;
  std::uint8_t temporal_id = 0;
  bool layer_sync = false;  // Y
  bool has_key_index = false;
  std::uint8_t key_index = 0;
  /// Bytes of the descriptor = where the payload header begins.
  std::uint8_t size = 0;
  /// Of this packet's frame, known in its first packet only.
  bool keyframe = false;
  std::uint16_t width = 0;  // on key frames in the first packet, else 0
  std::uint16_t height = 0;

  bool starts_frame() const { return start_of_partition && partition == 0; }
};

Result<Vp8Descriptor, Vp8Error> parse_vp8(Bytes payload);

/// Longest VP8 payload descriptor.
inline constexpr std::size_t kMaxVp8DescriptorSize = 6;

/// Copies the payload's descriptor into `out` with picture_id and TL0PICIDX moved on by the given
/// offsets, modulo their width on the wire. Returns its size, which is also how many bytes of the
/// payload it stands for; 0 when the payload is not sound or `out` is too small.
std::size_t rewrite_vp8_descriptor(Bytes payload, std::uint16_t picture_id_offset,
                                   std::uint8_t tl0_picture_index_offset, MutableBytes out);

}  // namespace plenum::codec
