#include "egress/audio_encoder.h"

#include <algorithm>
#include <cassert>
#include <new>
#include <stdexcept>

namespace plenum::egress {
namespace {

[[noreturn]] void fail(int code) {
  throw std::runtime_error("the audio encoder failed: " + ffmpeg_error(code));
}

}  // namespace

AudioEncoder::AudioEncoder(const Options& options) : frame_(av_frame_alloc()) {
  silence_ffmpeg();
  const bool is_opus = options.encoding == Encoding::vp8_opus;
  const char* name = is_opus ? "libopus" : "aac";
  const AVCodec* codec = avcodec_find_encoder_by_name(name);
  if (!codec) throw std::runtime_error(std::string("FFmpeg was built without the encoder ") + name);
  context_.reset(avcodec_alloc_context3(codec));
  if (!context_ || !frame_) throw std::bad_alloc();
  context_->sample_fmt = is_opus ? AV_SAMPLE_FMT_FLT : AV_SAMPLE_FMT_FLTP;
  context_->sample_rate = kSampleRate;
  av_channel_layout_default(&context_->ch_layout, 2);
  context_->time_base = kAudioTimeBase;
  context_->bit_rate = options.bitrate_bps;
  context_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  if (const int code = avcodec_open2(context_.get(), codec, nullptr); code < 0)
    throw std::runtime_error(std::string("cannot open the encoder ") + name + ": " +
                             ffmpeg_error(code));

  frame_->format = context_->sample_fmt;
  frame_->sample_rate = kSampleRate;
  frame_->nb_samples = context_->frame_size;
  if (av_channel_layout_copy(&frame_->ch_layout, &context_->ch_layout) < 0 ||
      av_frame_get_buffer(frame_.get(), 0) < 0)
    throw std::bad_alloc();
}

std::vector<Packet> AudioEncoder::encode(std::span<const float> left,
                                         std::span<const float> right) {
  assert(left.size() == right.size());
  std::vector<Packet> out;
  const auto frame_size = static_cast<std::size_t>(context_->frame_size);
  while (!left.empty()) {
    if (filled_ == 0 && av_frame_make_writable(frame_.get()) < 0) throw std::bad_alloc();
    const std::size_t n = std::min(left.size(), frame_size - filled_);
    fill(left.first(n), right.first(n));
    left = left.subspan(n);
    right = right.subspan(n);
    if (filled_ == frame_size) send_frame(frame_size, out);
  }
  return out;
}

void AudioEncoder::fill(std::span<const float> left, std::span<const float> right) {
  auto* to = reinterpret_cast<float*>(frame_->data[0]);
  if (context_->sample_fmt == AV_SAMPLE_FMT_FLTP) {
    std::ranges::copy(left, to + filled_);
    std::ranges::copy(right, reinterpret_cast<float*>(frame_->data[1]) + filled_);
  } else {
    for (std::size_t i = 0; i < left.size(); ++i) {
      to[2 * (filled_ + i)] = left[i];
      to[2 * (filled_ + i) + 1] = right[i];
    }
  }
  filled_ += left.size();
}

std::vector<Packet> AudioEncoder::flush() {
  std::vector<Packet> out;
  if (filled_ > 0) send_frame(filled_, out);
  if (const int code = avcodec_send_frame(context_.get(), nullptr); code < 0)
    throw std::runtime_error("the AAC encoder failed: " + ffmpeg_error(code));
  receive(out);
  return out;
}

void AudioEncoder::send_frame(std::size_t samples, std::vector<Packet>& out) {
  frame_->nb_samples = static_cast<int>(samples);
  frame_->pts = next_sample_;
  next_sample_ += frame_->nb_samples;
  filled_ = 0;
  if (const int code = avcodec_send_frame(context_.get(), frame_.get()); code < 0)
    throw std::runtime_error("the AAC encoder failed: " + ffmpeg_error(code));
  receive(out);
}

void AudioEncoder::receive(std::vector<Packet>& out) {
  for (;;) {
    Packet packet(av_packet_alloc());
    if (!packet) throw std::bad_alloc();
    const int code = avcodec_receive_packet(context_.get(), packet.get());
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return;
    if (code < 0) fail(code);
    packet->time_base = kAudioTimeBase;
    packet->stream_index = kAudioStream;
    out.push_back(std::move(packet));
  }
}

}  // namespace plenum::egress
