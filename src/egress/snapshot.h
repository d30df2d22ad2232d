#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "egress/picture.h"

namespace plenum::egress {

enum class ImageFormat : std::uint8_t { jpeg, png, webp };
/// bad_size: the picture's or the wanted size is not 2 to 8192 a side, or the wanted one is odd.
/// encoder_failed: FFmpeg lacks the encoder or refused the picture.
enum class SnapshotError : std::uint8_t { bad_size, encoder_failed };

/// A whole image file of a picture (BT.709, limited range; converted to sRGB, or to the full range
/// BT.601 that JFIF means), stretched to `size` if given. JPEG and WebP at a quality that shows no
/// blocks.
Result<std::vector<std::byte>, SnapshotError> encode_image(const PictureView& picture,
                                                           ImageFormat format,
                                                           std::optional<Size> size = {});

}  // namespace plenum::egress
