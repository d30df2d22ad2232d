#pragma once
// For tests only: short real streams from libavcodec's encoders.
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "egress/ffmpeg.h"
#include "egress/picture.h"
#include "media/codec/codec.h"

namespace plenum::egress::testing {

struct TestFrame {
  std::vector<std::byte> bytes;
  bool key = false;
  std::uint32_t timestamp = 0;  // 90 kHz, 33.3 ms apart
};

struct StreamPlan {
  codec::Codec codec = codec::Codec::vp8;
  Size size{96, 64};
  int frames = 10;
  int gop = 5;
  AVPixelFormat format = AV_PIX_FMT_YUV420P;
  /// VP8 only: two temporal layers, odd frames are the upper one.
  bool temporal_layers = false;
  std::int64_t bit_rate = 300'000;
};

/// Flat colours of the left half of frame n; they differ from frame to frame.
inline int luma_of(int n) { return 60 + n % 12 * 12; }
inline int u_of(int n) { return 90 + n % 5 * 18; }
inline int v_of(int n) { return 170 - n % 7 * 12; }

/// The right half is a moving texture that costs bits.
inline void paint(AVFrame& f, int n) {
  const bool half = f.format != AV_PIX_FMT_YUV444P;
  const bool ten_bits = f.format == AV_PIX_FMT_YUV420P10LE;
  for (int plane = 0; plane < 3; ++plane) {
    const int shift = plane > 0 && half ? 1 : 0;
    const int flat = plane == 0 ? luma_of(n) : plane == 1 ? u_of(n) : v_of(n);
    for (int y = 0; y < f.height >> shift; ++y)
      for (int x = 0; x < f.width >> shift; ++x) {
        const bool textured = plane == 0 && x >= f.width / 2;
        const int value = textured ? 40 + ((x + n) * 7 ^ y * 13) % 160 : flat;
        std::uint8_t* row = f.data[plane] + y * f.linesize[plane];
        if (ten_bits)
          reinterpret_cast<std::uint16_t*>(row)[x] = static_cast<std::uint16_t>(value << 2);
        else
          row[x] = static_cast<std::uint8_t>(value);
      }
  }
}

inline const char* encoder_name(codec::Codec c) {
  return c == codec::Codec::vp8    ? "libvpx"
         : c == codec::Codec::vp9  ? "libvpx-vp9"
         : c == codec::Codec::h264 ? "libx264"
                                   : "libaom-av1";
}

inline CodecContext open_encoder(const StreamPlan& plan) {
  const AVCodec* encoder = avcodec_find_encoder_by_name(encoder_name(plan.codec));
  if (!encoder) throw std::runtime_error("no encoder for the test's stream");
  CodecContext c(avcodec_alloc_context3(encoder));
  c->width = plan.size.width;
  c->height = plan.size.height;
  c->pix_fmt = plan.format;
  c->time_base = {1, 30};
  c->framerate = {30, 1};
  c->gop_size = c->keyint_min = plan.gop;
  c->bit_rate = plan.bit_rate;
  c->thread_count = 1;
  c->max_b_frames = 0;
  AVDictionary* options = nullptr;
  const auto set = [&](const char* k, const char* v) { av_dict_set(&options, k, v, 0); };
  if (plan.codec == codec::Codec::h264) {
    set("preset", "ultrafast");
    set("tune", "zerolatency");
    set("x264-params", "scenecut=0:slices=2");
  } else {
    set("lag-in-frames", "0");
    set("cpu-used", "8");
    set(plan.codec == codec::Codec::av1 ? "usage" : "deadline", "realtime");
  }
  const int e = avcodec_open2(c.get(), encoder, &options);
  av_dict_free(&options);
  if (e < 0) throw std::runtime_error("the test's encoder: " + ffmpeg_error(e));
  return c;
}

/// Odd frames are referred to by none and refer to the even ones only. Flags of libvpx,
/// vpx/vp8cx.h.
inline void set_layer(AVFrame& frame, int n) {
  constexpr int kNoRefGolden = 1 << 17, kNoUpdateLast = 1 << 18, kNoUpdateEntropy = 1 << 20,
                kNoRefAltref = 1 << 21, kNoUpdateGolden = 1 << 22, kNoUpdateAltref = 1 << 23;
  const int base = kNoRefGolden | kNoRefAltref | kNoUpdateGolden | kNoUpdateAltref;
  const int flags = n % 2 == 0 ? base : base | kNoUpdateLast | kNoUpdateEntropy;
  av_dict_set_int(&frame.metadata, "vp8-flags", n == 0 ? 0 : flags, 0);
}

inline std::vector<TestFrame> encode_stream(const StreamPlan& plan) {
  const CodecContext encoder = open_encoder(plan);
  const Frame frame(av_frame_alloc());
  frame->format = plan.format;
  frame->width = plan.size.width;
  frame->height = plan.size.height;
  if (av_frame_get_buffer(frame.get(), 0) < 0) throw std::bad_alloc();
  const Packet packet(av_packet_alloc());
  std::vector<TestFrame> stream;
  for (int n = 0; n <= plan.frames; ++n) {
    if (n < plan.frames) {
      if (av_frame_make_writable(frame.get()) < 0) throw std::bad_alloc();
      paint(*frame, n);
      frame->pts = n;
      if (plan.temporal_layers) set_layer(*frame, n);
    }
    avcodec_send_frame(encoder.get(), n < plan.frames ? frame.get() : nullptr);
    while (avcodec_receive_packet(encoder.get(), packet.get()) == 0) {
      const auto* data = reinterpret_cast<const std::byte*>(packet->data);
      stream.push_back({{data, data + packet->size},
                        (packet->flags & AV_PKT_FLAG_KEY) != 0,
                        static_cast<std::uint32_t>(packet->pts * 3000)});
      av_packet_unref(packet.get());
    }
  }
  return stream;
}

}  // namespace plenum::egress::testing
