#pragma once
// For tests only: a reader of what a worker recorded.
#include <cstdint>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "egress/audio_block.h"
#include "egress/colour.h"
#include "egress/ffmpeg.h"
#include "egress/picture.h"

namespace plenum::egress::testing {

/// A recording, decoded: of each picture the colours at the points asked for.
struct Film {
  bool has_video = false;
  AVCodecID video_codec = AV_CODEC_ID_NONE, audio_codec = AV_CODEC_ID_NONE;
  Size size{};
  std::vector<double> times{};
  std::vector<std::vector<Yuv>> colours{};
  /// From time 0 on.
  std::vector<float> left{};

  const Yuv& at(double seconds, std::size_t point) const {
    return colours.at(static_cast<std::size_t>(seconds * 30 + 0.5)).at(point);
  }
  std::span<const float> sound(double from, double to) const {
    const auto index = [&](double t) { return static_cast<std::size_t>(t * kAudioRate); };
    return std::span(left).subspan(index(from), index(to) - index(from));
  }
};

struct Point {
  int x = 0, y = 0;
};

class FilmReader {
 public:
  using OnPicture = std::function<void(const AVFrame& picture, double time_s)>;
  FilmReader(const std::string& path, std::vector<Point> points, OnPicture on_picture = {})
      : points_(std::move(points)), on_picture_(std::move(on_picture)) {
    if (avformat_open_input(&context_, path.c_str(), nullptr, nullptr) < 0)
      throw std::runtime_error("cannot open " + path);
    avformat_find_stream_info(context_, nullptr);
    for (unsigned i = 0; i < context_->nb_streams; ++i) open(*context_->streams[i]);
  }
  ~FilmReader() { avformat_close_input(&context_); }
  FilmReader(const FilmReader&) = delete;
  FilmReader& operator=(const FilmReader&) = delete;

  Film read() {
    const Packet packet(av_packet_alloc());
    while (av_read_frame(context_, packet.get()) >= 0) {
      decode(static_cast<std::size_t>(packet->stream_index), packet.get());
      av_packet_unref(packet.get());
    }
    for (std::size_t i = 0; i < decoders_.size(); ++i) decode(i, nullptr);
    return std::move(film_);
  }

 private:
  void open(const AVStream& stream) {
    const AVCodecParameters* p = stream.codecpar;
    CodecContext c(avcodec_alloc_context3(avcodec_find_decoder(p->codec_id)));
    avcodec_parameters_to_context(c.get(), p);
    c->pkt_timebase = stream.time_base;
    c->thread_count = 1;
    if (avcodec_open2(c.get(), nullptr, nullptr) < 0) throw std::runtime_error("no decoder");
    if (p->codec_type == AVMEDIA_TYPE_VIDEO) {
      film_.has_video = true;
      film_.video_codec = p->codec_id;
      film_.size = {p->width, p->height};
    } else {
      film_.audio_codec = p->codec_id;
    }
    decoders_.push_back(std::move(c));
  }
  void decode(std::size_t i, const AVPacket* packet) {
    avcodec_send_packet(decoders_[i].get(), packet);
    const Frame f(av_frame_alloc());
    while (avcodec_receive_frame(decoders_[i].get(), f.get()) >= 0) {
      const double t = double(f->best_effort_timestamp) * av_q2d(context_->streams[i]->time_base);
      if (f->width > 0)
        look(*f, t);
      else
        hear(*f, t);
    }
  }
  void look(const AVFrame& f, double t) {
    if (on_picture_) on_picture_(f, t);
    std::vector<Yuv> colours;
    for (const Point p : points_) {
      const auto plane = [&](int n, int x, int y) { return f.data[n][y * f.linesize[n] + x]; };
      colours.push_back({.y = plane(0, p.x, p.y),
                         .u = plane(1, p.x / 2, p.y / 2),
                         .v = plane(2, p.x / 2, p.y / 2)});
    }
    film_.times.push_back(t);
    film_.colours.push_back(std::move(colours));
  }
  void hear(const AVFrame& f, double t) {
    const auto* samples = reinterpret_cast<const float*>(f.data[0]);
    const auto skip = t < 0 ? std::min<int>(f.nb_samples, int(-t * kAudioRate + 0.5)) : 0;
    film_.left.insert(film_.left.end(), samples + skip, samples + f.nb_samples);
  }

  std::vector<Point> points_;
  OnPicture on_picture_;
  AVFormatContext* context_ = nullptr;
  std::vector<CodecContext> decoders_;
  Film film_;
};

}  // namespace plenum::egress::testing
