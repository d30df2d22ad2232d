#include "egress/muxer.h"

#include <array>
#include <new>
#include <stdexcept>

namespace plenum::egress {

Muxer::Muxer(const char* format, const std::string& url, const Streams& streams)
    : Muxer(format, url,
            std::array<Stream, 2>{
                {{streams.video, kVideoTimeBase}, {streams.audio, kAudioTimeBase}}}) {}

Muxer::Muxer(const char* format, const std::string& url, std::span<const Stream> streams) {
  silence_ffmpeg();
  if (avformat_alloc_output_context2(&context_, nullptr, format, url.c_str()) < 0)
    throw std::runtime_error(std::string("FFmpeg was built without the format ") + format);
  context_->flags |= AVFMT_FLAG_FLUSH_PACKETS;
  try {
    for (const Stream& s : streams) add_stream(s.format, s.time_base);
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
  time_bases_.push_back(time_base);
}

int Muxer::begin(const Options& options) {
  AVDictionary* dictionary = nullptr;
  for (const auto& [key, value] : options) av_dict_set(&dictionary, key, value.c_str(), 0);
  const int code = avformat_write_header(context_, &dictionary);
  const bool all_known = av_dict_count(dictionary) == 0;
  av_dict_free(&dictionary);
  if (code < 0) return code;
  return all_known ? 0 : AVERROR_OPTION_NOT_FOUND;
}

int Muxer::write(Packet packet) {
  rescale(*packet);
  return av_interleaved_write_frame(context_, packet.get());
}

int Muxer::write_at_once(Packet packet) {
  rescale(*packet);
  return av_write_frame(context_, packet.get());
}

void Muxer::rescale(AVPacket& packet) const {
  const auto i = static_cast<std::size_t>(packet.stream_index);
  av_packet_rescale_ts(&packet, time_bases_.at(i), context_->streams[i]->time_base);
}

int Muxer::close_fragment() {
  if (const int code = av_interleaved_write_frame(context_, nullptr); code < 0) return code;
  const int code = av_write_frame(context_, nullptr);
  return code < 0 ? code : 0;
}

int Muxer::finish() { return av_write_trailer(context_); }

}  // namespace plenum::egress
