#include "egress/image_decoder.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "egress/ffmpeg.h"
#include "egress/scaling.h"

namespace plenum::egress {
namespace {

constexpr std::array<unsigned char, 4> kPng{0x89, 'P', 'N', 'G'};
constexpr std::array<unsigned char, 3> kJpeg{0xff, 0xd8, 0xff};

template <std::size_t n>
bool begins(Bytes file, const std::array<unsigned char, n>& magic) {
  return file.size() > n && std::memcmp(file.data(), magic.data(), n) == 0;
}

const AVCodec* decoder_for(Bytes file) {
  if (begins(file, kPng)) return avcodec_find_decoder_by_name("png");
  return begins(file, kJpeg) ? avcodec_find_decoder_by_name("mjpeg") : nullptr;
}

Frame decode(Bytes file) {
  const AVCodec* codec = decoder_for(file);
  CodecContext context(codec ? avcodec_alloc_context3(codec) : nullptr);
  Packet packet(av_packet_alloc());
  Frame frame(av_frame_alloc());
  if (!context || !packet || !frame) return nullptr;
  context->thread_count = 1;
  context->log_level_offset = 100;  // below every level
  context->max_pixels = std::int64_t{kMaxImageSide} * kMaxImageSide;
  if (avcodec_open2(context.get(), codec, nullptr) < 0 ||
      av_new_packet(packet.get(), static_cast<int>(file.size())) < 0)
    return nullptr;
  std::memcpy(packet->data, file.data(), file.size());
  if (avcodec_send_packet(context.get(), packet.get()) < 0) return nullptr;
  int got = avcodec_receive_frame(context.get(), frame.get());
  if (got == AVERROR(EAGAIN)) {  // the decoder waits whether more follows
    avcodec_send_packet(context.get(), nullptr);
    got = avcodec_receive_frame(context.get(), frame.get());
  }
  const bool is_allowed = got >= 0 && frame->width >= 1 && frame->height >= 1 &&
                          frame->width <= kMaxImageSide && frame->height <= kMaxImageSide;
  return is_allowed ? std::move(frame) : nullptr;
}

using Pixel = std::array<std::uint8_t, 4>;

/// One pixel of a frame; `row` counts from the top.
class PixelReader {
 public:
  explicit PixelReader(const AVFrame& frame) : f_(frame) {}

  /// False: a form that is not taken.
  bool knows() const {
    Pixel ignored{};
    return read(0, 0, ignored);
  }
  bool read(int x, int y, Pixel& out) const {
    switch (f_.format) {
      case AV_PIX_FMT_RGB24:
        return colours(row(0, y) + 3 * x, 1, false, out);
      case AV_PIX_FMT_RGBA:
        return colours(row(0, y) + 4 * x, 1, true, out);
      case AV_PIX_FMT_RGB48BE:  // of 16 bits the upper 8
        return colours(row(0, y) + 6 * x, 2, false, out);
      case AV_PIX_FMT_RGBA64BE:
        return colours(row(0, y) + 8 * x, 2, true, out);
      case AV_PIX_FMT_GRAY8:
        return grey(row(0, y)[x], 255, out);
      case AV_PIX_FMT_GRAY16BE:
        return grey(row(0, y)[2 * x], 255, out);
      case AV_PIX_FMT_YA8:
        return grey(row(0, y)[2 * x], row(0, y)[2 * x + 1], out);
      case AV_PIX_FMT_YA16BE:
        return grey(row(0, y)[4 * x], row(0, y)[4 * x + 2], out);
      case AV_PIX_FMT_MONOBLACK:
        return grey(row(0, y)[x / 8] >> (7 - x % 8) & 1 ? 255 : 0, 255, out);
      case AV_PIX_FMT_PAL8:
        return palette(row(0, y)[x], out);
      case AV_PIX_FMT_YUVJ420P:
        return full_range(x, y, 1, 1, out);
      case AV_PIX_FMT_YUVJ422P:
        return full_range(x, y, 1, 0, out);
      case AV_PIX_FMT_YUVJ440P:
        return full_range(x, y, 0, 1, out);
      case AV_PIX_FMT_YUVJ444P:
        return full_range(x, y, 0, 0, out);
      default:
        return false;
    }
  }

