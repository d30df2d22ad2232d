#pragma once
#include <optional>
#include <vector>

#include "egress/depacketizer.h"
#include "egress/picture.h"
#include "egress/streams.h"
#include "media/codec/codec.h"

namespace plenum::egress {

/// What a file has to know of a video stream that is copied, as a key frame has it.
struct VideoHeader {
  codec::Codec codec{};
  Size size{};
  /// H.264: its parameter sets in Annex B; AV1: its sequence header; of the others nothing.
  std::vector<std::byte> parameters{};

  /// For a muxer.
  StreamFormat format() const;
};

/// Decodes the key frame for it, unless it says nothing but what `known` does: then that again.
/// nullopt: it does not decode, or into a picture of a form that is not taken. Throws
/// std::runtime_error if FFmpeg lacks the codec.
std::optional<VideoHeader> read_video_header(codec::Codec codec, const EncodedFrame& key_frame,
                                             const std::optional<VideoHeader>& known);

/// Opus, for a muxer.
StreamFormat opus_format();

}  // namespace plenum::egress
