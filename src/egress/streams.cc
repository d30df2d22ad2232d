#include "egress/streams.h"

#include <new>

namespace plenum::egress {

StreamFormat::StreamFormat(const AVCodecContext& encoder)
    : parameters_(avcodec_parameters_alloc()) {
  if (!parameters_ || avcodec_parameters_from_context(parameters_.get(), &encoder) < 0)
    throw std::bad_alloc();
}

StreamFormat::StreamFormat(const StreamFormat& other) : parameters_(avcodec_parameters_alloc()) {
  if (!parameters_ || avcodec_parameters_copy(parameters_.get(), other.parameters_.get()) < 0)
    throw std::bad_alloc();
}

Duration media_time(int stream, std::int64_t timestamp) {
  const AVRational base = stream == kVideoStream ? kVideoTimeBase : kAudioTimeBase;
  return Duration(av_rescale_q(timestamp, base, AVRational{1, 1'000'000}));
}

void silence_ffmpeg() { av_log_set_level(AV_LOG_QUIET); }

}  // namespace plenum::egress
