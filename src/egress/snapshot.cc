#include "egress/snapshot.h"

#include <algorithm>
#include <span>

#include "egress/ffmpeg.h"
#include "egress/scaling.h"

namespace plenum::egress {
namespace {

using Error = SnapshotError;

constexpr int kMaxSide = 8192;
/// Quantiser scale, 1 (best) to 31.
constexpr int kJpegQuality = 3;
/// 0 to 100.
constexpr int kWebpQuality = 85;

// Fixed point of the colour conversions.
constexpr int kShift = 16, kOne = 1 << kShift;

bool is_allowed(Size s) {
  return s.width >= 2 && s.height >= 2 && s.width <= kMaxSide && s.height <= kMaxSide;
}

std::uint8_t clamped(int scaled) {
  return static_cast<std::uint8_t>(std::clamp((scaled + kOne / 2) >> kShift, 0, 255));
}

/// How a component follows from luma less 16 and chroma less 128, in steps of kOne.
struct Weights {
  int y = 0, u = 0, v = 0;
  constexpr Weights(double from_y, double from_u, double from_v)
      : y(rounded(from_y * 255 / 219)),
        u(rounded(from_u * 255 / 224)),
        v(rounded(from_v * 255 / 224)) {}
  static constexpr int rounded(double w) {
    return static_cast<int>(w * kOne + (w < 0 ? -0.5 : 0.5));
  }
  std::uint8_t of(int luma, int cb, int cr, int offset = 0) const {
    return clamped(y * luma + u * cb + v * cr + offset * kOne);
  }
};

// BT.709: r = y + 1.5748 v, b = y + 1.8556 u, and y = 0.2126 r + 0.7152 g + 0.0722 b.
constexpr double kRedOfV = 1.5748, kBlueOfU = 1.8556;
constexpr double kGreenOfU = -kBlueOfU * 0.0722 / 0.7152, kGreenOfV = -kRedOfV * 0.2126 / 0.7152;
constexpr Weights kRed{1, 0, kRedOfV}, kGreen{1, kGreenOfU, kGreenOfV}, kBlue{1, kBlueOfU, 0};
// BT.601 of those: luma 0.299 r + 0.587 g + 0.114 b, chroma (b - luma) / 1.772, (r - luma) / 1.402.
constexpr double kLumaOfU = 0.587 * kGreenOfU + 0.114 * kBlueOfU;
constexpr double kLumaOfV = 0.587 * kGreenOfV + 0.299 * kRedOfV;
constexpr Weights kLuma{1, kLumaOfU, kLumaOfV};
constexpr Weights kCb{0, (kBlueOfU - kLumaOfU) / 1.772, -kLumaOfV / 1.772};
constexpr Weights kCr{0, -kLumaOfU / 1.402, (kRedOfV - kLumaOfV) / 1.402};

/// Calls `each` with place, luma less 16 and chroma less 128 of all pixels a `step` apart.
template <class Each>
void for_pixels(const PictureView& p, int step, Each each) {
  for (int y = 0; y < p.size.height; y += step) {
    const std::uint8_t* luma = p.y + std::ptrdiff_t{y} * p.stride_y;
    const std::uint8_t* u = p.u + std::ptrdiff_t{y / 2} * p.stride_u;
    const std::uint8_t* v = p.v + std::ptrdiff_t{y / 2} * p.stride_v;
    for (int x = 0; x < p.size.width; x += step) {
      each(x, y, luma[x] - 16, u[x / 2] - 128, v[x / 2] - 128);
    }
  }
}

// Our own loops: libyuv's conversion from BT.709 is up to 12 steps off in blue on x86, and a
// snapshot is rare.

void to_rgb(const PictureView& p, AVFrame& to) {
  const bool is_bgra = to.format == AV_PIX_FMT_BGRA;
  const int step = is_bgra ? 4 : 3, red = is_bgra ? 2 : 0;
  for_pixels(p, 1, [&](int x, int y, int luma, int u, int v) {
    std::uint8_t* pixel = to.data[0] + std::ptrdiff_t{y} * to.linesize[0] + step * x;
    pixel[red] = kRed.of(luma, u, v);
    pixel[1] = kGreen.of(luma, u, v);
    pixel[2 - red] = kBlue.of(luma, u, v);
    if (is_bgra) pixel[3] = 255;
  });
}

void to_full_range_601(const PictureView& p, AVFrame& to) {
  for_pixels(p, 1, [&](int x, int y, int luma, int u, int v) {
    to.data[0][std::ptrdiff_t{y} * to.linesize[0] + x] = kLuma.of(luma, u, v);
  });
  for_pixels(p, 2, [&](int x, int y, int, int u, int v) {
    to.data[1][std::ptrdiff_t{y / 2} * to.linesize[1] + x / 2] = kCb.of(0, u, v, 128);
    to.data[2][std::ptrdiff_t{y / 2} * to.linesize[2] + x / 2] = kCr.of(0, u, v, 128);
  });
}

/// The picture as the encoder wants it: full range BT.601 for JPEG, RGB for the others.
Frame to_frame(const PictureView& p, AVPixelFormat format) {
  Frame frame(av_frame_alloc());
  if (!frame) return nullptr;
  frame->format = format;
  frame->width = p.size.width;
  frame->height = p.size.height;
  frame->color_range = AVCOL_RANGE_JPEG;
  if (av_frame_get_buffer(frame.get(), 0) < 0) return nullptr;
  if (format == AV_PIX_FMT_YUVJ420P) {
    to_full_range_601(p, *frame);
  } else {
    to_rgb(p, *frame);
  }
  return frame;
}

struct Kind {
  const char* encoder;
  AVPixelFormat pixels;
  int quality;
};

Kind kind_of(ImageFormat format) {
  switch (format) {
    case ImageFormat::png:
      return {"png", AV_PIX_FMT_RGB24, 1};
    case ImageFormat::webp:
      return {"libwebp", AV_PIX_FMT_BGRA, kWebpQuality};
    case ImageFormat::jpeg:
      break;
  }
  return {"mjpeg", AV_PIX_FMT_YUVJ420P, kJpegQuality};
}

CodecContext open_encoder(const Kind& kind, Size size) {
  const AVCodec* codec = avcodec_find_encoder_by_name(kind.encoder);
  if (!codec) return nullptr;
  CodecContext encoder(avcodec_alloc_context3(codec));
  if (!encoder) return nullptr;
  encoder->width = size.width;
  encoder->height = size.height;
  encoder->pix_fmt = kind.pixels;
  encoder->color_range = AVCOL_RANGE_JPEG;
  encoder->time_base = {1, 1};
  encoder->thread_count = 1;
  encoder->flags |= AV_CODEC_FLAG_QSCALE;
  encoder->global_quality = FF_QP2LAMBDA * kind.quality;
  if (avcodec_open2(encoder.get(), codec, nullptr) < 0) return nullptr;
  return encoder;
}

}  // namespace

Result<std::vector<std::byte>, SnapshotError> encode_image(const PictureView& picture,
                                                           ImageFormat format,
                                                           std::optional<Size> size) {
  if (!is_allowed(picture.size)) return Err{Error::bad_size};
  Picture resized;
  PictureView view = picture;
  if (size && *size != picture.size) {
    if (!is_allowed(*size) || size->width % 2 || size->height % 2) return Err{Error::bad_size};
    resized = scaled(picture, *size);
    view = resized.view();
  }
  const Kind kind = kind_of(format);
  const CodecContext encoder = open_encoder(kind, view.size);
  const Frame frame = to_frame(view, kind.pixels);
  const Packet packet(av_packet_alloc());
  if (!encoder || !frame || !packet) return Err{Error::encoder_failed};
  frame->quality = encoder->global_quality;
  if (avcodec_send_frame(encoder.get(), frame.get()) < 0 ||
      avcodec_send_frame(encoder.get(), nullptr) < 0 ||
      avcodec_receive_packet(encoder.get(), packet.get()) < 0) {
    return Err{Error::encoder_failed};
  }
  const auto bytes = std::as_bytes(std::span(packet->data, static_cast<std::size_t>(packet->size)));
  return std::vector(bytes.begin(), bytes.end());
}

}  // namespace plenum::egress
