#include "egress/muxer.h"

#include <new>
#include <stdexcept>

namespace plenum::egress {

Muxer::Muxer(const char* format, const std::string& url, const Streams& streams) {
  silence_ffmpeg();
  if (avformat_alloc_output_context2(&context_, nullptr, format, url.c_str()) < 0)
    throw std::runtime_error(std::string("FFmpeg was built without the format ") + format);
  context_->flags |= AVFMT_FLAG_FLUSH_PACKETS;
  try {
    add_stream(streams.video, kVideoTimeBase);
    add_stream(streams.audio, kAudioTimeBase);
  } catch (...) {
    avformat_free_context(context_);
    throw;
  }
}

void Muxer::add_stream(const StreamFormat& format, AVRational time_base) {
  AVStream* stream = avformat_new_stream(context_, nullptr);
  if (!stream || avcodec_parameters_copy(stream->codecpar, &format.parameters()) < 0)
    throw std::bad_alloc();
  stream->codecpar->codec_tag = 0;
  stream->time_base = time_base;
}

int Muxer::begin(Options options) {
  AVDictionary* dictionary = nullptr;
  for (const auto& [key, value] : options) av_dict_set(&dictionary, key, value.c_str(), 0);
  const int code = avformat_write_header(context_, &dictionary);
  const bool all_known = av_dict_count(dictionary) == 0;
  av_dict_free(&dictionary);
  if (code < 0) return code;
  return all_known ? 0 : AVERROR_OPTION_NOT_FOUND;
}

int Muxer::write(Packet packet) {
  const bool is_video = packet->stream_index == kVideoStream;
  const AVStream* stream = context_->streams[packet->stream_index];
  av_packet_rescale_ts(packet.get(), is_video ? kVideoTimeBase : kAudioTimeBase, stream->time_base);
  return av_interleaved_write_frame(context_, packet.get());
}

int Muxer::close_fragment() {
  if (const int code = av_interleaved_write_frame(context_, nullptr); code < 0) return code;
  const int code = av_write_frame(context_, nullptr);
  return code < 0 ? code : 0;
}

int Muxer::finish() { return av_write_trailer(context_); }

}  // namespace plenum::egress
