#pragma once
// FFmpeg's headers, and owners for what they allocate.
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/frame.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
}

#include <memory>
#include <string>

namespace plenum::egress {

struct FreeFfmpeg {
  void operator()(AVCodecContext* c) const { avcodec_free_context(&c); }
  void operator()(AVFrame* f) const { av_frame_free(&f); }
  void operator()(AVPacket* p) const { av_packet_free(&p); }
  void operator()(SwrContext* s) const { swr_free(&s); }
};
using CodecContext = std::unique_ptr<AVCodecContext, FreeFfmpeg>;
using Frame = std::unique_ptr<AVFrame, FreeFfmpeg>;
/// Reference-counted inside: av_packet_ref() shares the bytes.
using Packet = std::unique_ptr<AVPacket, FreeFfmpeg>;
using Resampler = std::unique_ptr<SwrContext, FreeFfmpeg>;

/// What an error code of FFmpeg means, for a log line or an exception.
inline std::string ffmpeg_error(int code) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(code, text, sizeof text);
  return text;
}

}  // namespace plenum::egress
