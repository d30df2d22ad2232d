#pragma once
#include "base/time.h"
#include "egress/ffmpeg.h"

namespace plenum::egress {

// Encoded packets carry these stream indices and time bases everywhere between the encoders and the
// muxers. 90 kHz counts 30, 25 and 15 frames a second exactly; audio counts samples.
inline constexpr int kVideoStream = 0;
inline constexpr int kAudioStream = 1;
inline constexpr AVRational kVideoTimeBase{1, 90000};
inline constexpr AVRational kAudioTimeBase{1, 48000};
inline constexpr int kSampleRate = 48000;
/// Regular key frames stand at multiples of this; forced ones may come between them.
inline constexpr Duration kKeyFrameInterval = 2s;

/// What a muxer has to know of an encoded stream before its first packet: codec, size, extradata.
class StreamFormat {
 public:
  explicit StreamFormat(const AVCodecContext& encoder);
  StreamFormat(const StreamFormat& other);
  StreamFormat& operator=(const StreamFormat&) = delete;
  const AVCodecParameters& parameters() const { return *parameters_; }

 private:
  struct Free {
    void operator()(AVCodecParameters* p) const { avcodec_parameters_free(&p); }
  };
  std::unique_ptr<AVCodecParameters, Free> parameters_;
};

/// One encode has one of each, always: silence and background are encoded too.
struct Streams {
  StreamFormat video, audio;
};

/// A pts or dts of the packet's stream as microseconds.
Duration media_time(int stream, std::int64_t timestamp);

/// FFmpeg's own log would carry stream keys and a stranger's bytes to standard error; what matters
/// comes back as error codes. For the whole process, once; encoders and muxers call it.
void silence_ffmpeg();

}  // namespace plenum::egress
