#include "egress/video_header.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <stdexcept>

#include "egress/codec_id.h"
#include "egress/video_decoder.h"

extern "C" {
#include <libavcodec/bsf.h>
}

namespace plenum::egress {
namespace {

void set_extradata(AVCodecContext& context, Bytes bytes) {
  if (bytes.empty()) return;
  context.extradata =
      static_cast<std::uint8_t*>(av_mallocz(bytes.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  if (!context.extradata) throw std::bad_alloc();
  std::memcpy(context.extradata, bytes.data(), bytes.size());
  context.extradata_size = static_cast<int>(bytes.size());
}

CodecContext context_of(AVCodecID id, AVMediaType type) {
  CodecContext context(avcodec_alloc_context3(nullptr));
  if (!context) throw std::bad_alloc();
  context->codec_id = id;
  context->codec_type = type;
  return context;
}

struct FreeFilter {
  void operator()(AVBSFContext* c) const { av_bsf_free(&c); }
};
using Filter = std::unique_ptr<AVBSFContext, FreeFilter>;

/// FFmpeg's filter that finds parameter sets in a frame.
Filter extractor(AVCodecID id) {
  AVBSFContext* made = nullptr;
  const AVBitStreamFilter* kind = av_bsf_get_by_name("extract_extradata");
  if (!kind || av_bsf_alloc(kind, &made) < 0) throw std::runtime_error("FFmpeg lacks a filter");
  Filter filter(made);
  filter->par_in->codec_type = AVMEDIA_TYPE_VIDEO;
  filter->par_in->codec_id = id;
  if (av_bsf_init(filter.get()) < 0) throw std::runtime_error("a filter of FFmpeg does not open");
  return filter;
}

std::vector<std::byte> parameters_of(AVCodecID id, Bytes frame) {
  if (id != AV_CODEC_ID_H264 && id != AV_CODEC_ID_AV1) return {};
  const Filter filter = extractor(id);
  const Packet packet(av_packet_alloc());
  if (!packet || av_new_packet(packet.get(), static_cast<int>(frame.size())) < 0)
    throw std::bad_alloc();
  std::memcpy(packet->data, frame.data(), frame.size());
  if (av_bsf_send_packet(filter.get(), packet.get()) < 0 ||
      av_bsf_receive_packet(filter.get(), packet.get()) < 0)
    return {};
  std::size_t size = 0;
  const std::uint8_t* found =
      av_packet_get_side_data(packet.get(), AV_PKT_DATA_NEW_EXTRADATA, &size);
  const auto* bytes = reinterpret_cast<const std::byte*>(found);
  return found ? std::vector<std::byte>(bytes, bytes + size) : std::vector<std::byte>();
}

}  // namespace

StreamFormat VideoHeader::format() const {
  const CodecContext context = context_of(codec_id_of(codec), AVMEDIA_TYPE_VIDEO);
  context->width = size.width;
  context->height = size.height;
  context->pix_fmt = AV_PIX_FMT_YUV420P;
  set_extradata(*context, parameters);
  return StreamFormat(*context);
}

std::optional<VideoHeader> read_video_header(codec::Codec codec, const EncodedFrame& key_frame,
                                             const std::optional<VideoHeader>& known) {
  const AVCodecID id = codec_id_of(codec);
  std::vector<std::byte> parameters = parameters_of(id, key_frame.bytes);
  const bool must_say = id == AV_CODEC_ID_H264 || id == AV_CODEC_ID_AV1;
  if (must_say && parameters.empty()) return std::nullopt;
  // Of VP8 and VP9 the size may change within a file, and so need not be looked at again.
  if (known && known->codec == codec && known->parameters == parameters) return known;
  VideoDecoder decoder(codec);
  const auto picture = decoder.decode(key_frame);
  if (!picture) return std::nullopt;
  return VideoHeader{
      .codec = codec, .size = picture->view().size, .parameters = std::move(parameters)};
}

StreamFormat opus_format() {
  // RFC 7845 section 5.1: version 1, two channels, no pre-skip, 48 kHz, no gain, mapping family 0.
  constexpr std::array<unsigned char, 19> kHead{'O', 'p', 'u',  's',  'H', 'e', 'a', 'd', 1, 2,
                                                0,   0,   0x80, 0xbb, 0,   0,   0,   0,   0};
  const CodecContext context = context_of(AV_CODEC_ID_OPUS, AVMEDIA_TYPE_AUDIO);
  context->sample_rate = kSampleRate;
  context->sample_fmt = AV_SAMPLE_FMT_FLTP;
  av_channel_layout_default(&context->ch_layout, 2);
  context->seek_preroll = 3840;  // RFC 7845 section 4.6: 80 ms
  set_extradata(*context, std::as_bytes(std::span(kHead)));
  return StreamFormat(*context);
}

}  // namespace plenum::egress