 private:
  const std::uint8_t* row(int plane, int y) const {
    return f_.data[plane] + std::ptrdiff_t{y} * f_.linesize[plane];
  }
  static bool colours(const std::uint8_t* p, int step, bool has_alpha, Pixel& out) {
    out = {p[0], p[step], p[2 * step], has_alpha ? p[3 * step] : static_cast<std::uint8_t>(255)};
    return true;
  }
  static bool grey(int level, int alpha, Pixel& out) {
    const auto g = static_cast<std::uint8_t>(level);
    out = {g, g, g, static_cast<std::uint8_t>(alpha)};
    return true;
  }
  bool palette(int index, Pixel& out) const {
    std::uint32_t argb = 0;
    std::memcpy(&argb, f_.data[1] + 4 * index, sizeof argb);
    out = {static_cast<std::uint8_t>(argb >> 16), static_cast<std::uint8_t>(argb >> 8),
           static_cast<std::uint8_t>(argb), static_cast<std::uint8_t>(argb >> 24)};
    return true;
  }
  /// BT.601, as JFIF means it.
  bool full_range(int x, int y, int shift_x, int shift_y, Pixel& out) const {
    const float luma = row(0, y)[x];
    const float cb = float(row(1, y >> shift_y)[x >> shift_x]) - 128;
    const float cr = float(row(2, y >> shift_y)[x >> shift_x]) - 128;
    const auto level = [](float v) {
      return static_cast<std::uint8_t>(std::clamp(v + 0.5f, 0.f, 255.f));
    };
    out = {level(luma + 1.402f * cr), level(luma - 0.344136f * cb - 0.714136f * cr),
           level(luma + 1.772f * cb), 255};
    return true;
  }

  const AVFrame& f_;
};

std::uint8_t over(std::uint8_t colour, std::uint8_t under, int alpha) {
  return static_cast<std::uint8_t>((colour * alpha + under * (255 - alpha) + 127) / 255);
}

int even(int side) { return std::max(2, side / 2 * 2); }

void put(Picture& to, int x, int y, Yuv colour) {
  to.y()[y * to.stride_y() + x] = colour.y;
  if (x % 2 != 0 || y % 2 != 0) return;
  to.u()[y / 2 * to.stride_uv() + x / 2] = colour.u;
  to.v()[y / 2 * to.stride_uv() + x / 2] = colour.v;
}

/// The mean of the part of an image that falls on one pixel of `size`; colours count as much as
/// they are seen.
Pixel mean(const RgbaImage& image, Size size, int x, int y) {
  const auto first = [](int at, int from, int to) { return at * from / to; };
  const int left = first(x, image.size.width, size.width);
  const int right = std::max(left + 1, first(x + 1, image.size.width, size.width));
  const int top = first(y, image.size.height, size.height);
  const int bottom = std::max(top + 1, first(y + 1, image.size.height, size.height));
  std::array<std::uint64_t, 4> sum{};
  for (int row = top; row < bottom; ++row) {
    for (int column = left; column < right; ++column) {
      const std::uint8_t* p = image.at(column, row);
      for (std::size_t i = 0; i < 3; ++i) sum[i] += std::uint64_t{p[i]} * p[3];
      sum[3] += p[3];
    }
  }
  Pixel out{};
  if (sum[3] == 0) return out;
  for (std::size_t i = 0; i < 3; ++i) out[i] = static_cast<std::uint8_t>(sum[i] / sum[3]);
  const auto count = static_cast<std::uint64_t>((right - left) * (bottom - top));
  out[3] = static_cast<std::uint8_t>(sum[3] / count);
  return out;
}

}  // namespace

std::optional<RgbaImage> decode_image(Bytes file) {
  if (file.size() > kMaxImageBytes) return std::nullopt;
  const Frame frame = decode(file);
  if (!frame) return std::nullopt;
  const PixelReader reader(*frame);
  if (!reader.knows()) return std::nullopt;
  RgbaImage image{.size = {frame->width, frame->height}, .pixels = {}};
  image.pixels.resize(std::size_t{4} * std::size_t(frame->width) * std::size_t(frame->height));
  std::uint8_t* to = image.pixels.data();
  Pixel pixel{};
  for (int y = 0; y < frame->height; ++y) {
    for (int x = 0; x < frame->width; ++x, to += 4) {
      reader.read(x, y, pixel);
      std::memcpy(to, pixel.data(), pixel.size());
    }
  }
  return image;
}

Picture cover_picture(const RgbaImage& image, Size canvas, Rgb under) {
  const Size size{even(image.size.width), even(image.size.height)};
  Picture whole(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      // An image one pixel wide or high is shown twice.
      const std::uint8_t* p =
          image.at(std::min(x, image.size.width - 1), std::min(y, image.size.height - 1));
      put(whole, x, y,
          to_yuv(
              {over(p[0], under.r, p[3]), over(p[1], under.g, p[3]), over(p[2], under.b, p[3])}));
    }
  }
  return scaled(crop(whole.view(), centre_crop(size, canvas)), canvas);
}

Overlay logo_overlay(const RgbaImage& image, Size canvas) {
  const auto [width, height] = image.size;
  const double shrink = std::min({1.0, canvas.height / 8.0 / height, canvas.width / 3.0 / width});
  const Size size{even(static_cast<int>(width * shrink)), even(static_cast<int>(height * shrink))};
  Picture colours(size);
  AlphaBitmap alpha(size.width, size.height);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const Pixel p = mean(image, size, x, y);
      put(colours, x, y, to_yuv({p[0], p[1], p[2]}));
      alpha.row(y)[x] = p[3];
    }
  }
  return {std::move(colours), std::move(alpha)};
}

}  // namespace plenum::egress
