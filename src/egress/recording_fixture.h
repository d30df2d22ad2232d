#pragma once
// For tests of what is encoded and written: a picture and a tone that one recognises, and a reader
// that decodes them again.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numbers>
#include <stdexcept>
#include <string>
#include <vector>

#include "egress/audio_encoder.h"
#include "egress/packet_bus.h"
#include "egress/video_encoder.h"

namespace plenum::egress {

inline constexpr Size kTestSize{.width = 320, .height = 180};
inline constexpr int kBarStep = 4;
inline constexpr int kBarWidth = 24;
inline constexpr int kBarPositions = (kTestSize.width - kBarWidth) / kBarStep;
inline constexpr double kLeftHz = 1000, kRightHz = 1500;

/// A folder that goes with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "egress-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// Where the bar of picture `n` begins.
inline int bar_at(std::int64_t n) { return static_cast<int>(n % kBarPositions) * kBarStep; }

/// A bright bar that wanders over dark ground of one colour.
inline Picture picture_of(std::int64_t n) {
  Picture p(kTestSize);
  for (int y = 0; y < kTestSize.height; ++y) {
    std::uint8_t* row = p.y() + y * p.stride_y();
    const auto ground = static_cast<std::uint8_t>(40 + y / 4);
    std::fill_n(row, kTestSize.width, ground);
    std::fill_n(row + bar_at(n), kBarWidth, std::uint8_t{220});
  }
  const auto chroma = static_cast<std::size_t>(kTestSize.width * kTestSize.height / 4);
  std::fill_n(p.u(), chroma, std::uint8_t{90});
  std::fill_n(p.v(), chroma, std::uint8_t{170});
  return p;
}

/// Encodes the picture and the tones, a frame a call, as the composer does.
class Studio {
 public:
  explicit Studio(Encoding encoding = Encoding::h264_aac)
      : video_({.encoding = encoding, .size = kTestSize}), audio_({.encoding = encoding}) {}

  Streams streams() const { return {.video = video_.format(), .audio = audio_.format()}; }
  std::vector<Packet> next_frame() {
    auto packets = video_.encode(picture_of(frame_).view(), frame_);
    std::array<float, kSampleRate / 30> left{}, right{};
    for (std::size_t i = 0; i < left.size(); ++i) {
      const double t = double(frame_) / 30 + double(i) / kSampleRate;
      left[i] = static_cast<float>(0.25 * std::sin(2 * std::numbers::pi * kLeftHz * t));
      right[i] = static_cast<float>(0.25 * std::sin(2 * std::numbers::pi * kRightHz * t));
    }
    move_to(packets, audio_.encode(left, right));
    ++frame_;
    return packets;
  }
  /// Encodes so many frames into the bus, as fast as it goes.
  void play(PacketBus& bus, int frames) {
    for (int i = 0; i < frames; ++i) {
      if (bus.take_key_frame_request()) video_.force_key_frame();
      bus.publish(next_frame());
    }
  }
  void finish(PacketBus& bus) {
    auto packets = video_.flush();
    move_to(packets, audio_.flush());
    bus.publish(packets);
    bus.end_all();
  }

 private:
  static void move_to(std::vector<Packet>& to, std::vector<Packet> from) {
    std::move(from.begin(), from.end(), std::back_inserter(to));
  }
  VideoEncoder video_;
  AudioEncoder audio_;
  std::int64_t frame_ = 0;
};

struct ReadPicture {
  double time_s = 0;
  int bar = 0;
  int u = 0, v = 0;
};

/// A file or address, read and decoded by libavformat to its end.
struct ReadBack {
  AVCodecID video_codec = AV_CODEC_ID_NONE, audio_codec = AV_CODEC_ID_NONE;
  Size size;
  AVColorSpace color_space = AVCOL_SPC_UNSPECIFIED;
  std::vector<ReadPicture> pictures;
  double first_audio_s = 0;
  std::vector<float> left, right;

