#pragma once
// For tests only: short recordings of one participant, as files and in a manifest.
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "egress/audio_testing.h"
#include "egress/colour.h"
#include "egress/manifest.h"
#include "egress/test_streams.h"

namespace plenum::egress::testing {

/// A flat camera and a tone; both flash and beep instead where there are signals.
struct RecordedPerson {
  std::string file = "ann.webm";
  codec::Codec codec = codec::Codec::vp8;
  Yuv colour{};
  double hz = 440;
  double seconds = 3;
  /// Since the file's time 0, each for 66 ms. With any, there is no sound but for them.
  std::vector<Duration> signals{};

  bool signals_at(Duration t) const {
    for (const Duration s : signals)
      if (t >= s && t < s + 66ms) return true;
    return false;
  }
};

/// Writes it by libavformat, as WebM or MP4 by the name's end.
class RecordedWriter {
 public:
  RecordedWriter(const std::string& path, const RecordedPerson& person)
      : person_(person),
        video_(open_encoder({.codec = person.codec, .size = {160, 90}, .frames = 0, .gop = 300})),
        frame_(av_frame_alloc()) {
    const char* format = path.ends_with(".mp4") ? "mp4" : "webm";
    if (avformat_alloc_output_context2(&context_, nullptr, format, path.c_str()) < 0 ||
        avio_open(&context_->pb, path.c_str(), AVIO_FLAG_WRITE) < 0)
      throw std::runtime_error("cannot write " + path);
    AVStream* video = avformat_new_stream(context_, nullptr);
    avcodec_parameters_from_context(video->codecpar, video_.get());
    video->time_base = {1, 30};
    AVCodecParameters* audio = avformat_new_stream(context_, nullptr)->codecpar;
    audio->codec_type = AVMEDIA_TYPE_AUDIO;
    audio->codec_id = AV_CODEC_ID_OPUS;
    audio->sample_rate = 48'000;
    audio->initial_padding = 312;
    av_channel_layout_default(&audio->ch_layout, 1);
    // RFC 7845 section 5.1: version 1, one channel, 312 samples of run-in, 48 kHz.
    const std::uint8_t head[19] = {'O',  'p',  'u',  's',  'H',  'e', 'a', 'd', 1, 1,
                                   0x38, 0x01, 0x80, 0xbb, 0x00, 0,   0,   0,   0};
    audio->extradata =
        static_cast<std::uint8_t*>(av_mallocz(sizeof head + AV_INPUT_BUFFER_PADDING_SIZE));
    std::memcpy(audio->extradata, head, sizeof head);
    audio->extradata_size = sizeof head;
    context_->streams[1]->time_base = {1, 48'000};
    if (avformat_write_header(context_, nullptr) < 0) throw std::runtime_error("no header");
    frame_->format = AV_PIX_FMT_YUV420P;
    frame_->width = 160;
    frame_->height = 90;
    if (av_frame_get_buffer(frame_.get(), 0) < 0) throw std::bad_alloc();
  }
  ~RecordedWriter() {
    av_write_trailer(context_);
    avio_closep(&context_->pb);
    avformat_free_context(context_);
  }
  RecordedWriter(const RecordedWriter&) = delete;
  RecordedWriter& operator=(const RecordedWriter&) = delete;

  void write() {
    const auto frames = static_cast<int>(person_.seconds * 30);
    for (int n = 0; n < frames; ++n) {
      write_picture(n);
      while (next_packet_ * 30 <= (n + 1) * 50) write_sound();
    }
  }

 private:
  void write_picture(int n) {
    if (av_frame_make_writable(frame_.get()) < 0) throw std::bad_alloc();
    const bool flash = person_.signals_at(Duration(n * 1'000'000 / 30));
    const Yuv c = flash ? Yuv{.y = 235, .u = 128, .v = 128} : person_.colour;
    const int levels[] = {c.y, c.u, c.v};
    for (int p = 0; p < 3; ++p)
      std::memset(frame_->data[p], levels[p],
                  static_cast<std::size_t>(frame_->linesize[p] * (p == 0 ? 90 : 45)));
    frame_->pts = n;
    avcodec_send_frame(video_.get(), frame_.get());
    const Packet packet(av_packet_alloc());
    while (avcodec_receive_packet(video_.get(), packet.get()) == 0) {
      packet->duration = 1;
      put(*packet, 0, {1, 30});
    }
  }
  void write_sound() {
    const std::int64_t first = next_packet_++ * 960;
    const auto bytes = opus_.encode([&](std::size_t i) {
      const Duration t = samples_to_duration(first + static_cast<std::int64_t>(i));
      if (!person_.signals.empty() && !person_.signals_at(t)) return 0.f;
      return audio_testing::tone_at(person_.hz, TimePoint(t), 0.3);
    });
    const Packet packet(av_packet_alloc());
    if (bytes.empty() || av_new_packet(packet.get(), static_cast<int>(bytes.size())) < 0) return;
    std::memcpy(packet->data, bytes.data(), bytes.size());
    packet->pts = packet->dts = first - 312;
    packet->duration = 960;
    packet->flags |= AV_PKT_FLAG_KEY;
    put(*packet, 1, {1, 48'000});
  }
  void put(AVPacket& packet, int stream, AVRational base) {
    packet.stream_index = stream;
    av_packet_rescale_ts(&packet, base, context_->streams[stream]->time_base);
    if (av_interleaved_write_frame(context_, &packet) < 0) throw std::runtime_error("not written");
  }

  const RecordedPerson person_;
  AVFormatContext* context_ = nullptr;
  CodecContext video_;
  Frame frame_;
  audio_testing::TestEncoder opus_{"libopus"};
  std::int64_t next_packet_ = 0;
};

/// Writes the file into the folder, and what a manifest says of it: `start` since the job's start.
inline ManifestFile record_person(const std::string& folder, const RecordedPerson& person,
                                  const std::string& identity, Duration start) {
  RecordedWriter(folder + "/" + person.file, person).write();
  return {.file = person.file,
          .identity = identity,
          .name = {},
          .start = start,
          .duration = Duration(static_cast<std::int64_t>(person.seconds * 1000) * 1000),
          .bytes = 1,
          .is_final = true,
          .streams = {{.source = TrackSource::camera,
                       .codec = person.codec,
                       .width = 160,
                       .height = 90,
                       .muted = {}},
                      {.source = TrackSource::microphone,
                       .codec = codec::Codec::opus,
                       .width = 0,
                       .height = 0,
                       .muted = {}}}};
}

}  // namespace plenum::egress::testing
