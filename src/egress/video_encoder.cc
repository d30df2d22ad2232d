#include "egress/video_encoder.h"

#include <cmath>
#include <new>
#include <stdexcept>

namespace plenum::egress {
namespace {

constexpr double kPixels720p = 1280.0 * 720.0;

/// Lends memory to FFmpeg's reference counting, which would copy the picture otherwise.
AVBufferRef* lend(const std::uint8_t* bytes, std::size_t size) {
  AVBufferRef* lent = av_buffer_create(
      const_cast<std::uint8_t*>(bytes), size, [](void*, std::uint8_t*) {}, nullptr,
      AV_BUFFER_FLAG_READONLY);
  if (!lent) throw std::bad_alloc();
  return lent;
}

void check(const VideoEncoder::Options& o) {
  const auto fits = [](int n) { return n >= 16 && n <= 4096 && n % 2 == 0; };
  if (!fits(o.size.width) || !fits(o.size.height))
    throw std::runtime_error("the video's width and height have to be even, 16 to 4096");
  if (o.fps < 1 || o.fps > 60) throw std::runtime_error("the video's frame rate has to be 1 to 60");
  if (o.bitrate_kbps < 0 || o.bitrate_kbps > 100'000)
    throw std::runtime_error("the video's bitrate has to be at most 100000 kbit/s");
}

void apply(const VideoEncoder::Options& o, AVCodecContext& c) {
  const int kbps = o.bitrate_kbps > 0 ? o.bitrate_kbps : default_bitrate_kbps(o.size);
  c.width = o.size.width;
  c.height = o.size.height;
  c.pix_fmt = AV_PIX_FMT_YUV420P;
  c.sample_aspect_ratio = {1, 1};
  c.time_base = {1, o.fps};
  c.framerate = {o.fps, 1};
  // A guard only: encode() asks for each key frame itself, to keep the grid when one is forced.
  c.gop_size = c.keyint_min = o.fps * static_cast<int>(kKeyFrameInterval / 1s);
  c.max_b_frames = 0;
  c.bit_rate = c.rc_max_rate = std::int64_t{kbps} * 1000;
  c.rc_buffer_size = kbps * 2000;  // two seconds
  c.thread_count = o.threads > 0 ? o.threads : o.size.width * o.size.height > kPixels720p ? 2 : 1;
  c.color_range = AVCOL_RANGE_MPEG;
  c.color_primaries = AVCOL_PRI_BT709;
  c.color_trc = AVCOL_TRC_BT709;
  c.colorspace = AVCOL_SPC_BT709;
  c.chroma_sample_location = AVCHROMA_LOC_LEFT;
  c.flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  const auto set = [&](const char* key, const char* value) {
    av_opt_set(c.priv_data, key, value, 0);
  };
  if (o.encoding == Encoding::vp8_opus) {
    c.rc_min_rate = c.bit_rate;  // which selects the rate control for real time
    c.qmin = 2;
    c.qmax = 56;
    set("deadline", "realtime");
    set("cpu-used", "-6");  // negative: a fixed speed, not one that follows the machine's load
    set("static-thresh", "1");
    set("lag-in-frames", "0");
    set("auto-alt-ref", "0");
    return;
  }
  set("preset", "superfast");
  set("tune", "zerolatency");
  set("forced-idr", "1");
  if (o.constant_bitrate) set("nal-hrd", "cbr");
  set("x264-params", "scenecut=0:sliced-threads=0");
}

[[noreturn]] void fail(int code) {
  throw std::runtime_error("the video encoder failed: " + ffmpeg_error(code));
}

}  // namespace

int default_bitrate_kbps(Size size) {
  const double ratio = double(size.width) * double(size.height) / kPixels720p;
  const double exponent = ratio < 1 ? 0.856 : 0.5;  // through the three named sizes
  return std::max(100, static_cast<int>(std::lround(60 * std::pow(ratio, exponent))) * 50);
}

VideoEncoder::VideoEncoder(const Options& options)
    : options_(options), frame_(av_frame_alloc()), forced_index_(-options.fps) {
  check(options);
  silence_ffmpeg();
  const char* name = options.encoding == Encoding::vp8_opus ? "libvpx" : "libx264";
  const AVCodec* codec = avcodec_find_encoder_by_name(name);
  if (!codec) throw std::runtime_error(std::string("FFmpeg was built without the encoder ") + name);
  context_.reset(avcodec_alloc_context3(codec));
  if (!context_ || !frame_) throw std::bad_alloc();
  apply(options, *context_);
  if (const int code = avcodec_open2(context_.get(), codec, nullptr); code < 0)
    throw std::runtime_error(std::string("cannot open the encoder ") + name + ": " +
                             ffmpeg_error(code));
}

bool VideoEncoder::wants_key_frame(std::int64_t index) {
  if (index % context_->gop_size == 0) {
    key_frame_wanted_ = false;
    return true;
  }
  if (!key_frame_wanted_ || index - forced_index_ < options_.fps) return false;
  key_frame_wanted_ = false;
  forced_index_ = index;
  return true;
}

std::vector<Packet> VideoEncoder::encode(const PictureView& picture, std::int64_t index,
                                         int frames) {
  if (!(picture.size == options_.size))
    throw std::runtime_error("a picture of another size than the encoder's");
  AVFrame& f = *frame_;
  f.width = picture.size.width;
  f.height = picture.size.height;
  f.format = AV_PIX_FMT_YUV420P;
  const std::uint8_t* planes[] = {picture.y, picture.u, picture.v};
  const int strides[] = {picture.stride_y, picture.stride_u, picture.stride_v};
  for (unsigned i = 0; i < 3; ++i) {
    const int rows = i == 0 ? f.height : f.height / 2;
    f.data[i] = const_cast<std::uint8_t*>(planes[i]);
    f.linesize[i] = strides[i];
    f.buf[i] = lend(planes[i], static_cast<std::size_t>(strides[i]) * std::size_t(rows));
  }
  f.pts = index;
  f.pict_type = wants_key_frame(index) ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
  f.color_range = AVCOL_RANGE_MPEG;
  lengths_.push_back(frames);
  // Encoders copy what they keep, so the loan ends here.
  auto packets = send(&f);
  av_frame_unref(&f);
  return packets;
}

std::vector<Packet> VideoEncoder::flush() { return send(nullptr); }

std::vector<Packet> VideoEncoder::send(const AVFrame* frame) {
  int code = avcodec_send_frame(context_.get(), frame);
  if (code < 0) fail(code);
  std::vector<Packet> packets;
  for (;;) {
    Packet packet(av_packet_alloc());
    if (!packet) throw std::bad_alloc();
    code = avcodec_receive_packet(context_.get(), packet.get());
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return packets;
    if (code < 0) fail(code);
    packet->duration = lengths_.empty() ? 1 : lengths_.front();  // no B-frames: in order
    if (!lengths_.empty()) lengths_.pop_front();
    av_packet_rescale_ts(packet.get(), context_->time_base, kVideoTimeBase);
    packet->time_base = kVideoTimeBase;
    packet->stream_index = kVideoStream;
    packets.push_back(std::move(packet));
  }
}

}  // namespace plenum::egress
