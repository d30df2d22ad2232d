#pragma once
#include "egress/ffmpeg.h"
#include "media/codec/codec.h"

namespace plenum::egress {

/// FFmpeg's name of a codec that files may hold; AV_CODEC_ID_NONE for the others.
constexpr AVCodecID codec_id_of(codec::Codec codec) {
  switch (codec) {
    case codec::Codec::vp8:
      return AV_CODEC_ID_VP8;
    case codec::Codec::vp9:
      return AV_CODEC_ID_VP9;
    case codec::Codec::h264:
      return AV_CODEC_ID_H264;
    case codec::Codec::av1:
      return AV_CODEC_ID_AV1;
    case codec::Codec::opus:
      return AV_CODEC_ID_OPUS;
    default:
      return AV_CODEC_ID_NONE;
  }
}

}  // namespace plenum::egress
