#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace plenum::codec {

enum class Vp9Error : std::uint8_t { truncated, too_many_references };

/// VP9 scalability structure, RFC 9628 section 4.2.1.
struct Vp9ScalabilityStructure {
  std::uint8_t spatial_layers = 1;  // N_S + 1
  bool has_resolutions = false;
  std::array<std::uint16_t, 8> width{};
  std::array<std::uint16_t, 8> height{};
  std::uint8_t pictures_in_group = 0;  // N_G; its entries are checked and skipped
};

/// VP9 payload descriptor, RFC 9628 section 4.2, flexible and non-flexible mode. No decoding.
struct Vp9Descriptor {
  bool inter_picture_predicted = false;  // P
  bool flexible_mode = false;            // F
  bool start_of_frame = false;           // B
  bool end_of_frame = false;             // E
  bool not_reference_for_upper = false;  // Z
  bool has_picture_id = false;
  bool long_picture_id = false;  // 15 bits, else 7
  std::uint16_t picture_id = 0;
  bool has_layers = false;
  std::uint8_t temporal_id = 0;
  bool switching_up_point = false;  // U
  std::uint8_t spatial_id = 0;
  bool inter_layer_predicted = false;  // D
  bool has_tl0_picture_index = false;
  std::uint8_t tl0_picture_index = 0;
  std::uint8_t reference_count = 0;
  std::array<std::uint8_t, 3> references{};  // P_DIFF, flexible mode
  bool has_structure = false;
  Vp9ScalabilityStructure structure;
  /// Bytes of the descriptor.
  std::uint16_t size = 0;

  /// The base layer's frame of a key picture: refers to nothing.
  bool keyframe() const {
    return !inter_picture_predicted && !inter_layer_predicted && spatial_id == 0;
  }
};

Result<Vp9Descriptor, Vp9Error> parse_vp9(Bytes payload);

/// How many bytes of a payload rewrite_vp9_descriptor() replaces at most.
inline constexpr std::size_t kMaxVp9RewriteSize = 5;

/// Copies the head of the payload's descriptor, up to and including TL0PICIDX, into `out` with
/// picture_id and TL0PICIDX moved on by the given offsets, modulo their width on the wire. Returns
/// the size, which is also how many bytes of the payload it stands for; 0 when the payload is not
/// sound or `out` is too small.
std::size_t rewrite_vp9_descriptor(Bytes payload, std::uint16_t picture_id_offset,
                                   std::uint8_t tl0_picture_index_offset, MutableBytes out);

}  // namespace plenum::codec
