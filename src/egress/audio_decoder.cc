#include "egress/audio_decoder.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "media/codec/opus.h"

namespace plenum::egress {
namespace {

/// What an Opus encoder adds in front: 2.5 ms of overlap and 4 ms of delay compensation (RFC 6716
/// section 2.1.7; OPUS_GET_LOOKAHEAD of libopus). RTP timestamps do not tell of it.
constexpr std::int64_t kOpusLookahead = 312;
/// The quadrature mirror filters of G.722, coder and decoder: 22 samples of 16 kHz.
constexpr std::int64_t kG722Delay = 66;
/// 120 ms, the longest Opus packet; nobody sends more of the others either.
constexpr std::size_t kLongest = 5760;
constexpr std::size_t kLargestPayload = 3840;

const char* decoder_name(codec::Codec codec) {
  switch (codec) {
    case codec::Codec::pcmu:
      return "pcm_mulaw";
    case codec::Codec::pcma:
      return "pcm_alaw";
    case codec::Codec::g722:
      return "g722";
    default:
      return "libopus";
  }
}

CodecContext open_decoder(codec::Codec codec, int rate, int channels) {
  const char* name = decoder_name(codec);
  const AVCodec* decoder = avcodec_find_decoder_by_name(name);
  if (!decoder) throw std::runtime_error(std::string("FFmpeg has no decoder ") + name);
  CodecContext c(avcodec_alloc_context3(decoder));
  av_channel_layout_default(&c->ch_layout, channels);
  c->sample_rate = rate;
  c->thread_count = 1;
  c->log_level_offset = AV_LOG_MAX_OFFSET;  // what strangers send is no news
  c->request_sample_fmt = AV_SAMPLE_FMT_FLT;
  if (const int error = avcodec_open2(c.get(), decoder, nullptr); error < 0)
    throw std::runtime_error(std::string("cannot open decoder ") + name + ": " +
                             ffmpeg_error(error));
  const bool opus = codec == codec::Codec::opus;
  if (c->sample_fmt != (opus ? AV_SAMPLE_FMT_FLT : AV_SAMPLE_FMT_S16))
    throw std::runtime_error(std::string("unexpected sample format of decoder ") + name);
  return c;
}

/// The s bit of the TOC byte, RFC 6716 section 3.1.
bool is_stereo(std::byte toc) { return (toc & std::byte{4}) != std::byte{}; }

}  // namespace

AudioDecoder::AudioDecoder(codec::Codec codec)
    : codec_(codec), packet_(av_packet_alloc()), frame_(av_frame_alloc()) {
  const bool opus = codec == codec::Codec::opus;
  rate_ = opus ? kAudioRate : codec == codec::Codec::g722 ? 16'000 : 8'000;
  context_ = open_decoder(codec_, rate_, 1);
  if (!opus) open_resampler();
}

std::optional<AudioDecoder::Decoded> AudioDecoder::decode(Bytes payload) {
  if (payload.empty() || payload.size() > kLargestPayload) return std::nullopt;
  if (codec_ == codec::Codec::opus) {
    if (!codec::opus_duration(payload)) return std::nullopt;
    toc_ = payload[0];
    // Voices are mono, and as such cost little more than half. Encoders go back and forth between
    // the two; once is enough.
    if (is_stereo(*toc_) && context_->ch_layout.nb_channels == 1)
      context_ = open_decoder(codec_, rate_, 2);
  }
  if (!feed(payload)) return std::nullopt;
  Pcm pcm;
  const std::size_t duration = take(pcm);
  if (duration == 0 || duration > kLongest) return std::nullopt;
  return placed(duration, std::move(pcm));
}

AudioDecoder::Decoded AudioDecoder::conceal(std::size_t duration) {
  Pcm pcm;
  if (resampler_) {
    const std::vector<std::int16_t> silence(duration * static_cast<std::size_t>(rate_) /
                                            kAudioRate);
    resample(reinterpret_cast<const std::uint8_t*>(silence.data()), silence.size(), pcm);
    return placed(duration, std::move(pcm));
  }
  // The configuration and the channels of the last packet, and one frame of no bytes.
  const std::byte lost = toc_.value_or(std::byte{}) & std::byte{0xfc};
  while (toc_ && pcm.size() < duration) {
    if (!feed(Bytes(&lost, 1)) || take(pcm) == 0) break;
  }
  pcm.left.resize(duration);
  pcm.right.resize(duration);
  return placed(duration, std::move(pcm));
}

void AudioDecoder::pause() {
  if (resampler_) swr_init(resampler_.get());
}

bool AudioDecoder::feed(Bytes payload) {
  av_packet_unref(packet_.get());
  if (av_new_packet(packet_.get(), static_cast<int>(payload.size())) < 0) return false;
  std::memcpy(packet_->data, payload.data(), payload.size());
  return avcodec_send_packet(context_.get(), packet_.get()) == 0;
}

std::size_t AudioDecoder::take(Pcm& pcm) {
  std::size_t duration = 0;
  while (avcodec_receive_frame(context_.get(), frame_.get()) == 0) {
    const auto n = static_cast<std::size_t>(std::max(frame_->nb_samples, 0));
    duration += n * static_cast<std::size_t>(kAudioRate / rate_);
    if (codec_ == codec::Codec::opus)
      take_opus(pcm);
    else
      resample(frame_->data[0], n, pcm);
    av_frame_unref(frame_.get());
  }
  return duration;
}

void AudioDecoder::take_opus(Pcm& pcm) const {
  const int channels = frame_->ch_layout.nb_channels;
  if (channels != 1 && channels != 2) return;
  const auto n = static_cast<std::size_t>(frame_->nb_samples);
  const std::size_t at = pcm.size();
  pcm.left.resize(at + n);
  pcm.right.resize(at + n);
  const auto* in = reinterpret_cast<const float*>(frame_->data[0]);
  for (std::size_t i = 0; i < n; ++i) {
    pcm.left[at + i] = channels == 1 ? in[i] : in[2 * i];
    pcm.right[at + i] = channels == 1 ? in[i] : in[2 * i + 1];
  }
}

/// Of 16 bits, at the codec's rate.
void AudioDecoder::resample(const std::uint8_t* samples, std::size_t count, Pcm& pcm) {
  const std::size_t at = pcm.size();
  const std::size_t room = count * static_cast<std::size_t>(kAudioRate / rate_) + 64;
  pcm.left.resize(at + room);
  auto* out = reinterpret_cast<std::uint8_t*>(pcm.left.data() + at);
  const int n = swr_convert(resampler_.get(), &out, static_cast<int>(room), &samples,
                            static_cast<int>(count));
  pcm.left.resize(at + (n > 0 ? static_cast<std::size_t>(n) : 0));
  pcm.right = pcm.left;
}

/// The resampler keeps some samples back, so what comes out ends that much before the packet does.
AudioDecoder::Decoded AudioDecoder::placed(std::size_t duration, Pcm pcm) const {
  std::int64_t latency = resampler_ ? swr_get_delay(resampler_.get(), kAudioRate) : kOpusLookahead;
  if (codec_ == codec::Codec::g722) latency += kG722Delay;
  const auto size = static_cast<std::int64_t>(pcm.size());
  return {.duration = duration,
          .offset = static_cast<std::int64_t>(duration) - latency - size,
          .pcm = std::move(pcm)};
}

void AudioDecoder::open_resampler() {
  // Mono to mono: as stereo FFmpeg would make it 3 dB softer.
  SwrContext* swr = nullptr;
  AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
  int error = swr_alloc_set_opts2(&swr, &mono, AV_SAMPLE_FMT_FLTP, kAudioRate, &mono,
                                  AV_SAMPLE_FMT_S16, rate_, 0, nullptr);
  resampler_.reset(swr);
  if (error >= 0) error = swr_init(swr);
  if (error < 0) throw std::runtime_error("cannot resample audio: " + ffmpeg_error(error));
}

}  // namespace plenum::egress