  double duration_s() const { return pictures.empty() ? 0 : pictures.back().time_s + 1.0 / 30; }
};

inline ReadPicture look_at(const AVFrame& f, double time_s) {
  const std::uint8_t* middle = f.data[0] + f.linesize[0] * (f.height / 2);
  int bar = 0;
  while (bar < f.width && middle[bar] < 150) ++bar;
  const int at = f.linesize[1] * (f.height / 4) + f.width / 4;
  return {.time_s = time_s, .bar = bar, .u = f.data[1][at], .v = f.data[2][at]};
}

class Reader {
 public:
  /// `options` of libavformat as "key=value:…".
  explicit Reader(const std::string& url, const std::string& options = "") {
    AVDictionary* dictionary = nullptr;
    av_dict_parse_string(&dictionary, options.c_str(), "=", ":", 0);
    const int code = avformat_open_input(&context_, url.c_str(), nullptr, &dictionary);
    av_dict_free(&dictionary);
    if (code < 0) throw std::runtime_error("cannot open: " + ffmpeg_error(code));
    if (avformat_find_stream_info(context_, nullptr) < 0 || context_->nb_streams != 2)
      throw std::runtime_error("not two streams");
    for (unsigned i = 0; i < 2; ++i) open_decoder(i);
  }
  ~Reader() { avformat_close_input(&context_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// To the end, or until so many pictures have come.
  ReadBack read(std::size_t pictures = std::size_t(-1)) {
    const Packet packet(av_packet_alloc());
    while (result_.pictures.size() < pictures && av_read_frame(context_, packet.get()) >= 0) {
      decode(static_cast<unsigned>(packet->stream_index), packet.get());
      av_packet_unref(packet.get());
    }
    for (unsigned i = 0; i < 2; ++i) decode(i, nullptr);
    return std::move(result_);
  }

 private:
  void open_decoder(unsigned i) {
    const AVCodecParameters* p = context_->streams[i]->codecpar;
    const AVCodec* codec = avcodec_find_decoder(p->codec_id);
    if (!codec) throw std::runtime_error("no decoder");
    decoders_[i].reset(avcodec_alloc_context3(codec));
    avcodec_parameters_to_context(decoders_[i].get(), p);
    decoders_[i]->pkt_timebase = context_->streams[i]->time_base;
    decoders_[i]->thread_count = 1;
    if (avcodec_open2(decoders_[i].get(), codec, nullptr) < 0)
      throw std::runtime_error("decoder does not open");
    if (p->codec_type == AVMEDIA_TYPE_VIDEO) {
      result_.video_codec = p->codec_id;
      result_.size = {.width = p->width, .height = p->height};
      result_.color_space = p->color_space;
    } else {
      result_.audio_codec = p->codec_id;
    }
  }
  void decode(unsigned i, const AVPacket* packet) {
    if (avcodec_send_packet(decoders_[i].get(), packet) < 0)
      throw std::runtime_error("a packet does not decode");
    const Frame frame(av_frame_alloc());
    while (avcodec_receive_frame(decoders_[i].get(), frame.get()) >= 0) {
      const double time =
          double(frame->best_effort_timestamp) * av_q2d(context_->streams[i]->time_base);
      if (decoders_[i]->codec_type == AVMEDIA_TYPE_VIDEO) {
        result_.pictures.push_back(look_at(*frame, time));
        continue;
      }
      if (result_.left.empty()) result_.first_audio_s = time;
      const auto* left = reinterpret_cast<const float*>(frame->data[0]);
      const auto* right = reinterpret_cast<const float*>(frame->data[1]);
      result_.left.insert(result_.left.end(), left, left + frame->nb_samples);
      result_.right.insert(result_.right.end(), right, right + frame->nb_samples);
    }
  }

  AVFormatContext* context_ = nullptr;
  std::array<CodecContext, 2> decoders_;
  ReadBack result_;
};

inline ReadBack read_back(const std::string& path) { return Reader(path).read(); }

/// By upward zero crossings, without the first and the last tenth of a second.
inline double frequency_of(const std::vector<float>& samples) {
  const std::size_t skip = kSampleRate / 10;
  if (samples.size() < 3 * skip) return 0;
  int crossings = 0;
  for (std::size_t i = skip; i + skip < samples.size(); ++i)
    if (samples[i - 1] < 0 && samples[i] >= 0) ++crossings;
  return crossings * double(kSampleRate) / double(samples.size() - 2 * skip);
}

/// Pictures `first` and following, one each thirtieth of a second from `start_s` on, in the right
/// colours; both tones, if there is enough of them.
inline void expect_recording(const ReadBack& r, std::int64_t first, double start_s,
                             Encoding encoding = Encoding::h264_aac) {
  const bool is_webm = encoding == Encoding::vp8_opus;
  EXPECT_EQ(r.video_codec, is_webm ? AV_CODEC_ID_VP8 : AV_CODEC_ID_H264);
  EXPECT_EQ(r.audio_codec, is_webm ? AV_CODEC_ID_OPUS : AV_CODEC_ID_AAC);
  EXPECT_EQ(r.size, kTestSize);
  for (std::size_t i = 0; i < r.pictures.size(); ++i) {
    const auto n = static_cast<std::int64_t>(i);
    ASSERT_NEAR(r.pictures[i].time_s, start_s + double(n) / 30, 0.0011) << i;
    ASSERT_NEAR(r.pictures[i].bar, bar_at(first + n), 1) << i;
    ASSERT_NEAR(r.pictures[i].u, 90, 4) << i;
    ASSERT_NEAR(r.pictures[i].v, 170, 4) << i;
  }
  ASSERT_EQ(r.left.size(), r.right.size());
  if (r.left.size() < kSampleRate / 2) return;
  EXPECT_NEAR(frequency_of(r.left), kLeftHz, 5);
  EXPECT_NEAR(frequency_of(r.right), kRightHz, 5);
}

}  // namespace plenum::egress
