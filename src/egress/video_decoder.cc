#include "egress/video_decoder.h"

#include <libyuv/convert.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>

namespace plenum::egress {
namespace {

const char* decoder_name(codec::Codec codec) {
  switch (codec) {
    case codec::Codec::vp8:
      return "vp8";
    case codec::Codec::vp9:
      return "vp9";
    case codec::Codec::h264:
      return "h264";
    case codec::Codec::av1:
      return "libdav1d";
    default:
      return "";
  }
}

Frame new_frame() {
  Frame frame(av_frame_alloc());
  if (!frame) throw std::bad_alloc();
  return frame;
}

/// Memory for an I420 picture of the size of `source`, with what is known about its colours.
Frame new_i420(const AVFrame& source) {
  Frame frame = new_frame();
  frame->format = AV_PIX_FMT_YUV420P;
  frame->width = source.width;
  frame->height = source.height;
  const bool ready =
      av_frame_get_buffer(frame.get(), 0) >= 0 && av_frame_copy_props(frame.get(), &source) >= 0;
  if (!ready) throw std::bad_alloc();
  return frame;
}

using Table = std::array<std::uint8_t, 256>;

/// Full range (0…255) to limited range: luma 16…235, chroma 128 ± 112.
Table limited_range(int middle_from, int middle_to, int span) {
  Table table{};
  for (int i = 0; i < 256; ++i) {
    const int scaled = ((i - middle_from) * span * 2 + (i >= middle_from ? 255 : -255)) / 510;
    table[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(middle_to + scaled);
  }
  return table;
}

void map_plane(AVFrame& frame, int plane, int width, int height, const Table& table) {
  for (int y = 0; y < height; ++y) {
    std::uint8_t* row = frame.data[plane] + static_cast<std::ptrdiff_t>(y) * frame.linesize[plane];
    std::transform(row, row + width, row, [&](std::uint8_t v) { return table[v]; });
  }
}

void limit_range(AVFrame& frame) {
  static const Table kLuma = limited_range(0, 16, 219);
  static const Table kChroma = limited_range(128, 128, 224);
  const int half_width = (frame.width + 1) / 2, half_height = (frame.height + 1) / 2;
  map_plane(frame, 0, frame.width, frame.height, kLuma);
  map_plane(frame, 1, half_width, half_height, kChroma);
  map_plane(frame, 2, half_width, half_height, kChroma);
}

template <class Sample>
using PlanarConversion = int (*)(const Sample*, int, const Sample*, int, const Sample*, int,
                                 std::uint8_t*, int, std::uint8_t*, int, std::uint8_t*, int, int,
                                 int);

/// libyuv counts strides in samples, FFmpeg in bytes.
template <class Sample>
Frame convert(const AVFrame& f, PlanarConversion<Sample> conversion) {
  Frame out = new_i420(f);
  const auto plane = [&](int i) { return reinterpret_cast<const Sample*>(f.data[i]); };
  const auto stride = [&](int i) { return f.linesize[i] / static_cast<int>(sizeof(Sample)); };
  conversion(plane(0), stride(0), plane(1), stride(1), plane(2), stride(2), out->data[0],
             out->linesize[0], out->data[1], out->linesize[1], out->data[2], out->linesize[2],
             f.width, f.height);
  return out;
}

int gray_to_i420(const std::uint8_t* y, int stride, const std::uint8_t*, int, const std::uint8_t*,
                 int, std::uint8_t* to_y, int to_stride_y, std::uint8_t* to_u, int to_stride_u,
                 std::uint8_t* to_v, int to_stride_v, int width, int height) {
  return libyuv::I400ToI420(y, stride, to_y, to_stride_y, to_u, to_stride_u, to_v, to_stride_v,
                            width, height);
}

/// The picture as 8-bit 4:2:0; nullptr for forms that are not taken.
Frame to_i420(Frame frame) {
  const AVFrame& f = *frame;
  switch (f.format) {
    case AV_PIX_FMT_YUV420P:
      return frame;
    case AV_PIX_FMT_YUVJ420P:
      return convert<std::uint8_t>(f, libyuv::I420Copy);
    case AV_PIX_FMT_YUV422P:
    case AV_PIX_FMT_YUVJ422P:
      return convert<std::uint8_t>(f, libyuv::I422ToI420);
    case AV_PIX_FMT_YUV444P:
    case AV_PIX_FMT_YUVJ444P:
      return convert<std::uint8_t>(f, libyuv::I444ToI420);
    case AV_PIX_FMT_GRAY8:
      return convert<std::uint8_t>(f, gray_to_i420);
    case AV_PIX_FMT_YUV420P10LE:
      return convert<std::uint16_t>(f, libyuv::I010ToI420);
    case AV_PIX_FMT_YUV422P10LE:
      return convert<std::uint16_t>(f, libyuv::I210ToI420);
    case AV_PIX_FMT_YUV444P10LE:
      return convert<std::uint16_t>(f, libyuv::I410ToI420);
    default:
      return nullptr;
  }
}

bool is_full_range(const AVFrame& f) {
  return f.color_range == AVCOL_RANGE_JPEG || f.format == AV_PIX_FMT_YUVJ420P ||
         f.format == AV_PIX_FMT_YUVJ422P || f.format == AV_PIX_FMT_YUVJ444P;
}

/// What the composer takes, or nullptr.
Frame normalise(Frame frame) {
  if (frame->width > VideoDecoder::kMaxSide || frame->height > VideoDecoder::kMaxSide)
    return nullptr;
  if (!is_full_range(*frame)) return to_i420(std::move(frame));
  // The decoder still refers to its own memory: a copy is what the range is changed in.
  Frame limited = frame->format == AV_PIX_FMT_YUV420P
                      ? convert<std::uint8_t>(*frame, libyuv::I420Copy)
                      : to_i420(std::move(frame));
  if (!limited) return nullptr;
  limit_range(*limited);
  limited->color_range = AVCOL_RANGE_MPEG;
  return limited;
}

Packet packet_of(const EncodedFrame& frame) {
  Packet packet(av_packet_alloc());
  if (!packet || av_new_packet(packet.get(), static_cast<int>(frame.bytes.size())) < 0)
    throw std::bad_alloc();
  std::memcpy(packet->data, frame.bytes.data(), frame.bytes.size());
  packet->pts = frame.timestamp.value();
  if (frame.key) packet->flags |= AV_PKT_FLAG_KEY;
  return packet;
}

}  // namespace

PictureView DecodedPicture::view() const {
  return {.size = {frame->width, frame->height},
          .y = frame->data[0],
          .u = frame->data[1],
          .v = frame->data[2],
          .stride_y = frame->linesize[0],
          .stride_u = frame->linesize[1],
          .stride_v = frame->linesize[2]};
}

VideoDecoder::VideoDecoder(codec::Codec codec)
    : codec_(avcodec_find_decoder_by_name(decoder_name(codec))) {
  if (!codec_)
    throw std::runtime_error("FFmpeg was built without a decoder for " +
                             std::string(codec::mime(codec)));
  open();
}

std::optional<DecodedPicture> VideoDecoder::decode(const EncodedFrame& frame) {
  if (frame.bytes.empty() || frame.bytes.size() > kMaxFrameBytes) return std::nullopt;
  if (waits_for_key_ && !frame.key) return std::nullopt;
  Frame picture;
  if (!run(frame, picture)) {
    ++errors_;
    open();
    waits_for_key_ = true;
    return std::nullopt;
  }
  waits_for_key_ = false;
  if (!picture) return std::nullopt;
  const auto timestamp = static_cast<std::uint32_t>(picture->pts);
  Frame normal = normalise(std::move(picture));
  if (!normal) {
    ++refused_;
    return std::nullopt;
  }
  return DecodedPicture{std::move(normal), RtpTime(timestamp)};
}

void VideoDecoder::open() {
  context_.reset(avcodec_alloc_context3(codec_));
  if (!context_) throw std::bad_alloc();
  context_->thread_count = 1;
  context_->flags |= AV_CODEC_FLAG_LOW_DELAY;  // of dav1d also max_frame_delay = 1
  context_->log_level_offset = 100;            // below every level: errors are counted, not written
  context_->max_pixels = std::int64_t{kMaxSide} * kMaxSide;
  if (context_->priv_data && codec_->priv_class) {
    // Only libdav1d knows these; the others say so and nothing happens.
    av_opt_set_int(context_->priv_data, "framethreads", 1, 0);
    av_opt_set_int(context_->priv_data, "tilethreads", 1, 0);
  }
  if (const int e = avcodec_open2(context_.get(), codec_, nullptr); e < 0)
    throw std::runtime_error(std::string("the decoder ") + codec_->name +
                             " cannot be opened: " + ffmpeg_error(e));
}

bool VideoDecoder::run(const EncodedFrame& frame, Frame& out) {
  if (avcodec_send_packet(context_.get(), packet_of(frame).get()) < 0) return false;
  for (;;) {
    Frame next = new_frame();
    const int e = avcodec_receive_frame(context_.get(), next.get());
    if (e == AVERROR(EAGAIN)) return true;
    if (e < 0 || next->decode_error_flags != 0 || (next->flags & AV_FRAME_FLAG_CORRUPT) != 0)
      return false;
    out = std::move(next);
  }
}

}  // namespace plenum::egress
